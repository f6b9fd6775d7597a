"""Programmes: the list, what one says, and what changed between two versions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _

from accounts.models import Member
from training.models import (
    Enrolment,
    Item,
    ItemQuestion,
    Programme,
    ProgrammeVersion,
    Requirement,
)

State = ProgrammeVersion.State


@dataclass(frozen=True)
class Row:
    """A programme of the list. out, draft: its versions, or None. people: on it now, completed: who have been."""

    programme: Programme
    out: ProgrammeVersion | None
    draft: ProgrammeVersion | None
    people: int
    completed: int


def programme_rows(member: Member) -> list[Row]:
    """Those that stand come first, by role and team, then the archived ones."""
    going = ~Q(state=State.SUPERSEDED)
    versions = Prefetch("versions", ProgrammeVersion.objects.filter(going), to_attr="standing_versions")
    rows = Programme.objects.visible_to(member).select_related("team").prefetch_related(versions)
    counted = _people(member.company_id)
    found = [_row(each, counted) for each in rows.order_by("role", "team__name", "id")]
    return sorted(found, key=lambda row: row.programme.archived_at is not None)


def _row(programme: Any, counted: dict[int, tuple[int, int]]) -> Row:
    by_state = {version.state: version for version in programme.standing_versions}
    people, completed = counted.get(programme.id, (0, 0))
    return Row(programme, by_state.get(State.PUBLISHED), by_state.get(State.DRAFT), people, completed)


def _people(company_id: int) -> dict[int, tuple[int, int]]:
    rows = Enrolment.objects.filter(company_id=company_id).values_list("version__programme_id").order_by()
    counts = rows.annotate(
        going=Count("id", filter=Q(state=Enrolment.State.ACTIVE)),
        done=Count("id", filter=Q(state=Enrolment.State.COMPLETED)),
    )
    return {programme_id: (going, done) for programme_id, going, done in counts}


@dataclass(frozen=True)
class ModuleRead:
    """A module with its items. needs: titles of what comes first. is_stale: a newer version of the playbook is out."""

    module: Any
    items: list[Item]
    needs: list[str]

    @property
    def minutes(self) -> int:
        return sum(item.minutes * item.times for item in self.items)

    @property
    def kinds(self) -> list[str]:
        """Its items in a few words: "2 lessons" is too long, so the kinds in their order, each once."""
        return list(dict.fromkeys(str(item.get_kind_display()) for item in self.items))


@dataclass(frozen=True)
class Week:
    number: int
    modules: list[ModuleRead]


@dataclass(frozen=True)
class Content:
    """What a version says, by week and by place."""

    version: Any
    modules: list[ModuleRead]

    @property
    def weeks(self) -> list[Week]:
        rows = sorted(self.modules, key=lambda each: (each.module.week, each.module.position))
        return [Week(week, list(found)) for week, found in groupby(rows, key=lambda each: each.module.week)]

    @property
    def items(self) -> list[Item]:
        return [item for each in self.modules for item in each.items]

    @property
    def required(self) -> int:
        return sum(item.is_required for item in self.items)

    @property
    def hours(self) -> int:
        """Of what is required, about."""
        return round(sum(item.minutes * item.times for item in self.items if item.is_required) / 60)


def content_of(version: ProgrammeVersion) -> Content:
    """In three queries, whatever its length."""
    questions = ItemQuestion.objects.select_related("question")
    modules = list(
        version.modules.select_related("playbook", "edition")
        .prefetch_related("items", Prefetch("items__questions", questions))
        .order_by("position")
    )
    titles = {module.key: module.title for module in modules}
    return Content(
        version,
        [
            ModuleRead(
                module, list(module.items.all()), [titles[key] for key in module.needs if key in titles]
            )
            for module in modules
        ],
    )


@dataclass(frozen=True)
class Page:
    """A programme as it is read. shown: the version in view, None while there is no published one."""

    programme: Programme
    versions: Sequence[Any]
    shown: Content | None
    draft: ProgrammeVersion | None
    people: int
    on_older: int

    @property
    def out(self) -> Any:
        return next((each for each in self.versions if each.state == State.PUBLISHED), None)

    @property
    def is_out(self) -> bool:
        return self.shown is not None and self.shown.version.state == State.PUBLISHED


def programme_page(programme: Programme, number: int | None = None) -> Page | None:
    """number: of a version, None for the published one. None if there is no such version."""
    on_it = Count("enrolments", filter=Q(enrolments__state=Enrolment.State.ACTIVE))
    rows = programme.versions.select_related("author", "publisher").annotate(people=on_it)
    versions = list(rows.order_by("-number"))
    draft = next((each for each in versions if each.state == State.DRAFT), None)
    told = [each for each in versions if each.state != State.DRAFT]
    shown = next((each for each in told if number in (None, each.number)), None)
    if number is not None and shown is None:
        return None
    people = sum(each.people for each in told)
    newest = sum(each.people for each in told if each.state == State.PUBLISHED)
    return Page(
        programme, told, content_of(shown) if shown else None, draft, people=people, on_older=people - newest
    )


@dataclass(frozen=True)
class Line:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """Of a module or of an item. state: new, gone or changed."""

    state: str
    what: str
    title: str
    lines: list[Line]


def changes_between(old: Content, new: Content) -> list[Change]:
    """What a reader of the old version has to know of the new one, by place."""
    found = _compared(
        [(each.module.key, each.module, _module_lines(each)) for each in old.modules],
        [(each.module.key, each.module, _module_lines(each)) for each in new.modules],
        _("Module"),
    )
    return found + _compared(_items(old), _items(new), "")


def _items(content: Content) -> list[tuple[str, Any, dict[str, str]]]:
    return [(item.key, item, _item_lines(item, each)) for each in content.modules for item in each.items]


def _compared(old: list, new: list, what: str) -> list[Change]:
    before = {key: (row, lines) for key, row, lines in old}
    after = {key for key, _row, _lines in new}
    found = []
    for key, row, lines in new:
        told = what or str(row.get_kind_display())
        if key not in before:
            found.append(Change("new", told, row.title, []))
        elif changed := _differences(before[key][1], lines):
            found.append(Change("changed", told, row.title, changed))
    gone = [(row, what or str(row.get_kind_display())) for key, row, _lines in old if key not in after]
    return found + [Change("gone", told, row.title, []) for row, told in gone]


def _differences(old: dict[str, str], new: dict[str, str]) -> list[Line]:
    return [
        Line(label, old.get(label, ""), value) for label, value in new.items() if old.get(label, "") != value
    ]


def _module_lines(each: ModuleRead) -> dict[str, str]:
    module = each.module
    return {
        _("Title"): module.title,
        _("Week"): str(module.week),
        _("Kind"): str(module.get_kind_display()),
        _("Playbook"): str(module.playbook or ""),
        _("Level"): str(module.get_level_display()) if module.level else "",
        _("Playbook version"): str(module.edition.number) if module.edition else "",
        _("Comes after"): ", ".join(each.needs),
    }


def _item_lines(item: Any, each: ModuleRead) -> dict[str, str]:
    shown = {
        _("Title"): item.title,
        _("Module"): each.module.title,
        _("Required"): _("Yes") if item.is_required else _("No"),
        _("Due on business day"): str(item.due),
        _("How often"): str(item.times),
        _("Minutes"): str(item.minutes),
        _("Form"): str(item.get_form_display()) if item.form else "",
        _("Text"): item.body,
        _("Goal"): item.goal,
        _("Brief for the partner"): item.partner,
        _("What whoever judges looks for"): "\n".join(item.rubric),
    }
    if item.kind == Item.Kind.QUIZ:
        shown |= {
            _("Pass mark in per cent"): str(item.pass_mark),
            _("Tries"): str(item.tries),
            _("Hours between tries"): str(item.pause_hours),
            _("Questions drawn"): str(item.draws),
            _("Questions"): "\n".join(row.question.text for row in item.questions.all()),
        }
    return shown


def missing_processes(programme: Programme, content: Content) -> list[str]:
    """Titles of the playbooks that the role is to know and that no module is about."""
    wanted = Requirement.objects.filter(company_id=programme.company_id, role=programme.role)
    wanted = wanted.filter(Q(team__isnull=True) | Q(team_id=programme.team_id or 0))
    has = {each.module.playbook_id for each in content.modules}
    titles: Iterable[tuple[int, str]] = wanted.order_by("id").values_list("playbook_id", "playbook__title")
    return [title for playbook_id, title in dict(titles).items() if playbook_id not in has]
