"""The list of customers: what is asked for, and fifty of them with what matters about each."""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower

from accounts.models import Member
from cs_platform.lib.outside import storable
from customers.models import UNRESOLVED, Customer, Note, Revenue, Survey, Ticket
from customers.queries.revenue import money

from .customer_names import fitting

PAGE = 50
CHUNK = 500
STATES = ("current", "ended", "stubs", "all")
# {sort: (expression, whether the largest comes first)}
SORTS = {"name": False, "revenue": True, "open": True, "newest": True}


@dataclass(frozen=True)
class Asked:
    """What the list shall show; anything that is not understood is left out."""

    q: str = ""
    segment: str = ""
    owner: str = ""
    state: str = "current"
    sort: str = "name"

    @classmethod
    def of(cls, query: Any) -> "Asked":
        asked = {
            name: str(query.get(name, "")).replace("\0", "")[:300].strip() for name in cls.__annotations__
        }
        asked["state"] = asked["state"] if asked["state"] in STATES else "current"
        asked["sort"] = asked["sort"] if asked["sort"] in SORTS else "name"
        if asked["owner"] not in ("me", "nobody") and not _is_id(asked["owner"]):
            asked["owner"] = ""
        return cls(**asked)

    @property
    def narrows(self) -> bool:
        return bool(self.q or self.segment or self.owner or self.state != "current")


@dataclass(frozen=True)
class Line:
    customer: Customer
    revenue: str
    open_tickets: int
    open_promises: int
    last_touch: datetime | None


@dataclass(frozen=True)
class CustomerList:
    lines: list[Line]
    count: int
    after: str  # the cursor of the next page, or nothing
    segments: list[str] = field(default_factory=list)
    owners: list[Member] = field(default_factory=list)


def customer_list(member: Member, asked: Asked, after: str = "") -> CustomerList:
    matching = _matching(member, asked)
    rows = list(_page(matching, asked, after)[: PAGE + 1])
    own = Customer.objects.visible_to(member).standing()
    return CustomerList(
        lines=_lines(member, rows[:PAGE]),
        count=matching.count(),
        after=_cursor(rows[PAGE - 1]) if len(rows) > PAGE else "",
        segments=list(
            own.exclude(segment="").order_by("segment").values_list("segment", flat=True).distinct()[:200]
        ),
        owners=list(
            Member.objects.visible_to(member)
            .filter(Exists(own.filter(owner=OuterRef("id"))))
            .order_by("name", "id")
        ),
    )


def every_line(member: Member, asked: Asked) -> Iterator[Line]:
    """All that match, in the order of the list, a few hundred at a time."""
    after = ""
    while True:
        rows = list(_page(_matching(member, asked), asked, after)[:CHUNK])
        yield from _lines(member, rows)
        if len(rows) < CHUNK:
            return
        after = _cursor(rows[-1])


def search_customers(member: Member, text: str, most: int = 10) -> list[Customer]:
    """The customers to choose from that fit what was typed."""
    rows = fitting(member, Customer.objects.visible_to(member).standing(), text)
    return list(rows.order_by(Lower("name"), "id")[:most])


def _matching(member: Member, asked: Asked) -> QuerySet[Customer]:
    rows = Customer.objects.visible_to(member).standing()
    if asked.state == "current":
        rows = rows.filter(ended_on=None, is_stub=False)
    elif asked.state == "ended":
        rows = rows.filter(ended_on__isnull=False)
    elif asked.state == "stubs":
        rows = rows.filter(is_stub=True)
    if asked.segment:
        rows = rows.filter(segment=asked.segment)
    if asked.owner:
        rows = rows.filter(owner={"me": member.id, "nobody": None}.get(asked.owner, asked.owner))
    return fitting(member, rows, asked.q) if asked.q else rows


def _page(rows: QuerySet[Customer], asked: Asked, after: str) -> QuerySet[Customer]:
    is_falling = SORTS[asked.sort]
    rows = rows.annotate(place=_place(asked.sort)).select_related("owner")
    if (edge := _edge(after, asked.sort)) is not None:
        value, row_id = edge
        beyond = "lt" if is_falling else "gt"
        rows = rows.filter(Q(**{f"place__{beyond}": value}) | Q(place=value, **{f"id__{beyond}": row_id}))
    return rows.order_by("-place", "-id") if is_falling else rows.order_by("place", "id")


def _place(sort: str) -> Any:
    own = {"company_id": OuterRef("company_id"), "customer": OuterRef("id")}
    if sort == "revenue":
        last = Revenue.objects.filter(**own, amount_minor__gt=0).order_by("-month")
        return Coalesce(Subquery(last.values("amount_minor")[:1]), 0, output_field=BigIntegerField())
    if sort == "open":
        counted = Ticket.objects.filter(**own, status__in=UNRESOLVED).order_by().values("customer")
        return Coalesce(Subquery(counted.annotate(n=Count("*")).values("n")), 0)
    return Lower("name") if sort == "name" else F("id")


def _cursor(row: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.place, row.id]).encode()).decode().rstrip("=")


def _edge(after: str, sort: str) -> tuple[Any, int] | None:
    """What a cursor says; one that was made up begins at the start."""
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None
    wanted = str if sort == "name" else int
    is_sound = type(value) is wanted and type(row_id) is int and 0 <= row_id < 2**63
    if (
        not is_sound
        or (wanted is str and value != storable(value))
        or (wanted is int and abs(value) >= 2**63)
    ):
        return None
    return value, row_id


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _lines(member: Member, rows: list[Any]) -> list[Line]:
    """Three statements, however many rows."""
    ids = [row.id for row in rows]
    currency = member.company.currency
    found = Customer.objects.filter(id__in=ids).annotate(
        revenue_minor=_newest(Revenue, "month", "amount_minor", amount_minor__gt=0),
        last_ticket=_newest(Ticket, "opened_at"),
        last_note=_newest(Note, "noted_at", deleted_at=None),
        last_answer=_newest(Survey, "first_answered_at"),
    )
    told = {row["id"]: row for row in found.values("id", "revenue_minor", *LAST)}
    tickets = _counted(member, Ticket, ids, status__in=UNRESOLVED)
    promises = _counted(member, Note, ids, due_on__isnull=False, kept_at=None, deleted_at=None)
    return [
        Line(
            row,
            money(minor, currency) if (minor := told[row.id]["revenue_minor"]) else "",
            tickets.get(row.id, 0),
            promises.get(row.id, 0),
            max((at for name in LAST if (at := told[row.id][name])), default=None),
        )
        for row in rows
    ]


LAST = ("last_ticket", "last_note", "last_answer")


def _newest(model: Any, by: str, value: str = "", **lookups: Any) -> Subquery:
    own = model.objects.filter(company_id=OuterRef("company_id"), customer=OuterRef("id"), **lookups)
    return Subquery(own.order_by(f"-{by}").values(value or by)[:1])


def _counted(member: Member, model: Any, ids: list[int], **lookups: Any) -> dict[int, int]:
    rows = model.objects.filter(company_id=member.company_id, customer_id__in=ids, **lookups)
    return dict(rows.order_by().values("customer_id").annotate(n=Count("*")).values_list("customer_id", "n"))
