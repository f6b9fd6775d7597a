"""What a cell may hold: each parser turns text into a value or raises BadCell with the reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from cs_platform.lib.zones import Zones

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadCell(ValueError):
    """A cell that cannot be; str() says why."""


@dataclass(frozen=True)
class Frame:
    """What parsing depends on: the zones of times without an offset, the company's by default, and when it is."""

    zones: Zones
    now: datetime

    @classmethod
    def of(cls, company, zone: str = "") -> "Frame":
        """With a zone, times without an offset are in that one."""
        zones = Zones(((date.min, ZoneInfo(zone)),)) if zone else company.zones()
        return cls(zones, clock.now())


Parser = Callable[[str, Frame], Any]


@dataclass(frozen=True)
class Column:
    """A column of a kind. An empty cell gives `empty`; a required one refuses the row."""

    name: str
    parse: Parser
    required: bool = False
    empty: Any = None


def text(longest: int) -> Parser:
    def parse(cell: str, frame: Frame) -> str:
        if len(cell) > longest:
            raise BadCell(_("Longer than %(longest)s characters.") % {"longest": longest})
        return cell

    return parse


_check_email = EmailValidator()


def email(cell: str, frame: Frame) -> str:
    value = cell.lower()
    try:
        _check_email(value)
    except ValidationError as error:
        raise BadCell(_("“%(cell)s” is not an e-mail address.") % {"cell": cell[:100]}) from error
    if len(value) > 254:
        raise BadCell(_("Longer than %(longest)s characters.") % {"longest": 254})
    return value


def deadline(cell: str, frame: Frame) -> datetime:
    """An instant that may lie ahead. Without an offset it is in the company's zone."""
    try:
        value = datetime.fromisoformat(cell)
    except ValueError as error:
        raise BadCell(
            _("“%(cell)s” is not an ISO 8601 time like 2026-03-01T09:30:00+01:00.") % {"cell": cell[:60]}
        ) from error
    try:
        instant = (frame.zones.instant(value) if value.tzinfo is None else value).astimezone(UTC)
    except OverflowError as error:
        raise BadCell(_("“%(cell)s” is out of range.") % {"cell": cell[:60]}) from error
    if instant < EPOCH or instant.year > 2200:
        raise BadCell(_("“%(cell)s” lies before 1970 or after 2200.") % {"cell": cell[:60]})
    return instant


def instant(cell: str, frame: Frame) -> datetime:
    """An instant that has been, give or take a day."""
    value = deadline(cell, frame)
    if value > frame.now + timedelta(days=1):
        raise BadCell(_("“%(cell)s” lies after tomorrow.") % {"cell": cell[:60]})
    return value


def day(cell: str, frame: Frame) -> date:
    try:
        value = date.fromisoformat(cell[:10]) if len(cell) <= 10 else datetime.fromisoformat(cell).date()
    except ValueError as error:
        raise BadCell(_("“%(cell)s” is not a date like 2026-03-01.") % {"cell": cell[:60]}) from error
    if not 1900 <= value.year <= 2200:
        raise BadCell(_("“%(cell)s” lies before 1900 or after 2200.") % {"cell": cell[:60]})
    return value


def month(cell: str, frame: Frame) -> date:
    try:
        value = date.fromisoformat(f"{cell[:7]}-01")
        date.fromisoformat(cell if len(cell) == 10 else f"{cell[:7]}-01")
    except ValueError as error:
        raise BadCell(_("“%(cell)s” is not a month like 2026-03.") % {"cell": cell[:60]}) from error
    if len(cell) not in (7, 10) or value.year < 1970 or value > frame.now.date() + timedelta(days=1):
        raise BadCell(_("“%(cell)s” is not a month between 1970 and this one.") % {"cell": cell[:60]})
    return value


def amount(cell: str, frame: Frame) -> Decimal:
    try:
        value = Decimal(cell)
    except InvalidOperation as error:
        raise BadCell(_("“%(cell)s” is not an amount like 1250.00.") % {"cell": cell[:60]}) from error
    if not value.is_finite() or abs(value) >= Decimal(10) ** 13:
        raise BadCell(_("“%(cell)s” is out of range.") % {"cell": cell[:60]})
    return value


def whole(low: int, high: int) -> Parser:
    def parse(cell: str, frame: Frame) -> int:
        try:
            value = Decimal(cell)
        except InvalidOperation as error:
            raise BadCell(_("“%(cell)s” is not a whole number.") % {"cell": cell[:60]}) from error
        if not value.is_finite() or value != value.to_integral_value():
            raise BadCell(_("“%(cell)s” is not a whole number.") % {"cell": cell[:60]})
        if not low <= value <= high:
            raise BadCell(
                _("“%(cell)s” is not between %(low)s and %(high)s.")
                % {"cell": cell[:60], "low": low, "high": high}
            )
        return int(value)

    return parse


def choice(*values: str, also: dict[str, str] | None = None) -> Parser:
    known = {value: value for value in values} | (also or {})

    def parse(cell: str, frame: Frame) -> str:
        value = known.get(cell.lower().replace("-", "_").replace(" ", "_"))
        if value is None:
            raise BadCell(
                _("“%(cell)s” is none of %(values)s.") % {"cell": cell[:60], "values": ", ".join(values)}
            )
        return value

    return parse


def yes_or_no(cell: str, frame: Frame) -> bool:
    value = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(cell.lower())
    if value is None:
        raise BadCell(_("“%(cell)s” is neither true nor false.") % {"cell": cell[:60]})
    return value


def tags(cell: str, frame: Frame) -> list[str]:
    values = list(dict.fromkeys(tag.strip() for tag in cell.split(";") if tag.strip()))
    if any(len(tag) > 100 for tag in values):
        raise BadCell(_("A tag is longer than %(longest)s characters.") % {"longest": 100})
    return values


def currency(cell: str, frame: Frame) -> str:
    value = cell.upper()
    if len(value) != 3 or not value.isascii() or not value.isalpha():
        raise BadCell(_("“%(cell)s” is not a currency like EUR.") % {"cell": cell[:60]})
    return value
