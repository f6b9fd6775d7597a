"""Amounts in whole minor units, so that sums are exact."""

from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import get_currency_precision


def minor_units(amount: Decimal, currency: str) -> int:
    """59.06 USD is 5906, 1200 JPY is 1200; without a currency two decimals. A finer amount is rounded half to even."""
    precision = get_currency_precision(currency) if currency else 2
    return int((amount * 10**precision).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
