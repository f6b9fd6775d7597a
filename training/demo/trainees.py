"""People on the demo's path: what happened on each day of it, dated. Entries are written as they were, since the
actions know no day but today."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from accounts.models import Member
from cs_platform.lib import clock
from training.actions.certificates import issue
from training.actions.enrolments import enrol
from training.actions.entries import lock_enrolment, progress_at, settle
from training.actions.quizzes import shown_of, told_of
from training.calendar import business_day, business_days, months_after
from training.completion import BY_ONESELF, counted, is_complete
from training.models import (
    Certificate,
    Enrolment,
    Entry,
    Item,
    Module,
    Programme,
    Question,
    QuizTry,
    RideAlong,
)
from training.queries.settings import settings_of
from training.quizzing import draw, score

from . import words

Kind, Outcome = Entry.Kind, Entry.Outcome
TEN = time(10)


@dataclass(frozen=True)
class Plan:
    """How far somebody is. day: of the path, today. upto: what was due up to this day is done; after that nothing is.

    but: by (template of the playbook, kind or form of the item) what came instead: how often it was done, or
    "not_yet" with the key of its words, or "asked", or "again": not yet, and then passed. The template is empty for
    common modules.
    """

    day: int
    upto: int
    but: Mapping[tuple[str, str], int | str] = field(default_factory=dict)


@dataclass
class Path:
    """An enrolment while it is filled. templates: {playbook id: name of its template}."""

    enrolment: Enrolment
    judge: Member
    host: Member
    templates: Mapping[int, str]
    turns: dict[str, int] = field(default_factory=dict)

    def day(self, number: int) -> date:
        return business_day(self.enrolment.starts_on, max(1, number))

    def at(self, number: int) -> datetime:
        """On a business day of the path, later with each thing that happens on it."""
        turn = self.turn(f"day {number}")
        zone = self.enrolment.member.company.zones().at(clock.now())
        at = datetime.combine(self.day(number), TEN, zone) + timedelta(minutes=35 * turn)
        return min(at, clock.now() - timedelta(minutes=5))

    def turn(self, what: str) -> int:
        self.turns[what] = self.turns.get(what, -1) + 1
        return self.turns[what]

    def entry(self, item: Item, kind: str, outcome: str, by: Member, at: datetime, **more: object) -> Entry:
        return Entry(
            company_id=item.company_id,
            enrolment=self.enrolment,
            item=item,
            member_id=self.enrolment.member_id,
            kind=kind,
            outcome=outcome,
            by=by,
            at=at,
            **more,
        )


def started(day: int, today: date) -> date:
    """The first day of a path of which today is the so-manieth business day."""
    start = today
    while business_days(start, today) < day:
        start -= timedelta(days=1)
    return start


def walk(
    *,
    manager: Member,
    member: Member,
    programme: Programme,
    host: Member,
    plan: Plan,
    templates: Mapping[int, str],
) -> Enrolment:
    """Puts somebody on the path and fills it."""
    start = started(plan.day, member.company.today())
    enrolment = enrol(actor=manager, member=member, programme=programme, starts_on=start)
    path = Path(enrolment, manager, host, templates)
    Enrolment.objects.filter(id=enrolment.id).update(enrolled_at=path.at(1) - timedelta(days=3))
    rows = sorted(_happened(path, plan), key=lambda row: row.at)
    for row in rows:
        row.save()
        if row.item.kind == Item.Kind.RIDE_ALONG and row.kind == Kind.JUDGED:
            _rode(path, row)
    enrolment = lock_enrolment(enrolment)
    modules = list(enrolment.version.modules.select_related("playbook").prefetch_related("items"))
    items = [item for module in modules for item in module.items.all()]
    if is_complete(items, progress_at(enrolment, items)):
        _complete(enrolment, modules, rows)
    else:
        settle(enrolment)
    return enrolment


def _happened(path: Path, plan: Plan) -> Iterator[Entry]:
    for module in path.enrolment.version.modules.prefetch_related("items"):
        template = path.templates.get(module.playbook_id or 0, "")
        for item in module.items.all():
            instead = plan.but.get((template, item.form or item.kind))
            if item.kind == Item.Kind.SESSION or (item.due > plan.upto and instead is None):
                continue
            yield from _item(path, item, min(item.due, plan.day - 1), instead)


def _item(path: Path, item: Item, due: int, instead: int | str | None) -> Iterator[Entry]:
    """What came of an item by the day on which it was due."""
    trainee = path.enrolment.member
    if item.kind == Item.Kind.QUIZ:
        yield from _tries(path, item, due, 2 if instead == "again" else 1)
    elif item.kind in BY_ONESELF:
        ticked = list(range(len(item.rubric)))
        yield path.entry(item, Kind.DONE, Outcome.PASSED, trainee, path.at(due), checks=ticked)
    elif instead == "asked":
        yield path.entry(item, Kind.ASKED, Outcome.OPEN, trainee, path.at(due), words=_(words.ASKED))
    elif isinstance(instead, str):
        yield _not_yet(path, item, due, instead.removesuffix(" again"))
        if instead.endswith(" again"):
            yield _passed(path, item, due + 1)
    else:
        times = item.times if instead is None else instead
        if item.kind == Item.Kind.ASSIGNMENT:
            yield path.entry(
                item, Kind.ASKED, Outcome.OPEN, trainee, path.at(due - 1), words=_(words.HANDED_IN)
            )
        for number in range(times):
            yield _passed(path, item, due - times + 1 + number)


def _passed(path: Path, item: Item, day: int) -> Entry:
    what = item.form or item.kind
    said = words.PASSED[what]
    by = path.host if item.kind == Item.Kind.RIDE_ALONG else path.judge
    return path.entry(
        item,
        Kind.JUDGED,
        Outcome.PASSED,
        by,
        path.at(day),
        words=_(said[path.turn(what) % len(said)]),
        checks=list(range(len(item.rubric))),
        minutes=min(item.minutes, 60),
    )


def _not_yet(path: Path, item: Item, day: int, key: str) -> Entry:
    reason, following = words.NOT_YET[key]
    return path.entry(
        item,
        Kind.JUDGED,
        Outcome.NOT_YET,
        path.judge,
        path.at(day),
        words=_(reason),
        next_step=_(following),
        checks=[0],
        minutes=item.minutes,
    )


def _tries(path: Path, item: Item, due: int, count: int) -> Iterator[Entry]:
    """The last one all right; those before it with one question wrong."""
    bank = list(Question.objects.filter(used_in__item=item).order_by("used_in__position"))
    for number in range(1, count + 1):
        at = path.at(due - count + number)
        asked = draw(bank, item.draws, f"{path.enrolment.id}-{number}")
        chosen = {place: _right(each) for place, each in enumerate(asked["questions"], 1)}
        if number < count:
            chosen[1] = set(range(len(asked["questions"][0]["options"]))) - chosen[1]
        result = score(asked, chosen)
        made = QuizTry.objects.create(
            company_id=item.company_id,
            enrolment=path.enrolment,
            item=item,
            number=number,
            begun_at=at - timedelta(minutes=9),
            handed_in_at=at,
            asked=asked,
        )
        has_passed = result.score >= item.pass_mark
        yield path.entry(
            item,
            Kind.TRY,
            Outcome.PASSED if has_passed else Outcome.NOT_YET,
            path.enrolment.member,
            at,
            words=told_of(result, item),
            next_step="" if has_passed else _("Read why, then try again."),
            shown=shown_of(made, result),
        )


def _right(question: Mapping) -> set[int]:
    return {question["order"].index(place) for place in question["right"]}


def _rode(path: Path, entry: Entry) -> None:
    """The ride-along of which the entry came."""
    turn = path.turn("ride")
    RideAlong.objects.create(
        company_id=entry.company_id,
        enrolment=path.enrolment,
        item=entry.item,
        host=path.host,
        state=RideAlong.State.HELD,
        starts_at=entry.at - timedelta(minutes=entry.minutes),
        ends_at=entry.at,
        zone=str(path.enrolment.member.company.zones().at(entry.at)),
        planned_by=path.enrolment.member,
        created_at=entry.at - timedelta(days=2),
        interactions=3 + turn % 4,
        reflection=_(words.REFLECTIONS[turn % len(words.REFLECTIONS)]),
        entry=entry,
    )


def _complete(enrolment: Enrolment, modules: list[Module], rows: list[Entry]) -> None:
    """On the day of the last entry; certificates are of the day on which their module was done."""
    months = settings_of(enrolment.company_id).certificate_months
    for module in modules:
        if module.kind == Module.Kind.PROCESS:
            at = max(row.at for row in rows if row.item.module_id == module.id)
            until = months_after(at.date(), months)
            made = issue(enrolment=enrolment, module=module)
            Certificate.objects.filter(id=made.id).update(issued_at=at, until=until)
    items = [item for module in modules for item in module.items.all()]
    done, total = counted(items, progress_at(enrolment, items))
    Enrolment.objects.filter(id=enrolment.id).update(
        state=Enrolment.State.COMPLETED, completed_at=rows[-1].at, done=done, total=total
    )
