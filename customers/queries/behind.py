"""The rows behind a figure: tickets, answers, shifts or customers, with the numbers that count.

`metrics.queries.sources` says which facts they are; here they get their names. Only what the reader may see of
people is named.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Company, Member
from cs_platform.lib.words import duration
from customers.models import Customer, Shift, Survey, Ticket
from metrics.definitions import Metric
from metrics.kinds import TICKET_KINDS, Kind
from metrics.queries.sources import SourceRow
from metrics.scores import DETRACTOR, PROMOTER

from .revenue import money

SURVEYS = (Kind.CSAT, Kind.NPS, Kind.CES)


@dataclass(frozen=True)
class BehindRow:
    """ticket, customer: what it is about, as far as there is one. number: what it counts with, in words; raw:
    unrounded. counted: in words whether it is in the numerator. at: when it happened."""

    at: datetime | None
    ticket: Ticket | None
    customer: Customer | None
    name: str
    rep: str
    number: str
    raw: Sequence[Any]
    counted: str


def behind(
    company: Company, metric: Metric, found: Iterable[SourceRow], may_name: Callable[[int], bool]
) -> list[BehindRow]:
    """A page of rows, in the order of the facts; a few queries, however many rows."""
    facts, company_id = list(found), company.id
    kind = facts[0].kind if facts else None
    ids = {fact.place.source_id for fact in facts}
    tickets: dict[int, Ticket] = {}
    surveys: dict[int, Survey] = {}
    shifts: dict[int, Shift] = {}
    if kind in TICKET_KINDS:
        tickets = _tickets(company_id, ids)
    elif kind in SURVEYS:
        surveys = Survey.objects.filter(company_id=company_id).in_bulk(ids)
        tickets = _tickets(company_id, {survey.ticket_id for survey in surveys.values() if survey.ticket_id})
    elif kind == Kind.STAFFED:
        shifts = Shift.objects.filter(company_id=company_id).in_bulk(ids)
    customers = Customer.objects.filter(company_id=company_id).in_bulk(
        {fact.customer_id for fact in facts} - {0}
    )
    named = {fact.rep_id for fact in facts if fact.rep_id and may_name(fact.rep_id)}
    names = dict(Member.objects.filter(company_id=company_id, id__in=named).values_list("id", "name"))
    return [
        _row(
            metric,
            fact,
            tickets,
            surveys.get(fact.place.source_id),
            shifts,
            customers,
            names,
            company.currency,
        )
        for fact in facts
    ]


def _tickets(company_id: int, ids: set[int]) -> dict[int, Ticket]:
    only = ("id", "company_id", "external_id", "subject", "status")
    return Ticket.objects.filter(company_id=company_id).only(*only).in_bulk(ids)


def _row(metric, fact: SourceRow, tickets, survey, shifts, customers, names, currency: str) -> BehindRow:
    ticket = tickets.get(survey.ticket_id) if survey else tickets.get(fact.place.source_id)
    customer = customers.get(fact.customer_id)
    shift = shifts.get(fact.place.source_id) if fact.kind == Kind.STAFFED else None
    name = str(ticket) if ticket else str(customer or "")
    if shift:
        name = _("Shift until %(time)s") % {"time": date_format(timezone.localtime(shift.ended_at), "H:i")}
    number, raw = _number(fact, currency)
    rep = _("Nobody") if not fact.rep_id else names.get(fact.rep_id, "")
    return BehindRow(fact.occurred_at, ticket, customer, name, rep, number, raw, _counted(metric, fact))


def _number(fact: SourceRow, currency: str) -> tuple[str, Sequence[Any]]:
    """What a fact counts with, in words and unrounded."""
    if fact.kind in SURVEYS:
        return str(fact.value), (fact.value,)
    if fact.kind in (Kind.RESOLVED, Kind.FIRST_RESPONSE, Kind.HANDLE, Kind.STAFFED):
        return duration(fact.value), (fact.value,)
    if fact.kind == Kind.REVENUE:
        return f"{money(fact.value, currency)} → {money(fact.other, currency)}", (fact.value, fact.other)
    return "", (fact.value,)


def _counted(metric: Metric, fact: SourceRow) -> str:
    if not fact.is_counted:
        return _("More work, counted before")
    if fact.in_numerator is None:
        return ""
    if metric.told_as:
        return str(metric.told_as[0 if fact.in_numerator else 1])
    if metric.key == "service_level":
        return _("Met") if fact.in_numerator else _("Missed")
    if metric.key == "reopen_rate":
        return _("Reopened") if fact.in_numerator else _("Stayed resolved")
    if metric.key == "fcr":
        return _("Solved for good") if fact.in_numerator else _("Came back")
    if metric.key == "churn":
        return _("Lost") if fact.in_numerator else _("Kept")
    if fact.kind == Kind.REVENUE:
        return _("Kept") if fact.in_numerator else _("Lost")
    if fact.kind == Kind.NPS:
        return _nps(fact.value)
    return _("Counted") if fact.in_numerator else _("In n alone")


def _nps(score: int) -> str:
    if score >= PROMOTER:
        return _("Promoter")
    return _("Detractor") if score <= DETRACTOR else _("Passive")
