"""Scenarios, and which tickets are of them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from customers.actions.conflict import check_version
from customers.models import Category
from playbooks.models import Scenario, ScenarioCategory


@transaction.atomic
def create_scenario(*, actor: Member, name: str, **fields: Any) -> Scenario:
    """Raises ValidationError that names the field."""
    scenario = Scenario(company_id=actor.company_id, name=name.strip(), **fields)
    scenario.full_clean(exclude=["company"])
    scenario.save()
    activity.record("scenario.created", scenario, actor=actor)
    return scenario


@transaction.atomic
def change_scenario(
    *, actor: Member, scenario: Scenario, version: int | None = None, **changes: Any
) -> Scenario:
    """Changes name, team or senior. Raises EditConflict if `version` is not the newest."""
    scenario = Scenario.objects.visible_to(actor).select_for_update(no_key=True).get(id=scenario.id)
    check_version(scenario, version)
    changed = sorted(field for field, value in changes.items() if getattr(scenario, field) != value)
    for field in changed:
        setattr(scenario, field, changes[field])
    scenario.version += 1
    scenario.full_clean(exclude=["company"])
    scenario.save()
    activity.record("scenario.changed", scenario, actor=actor, fields=changed)
    return scenario


@transaction.atomic
def map_category(
    *, actor: Member, scenario: Scenario, category: Category, channel: int | None = None
) -> ScenarioCategory:
    """Tickets of the category (by a channel, or by any) are of the scenario; before, they may have been of another."""
    if scenario.company_id != category.company_id:
        raise ValidationError({"category": _("There is no such category.")})
    row, _made = ScenarioCategory.objects.update_or_create(
        company_id=actor.company_id, category=category, channel=channel, defaults={"scenario": scenario}
    )
    activity.record("scenario.mapped", scenario, actor=actor, category=category.id, channel=channel)
    return row


@transaction.atomic
def unmap_category(*, actor: Member, mapping: ScenarioCategory) -> None:
    activity.record(
        "scenario.unmapped",
        mapping.scenario,
        actor=actor,
        category=mapping.category_id,
        channel=mapping.channel,
    )
    mapping.delete()
