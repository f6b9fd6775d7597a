"""The weeks of a path as they are drawn: plain words and addresses, so that the same weeks need not be drawn twice."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cs_platform.lib.words import day as in_words
from training.models import Item

from .parts import Chapter, Part, Way

Kind = Item.Kind
# The columns of the page; other kinds stand in the one that is nearest, with their name.
COLUMNS = (Kind.LESSON, Kind.QUIZ, Kind.RIDE_ALONG, Kind.ROLE_PLAY, Kind.SIGN_OFF)
NEAREST = {Kind.CHECKLIST: Kind.LESSON, Kind.SESSION: Kind.LESSON, Kind.ASSIGNMENT: Kind.SIGN_OFF}


@dataclass(frozen=True)
class Mark:
    """How far a part is, in its column. notes: what stands below its word."""

    url: str
    title: str
    word: str
    icon: str
    watch: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Next:
    """A part that stands below its module. note: its kind and when it is due, or who is beside whom and when. said,
    step: the reason of a "not yet", and what to do next."""

    id: int
    url: str
    icon: str
    title: str
    note: str
    act: str
    host: str = ""
    said: str = ""
    step: str = ""


@dataclass(frozen=True)
class Cell:
    column: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Block:
    """A module. url: of its playbook, where the reader may open it. source: what it comes from, or waits for."""

    title: str
    url: str
    source: str
    is_held: bool
    done: str
    cells: tuple[Cell, ...]
    next: tuple[Next, ...]


@dataclass(frozen=True)
class Week:
    number: int
    days: str
    is_now: bool
    blocks: tuple[Block, ...]


def weeks_of(way: Way, playbooks: Mapping[int | None, str], is_own: bool) -> tuple[Week, ...]:
    """playbooks: {id: address} of those that the reader may open."""
    base = reverse("training:path", args=[way.enrolment.id])
    now = min(way.week, way.weeks) if way.enrolment.is_active and way.day > 0 else 0
    weeks = []
    for number in sorted({each.module.week for each in way.chapters}):
        chapters = [each for each in way.chapters if each.module.week == number]
        blocks = [
            _block(each, way, playbooks.get(each.module.playbook_id, ""), base, number == now, is_own)
            for each in chapters
        ]
        days = " – ".join(in_words(day, way.today) for day in way.days_of(number))
        weeks.append(Week(number, days, number == now, tuple(blocks)))
    return tuple(weeks)


def _block(chapter: Chapter, way: Way, url: str, base: str, is_now: bool, is_own: bool) -> Block:
    following = [part for part in chapter.parts if _is_next(part, is_now)]
    n = len(chapter.parts)
    return Block(
        title=chapter.module.title,
        url=url,
        source=_source(chapter),
        is_held=chapter.is_held,
        done=ngettext("The one part done", "All %(n)s parts done", n) % {"n": n} if chapter.is_done else "",
        cells=tuple(_cell(chapter, kind, base) for kind in COLUMNS),
        next=tuple(_next(part, way, base, is_own) for part in following),
    )


def _cell(chapter: Chapter, kind: Kind, base: str) -> Cell:
    parts = [part for part in chapter.parts if _column(part) == kind]
    # A part is named where the column alone does not say it.
    names = len(parts) > 1 or any(part.item.kind != kind for part in parts)
    return Cell(str(kind.label), tuple(_mark(part, base, names) for part in parts))


def _mark(part: Part, base: str, is_named: bool) -> Mark:
    state, item = part.state, part.item
    notes = [item.title if is_named else state.sub]
    if not item.is_required and not part.is_done:
        notes.append(_("not required"))
    said = tuple(note for note in notes if note)
    return Mark(f"{base}items/{item.id}/", item.title, state.word, state.icon, state.watch, said)


def _next(part: Part, way: Way, base: str, is_own: bool) -> Next:
    item, state = part.item, part.state
    url = f"{base}items/{item.id}/"
    act = part.act if is_own and part.is_to_do else _("Open")
    if state.key == "not_yet" and (entry := part.entry):
        when = in_words(localtime(entry.at).date(), way.today)
        note = f"{entry.by}, {when}" if entry.by else when
        title = _("%(title)s, not yet") % {"title": item.title}
        return Next(item.id, url, part.icon, title, note, act, said=entry.words, step=entry.next_step)
    if ride := part.ride:
        when = date_format(localtime(ride.starts_at), "D j M, H:i")
        until = date_format(localtime(ride.ends_at), "H:i")
        return Next(item.id, url, part.icon, item.title, f"{when} – {until}", act, host=str(ride.host))
    return Next(item.id, url, part.icon, item.title, f"{item.get_kind_display()}, {state.sub}", act)


def _is_next(part: Part, is_now: bool) -> bool:
    """Whether it stands below its module: this week everything that is open, else what is said or planned."""
    if part.is_done or part.state.key in ("later", "hold"):
        return False
    return is_now or part.state.key in ("not_yet", "planned")


def _column(part: Part) -> Kind:
    kind = Kind(part.item.kind)
    return NEAREST.get(kind, kind)


def _source(chapter: Chapter) -> str:
    """What a module comes from, or what it waits for."""
    module = chapter.module
    if chapter.why:
        return chapter.why
    if module.playbook_id:
        return _("Playbook, version %(number)s") % {"number": chapter.number}
    return {
        "world": _("The customer’s world"),
        "picture": _("With your own numbers"),
    }.get(module.kind, _("For every new colleague"))
