"""What happens at an item. Every way in ends in `add_entry`: one row more, then what follows from it."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from training.completion import ASKED_FOR, BY_ANOTHER, BY_ONESELF, Progress, counted, is_complete, progress
from training.models import Enrolment, Entry, Item, Module

from .certificates import issue


@transaction.atomic
def mark_done(
    *, actor: Member, enrolment: Enrolment, item: Item, words: str = "", checks: Collection[int] = ()
) -> Entry:
    """The trainee's own word: a lesson read, a checklist ticked. Said twice it is said once."""
    enrolment = _taken(actor, enrolment)
    if enrolment.member_id != actor.id:
        raise ValidationError(_("Only whose path it is can say so."))
    if item.kind not in BY_ONESELF:
        raise ValidationError(_("Another one has to say so."))
    found = Entry.objects.filter(
        company_id=actor.company_id, enrolment=enrolment, item=item, kind=Entry.Kind.DONE
    ).first()
    if found is not None:
        return found
    if item.kind == Item.Kind.CHECKLIST and len(set(checks)) < len(item.rubric):
        raise ValidationError(_("Tick every line, then it is done."))
    return add_entry(
        enrolment,
        item,
        Entry.Kind.DONE,
        Entry.Outcome.PASSED,
        by=actor,
        words=words,
        checks=sorted(set(checks)),
    )


@transaction.atomic
def ask_for(
    *, actor: Member, enrolment: Enrolment, item: Item, words: str = "", tickets: Collection[int] = ()
) -> Entry:
    """The trainee hands in, or asks somebody to look. What waits already is not asked again."""
    enrolment = _taken(actor, enrolment)
    if enrolment.member_id != actor.id:
        raise ValidationError(_("Only whose path it is can ask."))
    if item.kind not in ASKED_FOR:
        raise ValidationError(_("This is not asked for."))
    if item.kind == Item.Kind.ASSIGNMENT and not words.strip():
        raise ValidationError({"words": _("Write what you hand in.")})
    at = progress_at(enrolment)[item.id]
    if at.is_done:
        raise ValidationError(_("It is done already."))
    if at.asked is not None:
        return Entry.objects.get(id=at.asked.id)
    entry = add_entry(
        enrolment,
        item,
        Entry.Kind.ASKED,
        Entry.Outcome.OPEN,
        by=actor,
        words=words.strip(),
        tickets=list(tickets),
    )
    activity.record("signoff.asked", enrolment, actor=actor, item=item.id, member=enrolment.member_id)
    return entry


@transaction.atomic
def judge(
    *,
    actor: Member,
    enrolment: Enrolment,
    item: Item,
    outcome: str,
    words: str = "",
    next_step: str = "",
    checks: Collection[int] = (),
    tickets: Collection[int] = (),
    minutes: int = 0,
    shown: dict[str, Any] | None = None,
) -> Entry:
    """Another one's word: passed, or not yet with a reason and a next step. Raises ValidationError that names the
    field."""
    enrolment = _taken(actor, enrolment)
    _not_own(actor, enrolment)
    if item.kind not in BY_ANOTHER:
        raise ValidationError(_("Nobody judges this."))
    if outcome not in (Entry.Outcome.PASSED, Entry.Outcome.NOT_YET):
        raise ValidationError({"outcome": _("Choose one of the two.")})
    if outcome == Entry.Outcome.NOT_YET:
        missing = {"words": words, "next_step": next_step}
        if lacking := {
            name: _("Say it, so that it helps.") for name, text in missing.items() if not text.strip()
        }:
            raise ValidationError(lacking)
    entry = add_entry(
        enrolment,
        item,
        Entry.Kind.JUDGED,
        outcome,
        by=actor,
        words=words.strip(),
        next_step=next_step.strip(),
        checks=sorted({each for each in checks if each < len(item.rubric)}),
        tickets=list(tickets),
        minutes=minutes,
        shown=shown,
    )
    activity.record(
        "signoff.given", enrolment, actor=actor, item=item.id, outcome=outcome, member=enrolment.member_id
    )
    return entry


@transaction.atomic
def waive(*, actor: Member, enrolment: Enrolment, item: Item, reason: str) -> Entry:
    """Lets somebody off an item, with a reason. Twice is once."""
    enrolment = _taken(actor, enrolment)
    _not_own(actor, enrolment)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    found = Entry.objects.filter(
        company_id=actor.company_id, enrolment=enrolment, item=item, kind=Entry.Kind.WAIVED
    ).first()
    if found is not None:
        return found
    entry = add_entry(
        enrolment, item, Entry.Kind.WAIVED, Entry.Outcome.PASSED, by=actor, words=reason.strip()
    )
    activity.record("item.waived", enrolment, actor=actor, item=item.id, member=enrolment.member_id)
    return entry


def add_entry(enrolment: Enrolment, item: Item, kind: str, outcome: str, **fields: Any) -> Entry:
    """A row more, on an enrolment that is locked, and what follows: the count, certificates, completion."""
    if item.company_id != enrolment.company_id or item.module.of_id != enrolment.version_id:
        raise ValidationError(_("This is not on the path."))
    entry = Entry.objects.create(
        company_id=enrolment.company_id,
        enrolment=enrolment,
        item=item,
        member_id=enrolment.member_id,
        kind=kind,
        outcome=outcome,
        **fields,
    )
    if outcome == Entry.Outcome.PASSED:
        settle(enrolment)
    return entry


def settle(enrolment: Enrolment) -> None:
    """What follows from the entries of a locked enrolment: certificates of processes, the count, completion."""
    modules = list(
        Module.objects.filter(company_id=enrolment.company_id, of=enrolment.version_id)
        .select_related("playbook")
        .prefetch_related("items")
    )
    items = [item for module in modules for item in module.items.all()]
    found = progress_at(enrolment, items)
    for module in modules:
        if module.kind == Module.Kind.PROCESS and is_complete(module.items.all(), found):
            issue(enrolment=enrolment, module=module)
    enrolment.done, enrolment.total = counted(items, found)
    changed = ["done", "total"]
    if enrolment.is_active and is_complete(items, found):
        enrolment.state, enrolment.completed_at = Enrolment.State.COMPLETED, clock.now()
        changed += ["state", "completed_at"]
        activity.record("enrolment.completed", enrolment, actor=None, member=enrolment.member_id)
    enrolment.save(update_fields=changed)


def progress_at(enrolment: Enrolment, items: Collection[Item] | None = None) -> dict[int, Progress]:
    """{item id: Progress} of an enrolment."""
    if items is None:
        items = Item.objects.filter(company_id=enrolment.company_id, module__of=enrolment.version_id)
    rows = Entry.objects.filter(company_id=enrolment.company_id, enrolment=enrolment)
    return progress(items, rows.only("id", "item_id", "kind", "outcome"))


def lock_enrolment(enrolment: Enrolment) -> Enrolment:
    """Raises ValidationError for a path that does not go any more."""
    enrolment = (
        Enrolment.objects.select_for_update(no_key=True, of=["self"])
        .select_related("member", "version")
        .get(id=enrolment.id, company_id=enrolment.company_id)
    )
    if not enrolment.is_active:
        raise ValidationError(
            _("This path is completed.")
            if enrolment.state == Enrolment.State.COMPLETED
            else _("This path was given up.")
        )
    return enrolment


def _taken(actor: Member, enrolment: Enrolment) -> Enrolment:
    if enrolment.company_id != actor.company_id:
        raise Enrolment.DoesNotExist
    return lock_enrolment(enrolment)


def _not_own(actor: Member, enrolment: Enrolment) -> None:
    if enrolment.member_id == actor.id:
        raise ValidationError(_("Nobody signs off the own work."))
