from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.lines import LineBook
from accounts.models import Company, Member, ReportingLine
from accounts.queries.moves import cycle_words, team_to_hand_over
from cs_platform.lib import clock


class LineRefused(ValueError):
    """A reporting line that cannot be; str() says why in words for the person who asked."""


@dataclass(frozen=True)
class LineChange:
    member_id: int
    valid_from: date
    manager_id: int | None
    team_id: int | None = None
    from_people_file: bool = False


@transaction.atomic
def set_line(
    *, actor: Member | None, member: Member, manager: Member | None, valid_from: date, team=None
) -> None:
    """Says who a member reports to from a day on; None makes a root.

    Raises LineRefused for a cycle on any day, or a manager of another company.
    """
    if manager is not None and manager.company_id != member.company_id:
        raise LineRefused(_("The manager works in another company."))
    change = LineChange(member.id, valid_from, manager.id if manager else None, team.id if team else None)
    refused = set_lines(actor=actor, company_id=member.company_id, changes=[change])
    if refused:
        raise LineRefused(refused[0])


@transaction.atomic
def set_lines(*, actor: Member | None, company_id: int, changes: list[LineChange]) -> dict[int, str]:
    """Writes many lines; returns {index: why} of those that were refused. Unchanged lines write nothing."""
    # Two edits that are fine alone can make a cycle together, so edits of one company queue here.
    Company.objects.select_for_update(no_key=True).get(id=company_id)
    in_force = {
        (line.member_id, line.valid_from): line
        for line in ReportingLine.objects.in_force().filter(company_id=company_id)
    }
    book = LineBook.of((line.member_id, line.valid_from, line.manager_id) for line in in_force.values())
    refused: dict[int, str] = {}
    wanted: dict[tuple[int, date], LineChange] = {}
    for index, change in enumerate(changes):
        loop = book.cycle(change.member_id, change.valid_from, change.manager_id)
        if loop:
            refused[index] = cycle_words(loop)
            continue
        book.put(change.member_id, change.valid_from, change.manager_id)
        wanted[change.member_id, change.valid_from] = change
    _write(actor, company_id, in_force, wanted)
    return refused


def _write(actor, company_id: int, in_force: dict, wanted: dict[tuple[int, date], LineChange]) -> None:
    changed = {
        key: change
        for key, change in wanted.items()
        if key not in in_force
        or (in_force[key].manager_id, in_force[key].team_id) != (change.manager_id, change.team_id)
    }
    replaced = [in_force[key].id for key in changed if key in in_force]
    ReportingLine.objects.filter(id__in=replaced).update(superseded_at=clock.now())
    ReportingLine.objects.bulk_create(
        [ReportingLine(company_id=company_id, **vars(change)) for change in changed.values()], batch_size=1000
    )
    activity.record_many(
        "reporting_line.set",
        "member",
        [
            (change.member_id, {"from": change.valid_from.isoformat(), "manager": change.manager_id})
            for change in changed.values()
        ],
        actor=actor,
        company_id=company_id,
        batch=uuid4(),
    )


@transaction.atomic
def hand_over_team(*, actor: Member | None, giver: Member, receiver: Member, from_on: date) -> int:
    """Moves everybody who reports to giver on a day and has not left to receiver; returns how many."""
    movers = [each.id for each in team_to_hand_over(giver, receiver, from_on)]
    lines = ReportingLine.objects.on(from_on).filter(company_id=giver.company_id, member_id__in=movers)
    changes = [LineChange(line.member_id, from_on, receiver.id, line.team_id) for line in lines]
    refused = set_lines(actor=actor, company_id=giver.company_id, changes=changes)
    if refused:
        raise LineRefused(next(iter(refused.values())))
    return len(changes)
