"""Seats that are planned in the organisation: those that a requisition has open, and offers that were accepted."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from accounts.models import Company, Member, Team
from hiring.models import Offer, Requisition


@dataclass(frozen=True)
class Seat:
    """So many seats of a requisition that begin on one day under one manager. is_accepted: somebody has said yes."""

    requisition: Requisition
    manager: Member | None
    team: Team | None
    starts_on: date | None
    n: int
    is_accepted: bool


@dataclass(frozen=True)
class Planned:
    """The seats that come to one manager; without a manager: those for which nobody is named yet."""

    manager: Member | None
    seats: list[Seat]

    @property
    def open(self) -> int:
        return sum(seat.n for seat in self.seats if not seat.is_accepted)

    @property
    def accepted(self) -> int:
        return sum(seat.n for seat in self.seats if seat.is_accepted)


def planned_seats(company: Company, day: date) -> list[Planned]:
    """By manager, by name. Open: seats of open requisitions that no accepted offer takes. Accepted: people who begin
    after the day; from their first day on the organisation counts them itself."""
    by_manager: dict[Member | None, list[Seat]] = defaultdict(list)
    for seat in [*_open(company), *_accepted(company, day)]:
        by_manager[seat.manager].append(seat)
    planned = [
        Planned(manager, sorted(seats, key=lambda seat: (seat.starts_on or date.max, seat.requisition.id)))
        for manager, seats in by_manager.items()
    ]
    return sorted(planned, key=lambda each: (each.manager is None, each.manager.name if each.manager else ""))


def taken_seats(company_id: int) -> dict[int, int]:
    """{requisition id: offers that were accepted}."""
    return dict(
        _offers(company_id)
        .order_by()
        .values_list("application__requisition_id")
        .annotate(n=Count("id"))
        .values_list("application__requisition_id", "n")
    )


def _open(company: Company) -> list[Seat]:
    taken = taken_seats(company.id)
    requisitions = Requisition.objects.filter(company_id=company.id).open().select_related("manager", "team")
    return [
        Seat(each, each.manager, each.team, each.starts_on, left, False)
        for each in requisitions
        if (left := each.seats - taken.get(each.id, 0)) > 0
    ]


def _accepted(company: Company, day: date) -> list[Seat]:
    offers = _offers(company.id).filter(starts_on__gt=day)
    offers = offers.select_related("application__requisition", "manager", "team")
    return [
        Seat(each.application.requisition, each.manager, each.team, each.starts_on, 1, True)
        for each in offers
    ]


def _offers(company_id: int) -> QuerySet[Offer]:
    return Offer.objects.filter(company_id=company_id, state=Offer.State.ACCEPTED)
