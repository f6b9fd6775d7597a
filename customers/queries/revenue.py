"""Recurring revenue of one customer, as its page shows it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.models import Customer, Revenue

SHOWN = 13  # a year and the month before it, so that each change is against the same month


@dataclass(frozen=True)
class Change:
    """Against the same month a year before; word is more, less or the same."""

    amount: str
    word: str
    icon: str
    than: date


@dataclass(frozen=True)
class MonthShown:
    month: date
    minor: int
    amount: str
    change: Change | None


@dataclass(frozen=True)
class RevenueShown:
    months: list[MonthShown]  # newest first
    points: str  # of the line, in percent
    dot: str
    label: str

    @property
    def last(self) -> MonthShown:
        return self.months[0]


def revenue_of(customer: Customer, most: int = SHOWN) -> RevenueShown | None:
    """The newest months that have a row, or None without any."""
    rows = Revenue.objects.filter(company_id=customer.company_id, customer=customer).order_by("-month")
    amounts = dict(rows.values_list("month", "amount_minor")[: most + 12])
    if not amounts:
        return None
    currency = customer.company.currency
    months = [
        MonthShown(month, minor, money(minor, currency), _change(month, minor, amounts, currency))
        for month, minor in list(amounts.items())[:most]
    ]
    points = _points([month.minor for month in reversed(months)])
    label = _("Recurring revenue by month, %(first)s to %(last)s, from %(from)s to %(to)s") % {
        "first": date_format(months[-1].month, "F Y"),
        "last": date_format(months[0].month, "F Y"),
        "from": months[-1].amount,
        "to": months[0].amount,
    }
    return RevenueShown(
        months, " ".join(f"{x:.1f},{y:.1f}" for x, y in points), f"{points[-1][1]:.1f}", label
    )


def money(minor: int, currency: str) -> str:
    """€4,180 or 59.06: whole amounts without decimals."""
    precision = get_currency_precision(currency) if currency else 2
    amount = Decimal(minor).scaleb(-precision)
    whole = amount == amount.to_integral_value()
    if not currency:
        return f"{amount:,.0f}" if whole else f"{amount:,.{precision}f}"
    return format_currency(
        amount,
        currency,
        locale=(get_language() or "en").replace("-", "_"),
        format="¤#,##0" if whole else None,
        currency_digits=not whole,
    )


def _change(month: date, minor: int, amounts: dict[date, int], currency: str) -> Change | None:
    than = month.replace(year=month.year - 1)
    if than not in amounts:
        return None
    by = minor - amounts[than]
    if by == 0:
        return Change("", _("the same"), "equal", than)
    word, icon = (_("more"), "arrow-up") if by > 0 else (_("less"), "arrow-down")
    return Change(money(abs(by), currency), word, icon, than)


def _points(values: list[int]) -> list[tuple[float, float]]:
    """(x, y) in percent of the box, 15 at the top and 85 at the bottom; a flat line runs in the middle."""
    low, high = min(values), max(values)
    step = 100 / max(len(values) - 1, 1)
    return [
        (
            index * step if len(values) > 1 else 100,
            85 - 70 * (value - low) / (high - low) if high > low else 50,
        )
        for index, value in enumerate(values)
    ]
