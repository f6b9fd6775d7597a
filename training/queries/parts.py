"""The path of an enrolment, read once: its modules and items, how far each is, and what that is called."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from cs_platform.lib.words import day as in_words
from playbooks.models import Playbook, Version
from playbooks.models.playbook import Trust
from training.calendar import business_day, business_days
from training.completion import Progress, is_complete, open_modules, progress
from training.models import Enrolment, Entry, Item, Module, RideAlong
from training.pace import WEEK, week_of

from .settings import settings_of

Kind = Item.Kind
DONE: dict[str, Callable[[], str]] = {
    Kind.LESSON: lambda: _("Read"),
    Kind.QUIZ: lambda: _("Passed"),
    Kind.RIDE_ALONG: lambda: _("Done"),
    Kind.ROLE_PLAY: lambda: _("Passed"),
    Kind.ASSIGNMENT: lambda: _("Accepted"),
    Kind.SESSION: lambda: _("Attended"),
    Kind.CHECKLIST: lambda: _("Ticked"),
    Kind.SIGN_OFF: lambda: _("Approved"),
}
ICONS = {
    Kind.LESSON: "book-2",
    Kind.QUIZ: "list-check",
    Kind.RIDE_ALONG: "headset",
    Kind.ROLE_PLAY: "theater",
    Kind.ASSIGNMENT: "pencil",
    Kind.SESSION: "users",
    Kind.CHECKLIST: "checkbox",
    Kind.SIGN_OFF: "clipboard-check",
}
ACTS: dict[str, Callable[[], str]] = {
    Kind.LESSON: lambda: _("Read it"),
    Kind.QUIZ: lambda: _("Start"),
    Kind.RIDE_ALONG: lambda: _("Open"),
    Kind.ROLE_PLAY: lambda: _("Open"),
    Kind.ASSIGNMENT: lambda: _("Write it"),
    Kind.SESSION: lambda: _("Open"),
    Kind.CHECKLIST: lambda: _("Tick it off"),
    Kind.SIGN_OFF: lambda: _("Ask for it"),
}


@dataclass(frozen=True)
class State:
    """key: done, waived, waits, not_yet, planned, begun, todo, later or hold. watch: something is to be seen to."""

    key: str
    word: str
    icon: str = ""
    watch: bool = False
    sub: str = ""


@dataclass(frozen=True)
class Part:
    """An item of the path. entry: what was said of it last, None if nothing was. ride: the next one that is planned."""

    item: Item
    module: Module
    at: Progress
    due_on: date
    state: State
    entry: Entry | None
    asked: Entry | None
    ride: RideAlong | None

    @property
    def icon(self) -> str:
        return ICONS[Kind(self.item.kind)]

    @property
    def act(self) -> str:
        """What its button says to the trainee."""
        return ACTS[Kind(self.item.kind)]()

    @property
    def is_done(self) -> bool:
        return self.at.is_done

    @property
    def is_to_do(self) -> bool:
        """The trainee can go on with it now."""
        return self.state.key in ("todo", "begun", "not_yet")


@dataclass(frozen=True)
class Chapter:
    """A module on the path. why: what it waits for, in words; empty if it is open. number: of the version of its
    playbook that is out."""

    module: Module
    parts: Sequence[Part]
    is_held: bool
    why: str
    number: int | None

    @property
    def is_done(self) -> bool:
        """Nothing of it is left that has to be done."""
        required = [part for part in self.parts if part.item.is_required] or self.parts
        return all(part.is_done for part in required)

    @property
    def is_open(self) -> bool:
        return not self.why


@dataclass(frozen=True)
class Way:
    """The whole path of an enrolment on a day. day: its number among the business days, 0 before the first one."""

    enrolment: Enrolment
    chapters: Sequence[Chapter]
    day: int
    today: date
    holidays: Sequence[date]

    @cached_property
    def parts(self) -> list[Part]:
        return [part for chapter in self.chapters for part in chapter.parts]

    @property
    def week(self) -> int:
        return week_of(self.day)

    @cached_property
    def weeks(self) -> int:
        """How many weeks it takes."""
        return max((each.module.week for each in self.chapters), default=1)

    def part(self, item: int) -> tuple[Chapter, Part] | None:
        found = [(each, part) for each in self.chapters for part in each.parts if part.item.id == item]
        return found[0] if found else None

    def days_of(self, week: int) -> tuple[date, date]:
        """The first and the last business day of a week of the path."""
        start = self.enrolment.starts_on
        last = business_day(start, WEEK * week, self.holidays)
        return business_day(start, WEEK * (week - 1) + 1, self.holidays), last


def way_of(enrolment: Enrolment, today: date, judges: bool = False) -> Way:
    """In six queries, however much there is on it. judges: the reader may answer what is asked for."""
    modules = list(
        Module.objects.filter(company_id=enrolment.company_id, of=enrolment.version_id)
        .select_related("playbook")
        .prefetch_related("items")
        .order_by("week", "position")
    )
    of_it = {"company_id": enrolment.company_id, "enrolment": enrolment}
    entries = list(Entry.objects.filter(**of_it).select_related("by").order_by("id"))
    rides = RideAlong.objects.filter(**of_it, state=RideAlong.State.PLANNED, ends_at__gt=clock.now())
    planned = {ride.item_id: ride for ride in rides.select_related("host").order_by("-starts_at")}
    holidays = settings_of(enrolment.company_id).holidays
    found = progress([item for module in modules for item in module.items.all()], entries)
    published = _published(modules)
    whys = _why_not(modules, found, published, today)
    by_id = {entry.id: entry for entry in entries}
    dues = _dues(enrolment, modules, holidays)
    chapters = []
    for module in modules:
        is_held, why = whys[module.key]
        is_next, parts = is_held, []
        for item in module.items.all():
            at, due, ride = found[item.id], dues[item.due], planned.get(item.id)
            last = by_id.get(at.last.id) if at.last else None
            asked = by_id.get(at.asked.id) if at.asked else None
            if why and not at.is_begun:
                state, is_next = State("hold", _("On hold")) if is_next else State("later", _("Later")), False
            else:
                state = state_of(item, at, due, today, last, asked, ride, judges)
            parts.append(Part(item, module, at, due, state, last, asked, ride))
        chapters.append(Chapter(module, parts, is_held, why, published.get(module.playbook_id)))
    number = business_days(enrolment.starts_on, today, holidays)
    return Way(enrolment, chapters, number, today, holidays)


def state_of(
    item: Item,
    at: Progress,
    due_on: date,
    today: date,
    last: Entry | None,
    asked: Entry | None,
    ride: RideAlong | None,
    judges: bool = False,
) -> State:
    """What an item that is open is called, from its entries."""
    if at.is_waived and at.passed < at.times:
        return State("waived", _("Waived"), "check", sub=_name(last))
    if at.is_done:
        return State("done", _done(item, last), "check", sub=_name(last))
    if at.waits and asked is not None:
        since = _("since %(day)s") % {"day": in_words(_day(asked.at), today)}
        return State("waits", _("Waits for you") if judges else _("Asked for"), "clock", judges, since)
    if at.is_not_yet and last is not None:
        return State("not_yet", _("Not yet"), "arrow-back-up", True, in_words(_day(last.at), today))
    if ride is not None:
        return State(
            "planned", _("Planned"), "user-check", sub=in_words(_day(ride.starts_at), today, "D j M")
        )
    is_late = due_on < today
    due = _("was due %(day)s") if is_late else _("due %(day)s")
    sub = due % {"day": in_words(due_on, today)}
    if at.passed:
        said = _("%(n)s of %(all)s") % {"n": at.passed, "all": at.times}
        return State("begun", said, "progress", is_late, sub)
    return State("todo", _("To do"), "alert-triangle" if is_late else "", is_late, sub)


def _dues(enrolment: Enrolment, modules: Iterable[Module], holidays: Sequence[date]) -> dict[int, date]:
    """{business day: its date} of what the items say."""
    days = {item.due for module in modules for item in module.items.all()}
    return {number: business_day(enrolment.starts_on, number, holidays) for number in days}


def _done(item: Item, last: Entry | None) -> str:
    shown = last.shown if last and isinstance(last.shown, dict) else {}
    right, of = shown.get("right"), shown.get("of")
    if item.kind == Kind.QUIZ and isinstance(right, int) and isinstance(of, int):
        return _("%(n)s of %(all)s") % {"n": right, "all": of}
    if item.times > 1:
        return _("%(n)s times") % {"n": item.times}
    return DONE[Kind(item.kind)]()


def _name(entry: Entry | None) -> str:
    """Who said so, if it was another one."""
    if entry is None or entry.by is None or entry.by_id == entry.member_id:
        return ""
    return entry.by.name


def _day(at: datetime) -> date:
    return localtime(at).date()


# --- What a module waits for --------------------------------------------------------------------------------------


def _why_not(
    modules: Sequence[Module], found: dict[int, Progress], published: dict[int | None, int], today: date
) -> dict[str, tuple[bool, str]]:
    """{key: (whether its playbook holds it up, why it waits)}; the words are empty for one that is open."""
    # What asks for nothing holds nobody up.
    complete = {
        module.key
        for module in modules
        if is_complete(module.items.all(), found) or not any(item.is_required for item in module.items.all())
    }
    is_open, titles = open_modules(modules, complete), {module.key: module.title for module in modules}
    whys = {}
    for module in modules:
        held = _held(module.playbook, published, today) if module.playbook else ""
        if held or module.key in is_open:
            whys[module.key] = (bool(held), held)
        else:
            first = [titles[key] for key in module.needs if key in titles and key not in complete]
            whys[module.key] = (False, _("After: %(titles)s") % {"titles": ", ".join(first)})
    return whys


def _published(modules: Sequence[Module]) -> dict[int | None, int]:
    """{playbook id: the number of its version that is out}."""
    ids = [module.playbook_id for module in modules if module.playbook_id]
    if not ids:
        return {}
    rows = Version.objects.filter(company_id=modules[0].company_id, playbook_id__in=ids)
    return dict(rows.filter(state=Version.State.PUBLISHED).values_list("playbook_id", "number"))


def _held(playbook: Playbook, published: dict[int | None, int], today: date) -> str:
    if playbook.archived_at is not None:
        return _("Playbook archived, waits until this part is planned anew")
    if playbook.id not in published:
        return _("Playbook is not published yet")
    trust = playbook.trust(today)
    if trust == Trust.EXPIRED and playbook.verified_until is not None:
        since = in_words(playbook.verified_until, today)
        return _("Playbook expired %(day)s, waits until it is verified") % {"day": since}
    if trust == Trust.UNVERIFIED:
        return _("Playbook is unverified, waits until it is verified")
    return ""
