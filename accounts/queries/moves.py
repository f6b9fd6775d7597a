"""What a change of reporting lines would do, before it is saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from accounts.lines import LineBook
from accounts.models import Member, ReportingLine, Team

from .org import Span, line_book, lines_on


@dataclass(frozen=True)
class SpanChange:
    manager: Member
    before: Span
    after: Span


@dataclass(frozen=True)
class Move:
    """Some people reporting to `new` (or to nobody) from a day on.

    old: whom they report to on that day, without it. below: how many people come along under them. after: a
    later line that is on record already and stays. seen: says which lines this was made from. refused: why it
    cannot be, or nothing.
    """

    movers: list[Member]
    old: list[Member]
    new: Member | None
    team: Team | None
    valid_from: date
    today: date
    spans: list[SpanChange]
    below: int
    after: ReportingLine | None
    seen: str
    refused: str = ""

    @property
    def is_backdated(self) -> bool:
        return self.valid_from < self.today

    @property
    def last_day_before(self) -> date:
        return self.valid_from - timedelta(days=1)


def preview(
    movers: list[Member], new: Member | None, valid_from: date, today: date, team: Team | None = None
) -> Move:
    """What would change if these people reported to `new` from a day on; one company's people."""
    company_id = movers[0].company_id
    lines, book = lines_on(company_id, valid_from), line_book(company_id)
    ids = [mover.id for mover in movers]
    managers = {lines.manager.get(each) for each in ids}
    old_ids = [manager_id for manager_id in managers if manager_id is not None]
    reports = lines.reports(lines.manager)
    below = len(set().union(*(_below(reports, each) for each in ids)) - set(ids))
    after = dict(lines.manager) | dict.fromkeys(ids, new.id if new else None)
    people = Member.objects.filter(company_id=company_id)
    working = set(people.at_work(valid_from).values_list("id", flat=True))
    old = list(people.filter(id__in=old_ids).order_by("name"))
    touched = {manager.id: manager for manager in [*old, *([new] if new else [])]}
    return Move(
        movers=movers,
        old=old,
        new=new,
        team=team,
        valid_from=valid_from,
        today=today,
        spans=[
            SpanChange(manager, _span(lines.manager, each, working), _span(after, each, working))
            for each, manager in touched.items()
        ],
        below=below,
        after=_line_after(movers, valid_from),
        seen=lines_seen(company_id, ids),
        refused=_refusal(book, ids, new, valid_from),
    )


def team_to_hand_over(giver: Member, receiver: Member, day: date) -> list[Member]:
    """Who goes over with a team on a day, by name: who reports to the giver then and has not left before."""
    lines = ReportingLine.objects.on(day).filter(company_id=giver.company_id, manager=giver)
    team = Member.objects.not_gone(day).filter(id__in=lines.values("member_id")).exclude(id=receiver.id)
    return list(team.order_by("name", "id"))


def lines_seen(company_id: int, member_ids: Iterable[int]) -> str:
    """Changes with every line that is written about one of these people."""
    rows = ReportingLine.objects.filter(company_id=company_id, member_id__in=list(member_ids))
    found = rows.aggregate(newest=Max("id"), count=Count("id"))
    return f"{found['newest'] or 0}-{found['count']}"


def cycle_words(loop: tuple[date, list[int]]) -> str:
    """Says where a cycle would be."""
    day, path = loop
    names = dict(Member.objects.filter(id__in=path).values_list("id", "email"))
    return _("This would be a cycle on %(day)s: %(path)s.") % {
        "day": day.isoformat(),
        "path": " > ".join(names.get(member, str(member)) for member in path),
    }


def _refusal(book: LineBook, member_ids: list[int], new: Member | None, valid_from: date) -> str:
    for member_id in member_ids:
        loop = book.cycle(member_id, valid_from, new.id if new else None)
        if loop:
            return cycle_words(loop)
        book.put(member_id, valid_from, new.id if new else None)
    return ""


def _span(managers: dict[int, int | None], manager_id: int, working: set[int]) -> Span:
    return Span(sum(manager == manager_id and member in working for member, manager in managers.items()))


def _below(reports: dict[int, list[int]], top: int) -> set[int]:
    found: set[int] = set()
    waiting = [top]
    while waiting:
        for person_id in reports.get(waiting.pop(), []):
            if person_id not in found:
                found.add(person_id)
                waiting.append(person_id)
    return found


def _line_after(movers: list[Member], valid_from: date) -> ReportingLine | None:
    """The next line on record of one who moves alone."""
    if len(movers) != 1:
        return None
    later = ReportingLine.objects.in_force().filter(
        company_id=movers[0].company_id, member=movers[0], valid_from__gt=valid_from
    )
    return later.select_related("manager").order_by("valid_from").first()
