"""Programmes: made from what a role is to know, edited as a draft, published for good."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions import EditConflict
from playbooks.models import Playbook, Version
from training.completion import loop
from training.models import (
    Enrolment,
    Item,
    ItemQuestion,
    Module,
    Programme,
    ProgrammeVersion,
    Requirement,
)
from training.seed import COMMON, ITEMS_OF_PROCESS, SeedItem


def new_key() -> str:
    return secrets.token_hex(6)


@transaction.atomic
def open_programme(*, actor: Member, title: str, role: str, team: Any = None) -> Programme:
    """A programme with a draft: the common modules, and one for each process that the role is to know.

    Raises ValidationError if there is one for this role and team.
    """
    programme = Programme(company_id=actor.company_id, title=title, role=role, team=team)
    programme.full_clean(exclude=["company"])
    programme.validate_constraints()
    programme.save()
    draft = ProgrammeVersion.objects.create(
        company_id=actor.company_id, programme=programme, number=1, author=actor
    )
    for week, title_, kind, items in COMMON:
        _add(draft, Module.Kind(kind), str(title_), week, items)
    fill_from_requirements(draft)
    activity.record("programme.opened", programme, actor=actor)
    return programme


def fill_from_requirements(draft: ProgrammeVersion) -> int:
    """Adds a module for each process that the role is to know and that the draft lacks. Returns how many."""
    programme = draft.programme
    wanted = Requirement.objects.filter(company_id=draft.company_id, role=programme.role)
    wanted = wanted.filter(team__isnull=True) | wanted.filter(team=programme.team)
    has = set(draft.modules.filter(kind=Module.Kind.PROCESS).values_list("playbook_id", flat=True))
    last = max(draft.modules.values_list("week", flat=True), default=1)
    added = 0
    for requirement in wanted.select_related("playbook").order_by("team_id", "id"):
        if requirement.playbook_id in has:
            continue
        has.add(requirement.playbook_id)
        edition = _edition(requirement.playbook)
        week = min(52, last + 1 + added // 2)
        _add(
            draft,
            Module.Kind.PROCESS,
            requirement.playbook.title,
            week,
            ITEMS_OF_PROCESS[requirement.level],
            playbook=requirement.playbook,
            level=requirement.level,
            edition=edition,
        )
        added += 1
    return added


def _edition(playbook: Playbook) -> Version | None:
    return playbook.versions.filter(state=Version.State.PUBLISHED).first()


def _add(
    draft: ProgrammeVersion, kind: str, title: str, week: int, items: Iterable[SeedItem], **fields: Any
) -> Module:
    module = Module.objects.create(
        company_id=draft.company_id,
        of=draft,
        key=new_key(),
        position=draft.modules.count() + 1,
        kind=kind,
        title=title,
        week=week,
        **fields,
    )
    for position, seed in enumerate(items, 1):
        values: dict[str, Any] = {
            "title": str(seed.title),
            "due": min(260, (week - 1) * 5 + seed.day),
            **seed.fields,
        }
        values = {
            name: [str(each) for each in value] if name == "rubric" else value
            for name, value in values.items()
        }
        Item.objects.create(
            company_id=draft.company_id,
            module=module,
            key=new_key(),
            position=position,
            kind=seed.kind,
            **{
                name: str(value) if name in ("body", "goal", "partner") else value
                for name, value in values.items()
            },
        )
    return module


@transaction.atomic
def open_draft(*, actor: Member, programme: Programme) -> ProgrammeVersion:
    """The draft of a programme: the one there is, or a copy of what is published."""
    Programme.objects.select_for_update(no_key=True).get(id=programme.id, company_id=actor.company_id)
    versions = ProgrammeVersion.objects.filter(company_id=actor.company_id, programme=programme)
    if (draft := versions.filter(state=ProgrammeVersion.State.DRAFT).first()) is not None:
        return draft
    last = versions.order_by("-number").first()
    draft = ProgrammeVersion.objects.create(
        company_id=actor.company_id, programme=programme, number=last.number + 1 if last else 1, author=actor
    )
    for module in last.modules.prefetch_related("items__questions") if last else ():
        _copy(module, draft)
    activity.record("programme.draft_opened", programme, actor=actor, version=draft.number)
    return draft


def _copy(module: Module, draft: ProgrammeVersion) -> None:
    items = list(module.items.all())
    names = ("key", "position", "kind", "title", "week", "playbook_id", "level", "needs")
    fields = {name: getattr(module, name) for name in names}
    edition = _edition(module.playbook) if module.playbook else None
    copy = Module.objects.create(company_id=draft.company_id, of=draft, edition=edition, **fields)
    for item in items:
        again = Item.objects.create(company_id=draft.company_id, module=copy, **item.values)
        ItemQuestion.objects.bulk_create(
            ItemQuestion(
                company_id=draft.company_id, item=again, question_id=row.question_id, position=row.position
            )
            for row in item.questions.all()
        )


@transaction.atomic
def take_draft(*, actor: Member, draft: ProgrammeVersion, edits: int | None) -> ProgrammeVersion:
    """The draft, locked for a change that was made looking at `edits`. Raises EditConflict, ValidationError."""
    draft = (
        ProgrammeVersion.objects.select_for_update(no_key=True)
        .select_related("programme")
        .get(id=draft.id, company_id=actor.company_id)
    )
    if not draft.is_open:
        raise ValidationError(_("This version is published and does not change any more. Open a new draft."))
    if edits is not None and edits != draft.edits:
        raise EditConflict(draft, draft.edits)
    draft.edits += 1
    draft.save(update_fields=["edits"])
    return draft


@transaction.atomic
def publish_programme(
    *, actor: Member, draft: ProgrammeVersion, summary: str = "", edits: int | None = None
) -> ProgrammeVersion:
    """From now on newcomers get this version; who is on an older one stays on it.

    Raises ValidationError for what could never be completed: no required item, a circle of needs, a quiz without
    questions.
    """
    draft = take_draft(actor=actor, draft=draft, edits=edits)
    if problems := problems_of(draft):
        raise ValidationError(problems)
    versions = ProgrammeVersion.objects.filter(company_id=actor.company_id, programme=draft.programme)
    versions.filter(state=ProgrammeVersion.State.PUBLISHED).update(state=ProgrammeVersion.State.SUPERSEDED)
    draft.state, draft.publisher, draft.summary = ProgrammeVersion.State.PUBLISHED, actor, summary
    draft.published_at = clock.now()
    draft.save(update_fields=["state", "publisher", "summary", "published_at"])
    activity.record("programme.published", draft.programme, actor=actor, version=draft.number)
    return draft


def problems_of(draft: ProgrammeVersion) -> list[str]:
    """Why a draft cannot be published, in words."""
    modules = list(draft.modules.prefetch_related("items__questions__question"))
    items = [item for module in modules for item in module.items.all()]
    problems = []
    if not any(item.is_required for item in items):
        problems.append(_("Nothing in it is required."))
    if circle := loop(modules):
        names = {module.key: module.title for module in modules}
        way = " → ".join(names[key] for key in [*circle, circle[0]])
        problems.append(_("These modules need each other: %(way)s.") % {"way": way})
    for item in items:
        if item.kind == Item.Kind.QUIZ and not any(
            row.question.archived_at is None for row in item.questions.all()
        ):
            problems.append(_("The quiz “%(title)s” has no question.") % {"title": item.title})
    return problems


@transaction.atomic
def archive_programme(*, actor: Member, programme: Programme) -> Programme:
    """Nobody is enrolled any more; who is on it goes on."""
    programme = Programme.objects.select_for_update(no_key=True).get(
        id=programme.id, company_id=actor.company_id
    )
    if programme.archived_at is None:
        programme.archived_at = clock.now()
        programme.save(update_fields=["archived_at"])
        activity.record("programme.archived", programme, actor=actor)
    return programme


def on_it(programme: Programme) -> int:
    """How many people are on a programme now."""
    return (
        Enrolment.objects.filter(company_id=programme.company_id, version__programme=programme)
        .going()
        .count()
    )
