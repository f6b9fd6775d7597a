"""Jobs to be filled."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity
from accounts.models import Member, Role
from cs_platform.lib import clock
from customers.actions.conflict import EditConflict, check_version
from hiring.models import Attribute, Criterion, Interview, Kit, Requisition, RequisitionMember, Stage
from hiring.queries.settings import settings_of

from .interviews import cancel_interview
from .library import newest_version, stock_library

# (kind, name, limit in days, key of its kit) of a new requisition.
STAGES = (
    (Stage.Kind.APPLIED, gettext_lazy("Applied"), 5, None),
    (Stage.Kind.SCREEN, gettext_lazy("Screen"), 7, "screen"),
    (Stage.Kind.WORK_SAMPLE, gettext_lazy("Work sample"), 7, "work_sample"),
    (Stage.Kind.PANEL, gettext_lazy("Panel"), 10, "front_line"),
    (Stage.Kind.DEBRIEF, gettext_lazy("Debrief"), 3, None),
    (Stage.Kind.OFFER, gettext_lazy("Offer"), 7, None),
)
CLOSED = (Requisition.State.FILLED, Requisition.State.CANCELLED)


@transaction.atomic
def open_requisition(
    *, actor: Member, title: str, team_ids: Collection[int] = (), **fields: Any
) -> Requisition:
    """A requisition with its stages, kits and weights: all that its kits ask for weigh the same.

    Raises ValidationError that names the field.
    """
    stock_library(company_id=actor.company_id, actor=actor)
    fields.setdefault("owner", actor)
    fields.setdefault("threshold", settings_of(actor.company_id).threshold)
    requisition = Requisition(company_id=actor.company_id, title=title, **fields)
    requisition.full_clean(exclude=["company"])
    requisition.save()
    _set_team(requisition, team_ids)
    kits = {
        kit.key: newest_version(kit)
        for kit in Kit.objects.filter(company_id=actor.company_id).exclude(key="")
    }
    panel_kit = "manager" if requisition.role != Role.REP else "front_line"
    for position, (kind, name, limit, key) in enumerate(STAGES, 1):
        kit = kits.get(panel_kit if kind == Stage.Kind.PANEL else key or "")
        Stage.objects.create(
            company_id=actor.company_id,
            requisition=requisition,
            position=position,
            kind=kind,
            name=str(name),
            limit_days=limit,
            kit=kit,
        )
    asked = Attribute.objects.filter(
        company_id=actor.company_id, id__in=_asked_by(requisition).values("kit__attributes__attribute_id")
    )
    _weigh(requisition, dict.fromkeys(asked, Decimal(1)))
    activity.record("requisition.opened", requisition, actor=actor)
    return requisition


@transaction.atomic
def change_requisition(
    *,
    actor: Member,
    requisition: Requisition,
    version: int,
    team_ids: Collection[int] | None = None,
    **fields: Any,
) -> Requisition:
    """Other words, seats, people. Raises EditConflict for a stale version, ValidationError by field."""
    requisition = Requisition.objects.select_for_update(no_key=True).get(id=requisition.id)
    if requisition.version != version:
        raise EditConflict(requisition, requisition.version)
    for name, value in fields.items():
        setattr(requisition, name, value)
    requisition.version += 1
    requisition.full_clean(exclude=["company"])
    requisition.save()
    if team_ids is not None:
        _set_team(requisition, team_ids)
    activity.record("requisition.changed", requisition, actor=actor, fields=sorted(fields))
    return requisition


@transaction.atomic
def set_requisition_state(
    *, actor: Member, requisition: Requisition, state: str, cancelled: Iterable[Interview] = ()
) -> Requisition:
    """Opens, holds, fills or cancels. Applications stay as they are: nobody is turned down by a machine.

    cancelled: interviews that are cancelled with it, which panel and candidate are told by mail.
    """
    # Whoever hires holds an application before its job, so here too they come first.
    for interview in sorted(cancelled, key=lambda each: (each.application_id, each.id)):
        cancel_interview(actor=actor, interview=interview)
    requisition = Requisition.objects.select_for_update(no_key=True).get(id=requisition.id)
    if requisition.state != state:
        requisition.state = state
        requisition.closed_at = clock.now() if state in CLOSED else None
        requisition.version += 1
        requisition.full_clean(exclude=["company"])
        requisition.save()
        activity.record(f"requisition.{state}", requisition, actor=actor)
    return requisition


@transaction.atomic
def set_weights(
    *,
    actor: Member,
    requisition: Requisition,
    weights: Mapping[Attribute, Decimal],
    version: int | None = None,
) -> list[Criterion]:
    """What weighs how much in the composite from now on. Decisions keep the weights that stood.

    Raises EditConflict if the requisition, its stages or weights were changed since that version.
    """
    requisition = next_version(requisition, version)
    criteria = _weigh(requisition, weights)
    activity.record("requisition.weighed", requisition, actor=actor)
    return criteria


def next_version(requisition: Requisition, seen: int | None) -> Requisition:
    """Locked, one version on: whoever has it open with its stages and weights hears that they were changed."""
    requisition = Requisition.objects.select_for_update(no_key=True).get(id=requisition.id)
    check_version(requisition, seen)
    requisition.version += 1
    requisition.save(update_fields=["version"])
    return requisition


def _weigh(requisition: Requisition, weights: Mapping[Attribute, Decimal]) -> list[Criterion]:
    if not weights or any(weight <= 0 for weight in weights.values()):
        raise ValidationError({"weights": _("Give every attribute a weight above 0.")})
    requisition.criteria.all().delete()
    return Criterion.objects.bulk_create(
        Criterion(company_id=requisition.company_id, requisition=requisition, attribute=each, weight=weight)
        for each, weight in weights.items()
    )


def _asked_by(requisition: Requisition):
    return requisition.stages.filter(kit__isnull=False).order_by()


def _set_team(requisition: Requisition, member_ids: Collection[int]) -> None:
    rows = requisition.team_rows
    rows.exclude(member_id__in=member_ids).delete()
    there = set(rows.values_list("member_id", flat=True))
    people = Member.objects.active().filter(company_id=requisition.company_id, id__in=member_ids)
    RequisitionMember.objects.bulk_create(
        RequisitionMember(company_id=requisition.company_id, requisition=requisition, member=person)
        for person in people
        if person.id not in there
    )
