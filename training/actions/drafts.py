"""The draft of a programme: modules and items come, change, move and go.

`edits` is what the editor saw: raises EditConflict if the draft was changed since, ValidationError if it is published
or if what is said cannot be. What is taken out is handed back as plain values, with which it can be put back.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from playbooks.models import Version
from training.completion import loop
from training.models import Item, ItemQuestion, Module, Programme, ProgrammeVersion, Question
from training.models.requirement import Level

from .programmes import fill_from_requirements, new_key, take_draft

MOST_MODULES, MOST_ITEMS = 60, 40


@transaction.atomic
def fill_draft(*, actor: Member, draft: ProgrammeVersion, edits: int | None = None) -> int:
    """A module for each process that the role is to know and the draft lacks. Returns how many came."""
    draft = take_draft(actor=actor, draft=draft, edits=edits)
    added = fill_from_requirements(draft)
    _record(actor, draft, "filled", added=added)
    return added


@transaction.atomic
def add_module(*, actor: Member, draft: ProgrammeVersion, edits: int | None = None, **fields: Any) -> Module:
    """At the end."""
    draft = take_draft(actor=actor, draft=draft, edits=edits)
    _room(draft.modules.count(), MOST_MODULES)
    position = _after(draft.modules.all())
    module = Module(
        company_id=draft.company_id, of=draft, key=new_key(), position=position, **_of_process(fields)
    )
    _save_module(draft, module)
    _record(actor, draft, "module_added", module=module.id)
    return module


@transaction.atomic
def change_module(*, actor: Member, module: Module, edits: int | None = None, **fields: Any) -> Module:
    """Its content stays; another playbook is read in the version that is out."""
    draft = take_draft(actor=actor, draft=module.of, edits=edits)
    module = draft.modules.get(id=module.id)
    before = module.playbook_id
    for name, value in fields.items():
        setattr(module, name, value)
    if module.playbook_id != before:
        module.edition = _of_process(fields)["edition"]
    _save_module(draft, module)
    _record(actor, draft, "module_changed", module=module.id)
    return module


@transaction.atomic
def move_module(*, actor: Member, module: Module, by: int, edits: int | None = None) -> Module:
    """by: -1 for before the one above, 1 for after the one below. At an end it stays."""
    draft = take_draft(actor=actor, draft=module.of, edits=edits)
    _move(list(draft.modules.order_by("position")), module.id, by)
    _record(actor, draft, "module_moved", module=module.id)
    return module


@transaction.atomic
def remove_module(*, actor: Member, module: Module, edits: int | None = None) -> dict[str, Any]:
    """With all that is in it. Modules that needed it need it no longer."""
    draft = take_draft(actor=actor, draft=module.of, edits=edits)
    module = draft.modules.get(id=module.id)
    names = (
        "key", "position", "kind", "title", "week", "playbook_id", "level", "edition_id", "needs",
    )  # fmt: skip
    kept = {name: getattr(module, name) for name in names}
    kept["items"] = [_kept(item) for item in module.items.prefetch_related("questions")]
    kept["needed_by"] = [each.key for each in draft.modules.all() if module.key in each.needs]
    for each in draft.modules.filter(needs__contains=[module.key]):
        each.needs = [key for key in each.needs if key != module.key]
        each.save(update_fields=["needs"])
    module.delete()
    _record(actor, draft, "module_removed", key=module.key)
    return {"module": kept}


@transaction.atomic
def add_item(
    *,
    actor: Member,
    module: Module,
    kind: str,
    questions: Iterable[Question] = (),
    edits: int | None = None,
    **fields: Any,
) -> Item:
    """At the end of its module."""
    draft = take_draft(actor=actor, draft=module.of, edits=edits)
    module = draft.modules.get(id=module.id)
    _room(module.items.count(), MOST_ITEMS)
    position = _after(module.items.all())
    item = Item(
        company_id=draft.company_id, module=module, key=new_key(), position=position, kind=kind, **fields
    )
    _save_item(item, questions)
    _record(actor, draft, "item_added", item=item.id)
    return item


@transaction.atomic
def change_item(
    *, actor: Member, item: Item, questions: Iterable[Question] = (), edits: int | None = None, **fields: Any
) -> Item:
    draft = take_draft(actor=actor, draft=item.module.of, edits=edits)
    item = Item.objects.get(id=item.id, module__of=draft)
    for name, value in fields.items():
        setattr(item, name, value)
    _save_item(item, questions)
    _record(actor, draft, "item_changed", item=item.id)
    return item


@transaction.atomic
def move_item(*, actor: Member, item: Item, by: int, edits: int | None = None) -> Item:
    """Within its module."""
    draft = take_draft(actor=actor, draft=item.module.of, edits=edits)
    _move(list(Item.objects.filter(module_id=item.module_id).order_by("position")), item.id, by)
    _record(actor, draft, "item_moved", item=item.id)
    return item


@transaction.atomic
def remove_item(*, actor: Member, item: Item, edits: int | None = None) -> dict[str, Any]:
    draft = take_draft(actor=actor, draft=item.module.of, edits=edits)
    item = Item.objects.select_related("module").get(id=item.id, module__of=draft)
    kept = _kept(item) | {"in": item.module.key}
    item.delete()
    _record(actor, draft, "item_removed", key=item.key)
    return {"item": kept}


@transaction.atomic
def put_back(*, actor: Member, draft: ProgrammeVersion, kept: dict[str, Any]) -> None:
    """What was taken out, as it was handed over; it comes to its old place as far as that still is."""
    draft = take_draft(actor=actor, draft=draft, edits=None)
    if "module" in kept:
        _put_module_back(draft, dict(kept["module"]))
    else:
        values = dict(kept["item"])
        module = draft.modules.filter(key=values.pop("in")).first()
        if module is None:
            raise ValidationError(_("The module in which it was is gone."))
        _put_item_back(module, values)
    _record(actor, draft, "put_back")


@transaction.atomic
def discard_draft(*, actor: Member, draft: ProgrammeVersion) -> Programme:
    """Throws a draft away; what is published stays. Raises ValidationError for the first one."""
    draft = take_draft(actor=actor, draft=draft, edits=None)
    programme = draft.programme
    if not programme.versions.exclude(id=draft.id).exists():
        raise ValidationError(_("Nothing is published yet. Archive the programme if nobody needs it."))
    draft.delete()
    activity.record("programme.draft_discarded", programme, actor=actor, version=draft.number)
    return programme


@transaction.atomic
def restore_programme(*, actor: Member, programme: Programme) -> Programme:
    """Takes archiving back. Raises ValidationError if there is another one for the role and team by now."""
    programme = Programme.objects.select_for_update(no_key=True).get(
        id=programme.id, company_id=actor.company_id
    )
    if programme.archived_at is not None:
        programme.archived_at = None
        programme.validate_constraints()
        programme.save(update_fields=["archived_at"])
        activity.record("programme.restored", programme, actor=actor)
    return programme


def _record(actor: Member, draft: ProgrammeVersion, what: str, **detail: Any) -> None:
    activity.record(
        "programme.draft_changed", draft.programme, actor=actor, version=draft.number, what=what, **detail
    )


def _room(count: int, most: int) -> None:
    if count >= most:
        raise ValidationError(_("There are %(n)s already, which is as many as one can have.") % {"n": most})


def _after(rows: Any) -> int:
    last = rows.order_by("-position").values_list("position", flat=True).first()
    return (last or 0) + 1


def _of_process(fields: dict[str, Any]) -> dict[str, Any]:
    """With the version of the playbook that is out now."""
    playbook = fields.get("playbook")
    published = playbook.versions.filter(state=Version.State.PUBLISHED).first() if playbook else None
    return fields | {"edition": published}


def _save_module(draft: ProgrammeVersion, module: Module) -> None:
    others = list(draft.modules.exclude(id=module.id))
    module.needs = [each.key for each in others if each.key in module.needs]
    if module.kind == Module.Kind.PROCESS and not (module.playbook_id and module.level in Level.values):
        raise ValidationError(
            {"playbook": _("Choose the playbook, and the level up to which it is learned.")}
        )
    twice = module.playbook_id and any(each.playbook_id == module.playbook_id for each in others)
    if twice:
        raise ValidationError({"playbook": _("Another module of this programme is about this playbook.")})
    if circle := loop([*others, module]):
        names = {each.key: each.title for each in [*others, module]}
        way = " → ".join(names[key] for key in [*circle, circle[0]])
        raise ValidationError({"needs": _("These modules would need each other: %(way)s.") % {"way": way}})
    module.full_clean(exclude=["company"])
    module.save()


def _save_item(item: Item, questions: Iterable[Question]) -> None:
    chosen = list(questions)
    if item.draws and item.draws > len(chosen):
        raise ValidationError(
            {"draws": _("There are only %(n)s questions to draw from.") % {"n": len(chosen)}}
        )
    item.full_clean(exclude=["company"])
    item.save()
    ItemQuestion.objects.filter(item=item).delete()
    ItemQuestion.objects.bulk_create(
        ItemQuestion(company_id=item.company_id, item=item, question=question, position=place)
        for place, question in enumerate(chosen)
    )


def _move(rows: list[Any], row_id: int, by: int) -> None:
    at = next(place for place, row in enumerate(rows) if row.id == row_id)
    to = max(0, min(len(rows) - 1, at + by))
    rows.insert(to, rows.pop(at))
    _number(rows)


def _number(rows: list[Any]) -> None:
    for position, row in enumerate(rows, 1):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])


def _kept(item: Item) -> dict[str, Any]:
    questions = [row.question_id for row in item.questions.all()]
    return {**item.values, "questions": questions}


def _put_module_back(draft: ProgrammeVersion, values: dict[str, Any]) -> None:
    items, needed_by = values.pop("items"), values.pop("needed_by")
    if draft.modules.filter(key=values["key"]).exists():
        return
    place = values.pop("position")
    module = Module(company_id=draft.company_id, of=draft, position=_after(draft.modules.all()), **values)
    _save_module(draft, module)
    for each in items:
        _put_item_back(module, dict(each))
    for other in draft.modules.filter(key__in=needed_by):
        other.needs = [*other.needs, module.key]
        _save_module(draft, other)
    rows = list(draft.modules.exclude(id=module.id).order_by("position"))
    _number([*rows[: place - 1], module, *rows[place - 1 :]])


def _put_item_back(module: Module, values: dict[str, Any]) -> None:
    if module.items.filter(key=values["key"]).exists():
        return
    place, asked = values.pop("position"), values.pop("questions")
    questions = Question.objects.filter(company_id=module.company_id, id__in=asked)
    item = Item(company_id=module.company_id, module=module, position=_after(module.items.all()), **values)
    _save_item(item, sorted(questions, key=lambda each: asked.index(each.id)))
    rows = list(module.items.exclude(id=item.id).order_by("position"))
    _number([*rows[: place - 1], item, *rows[place - 1 :]])
