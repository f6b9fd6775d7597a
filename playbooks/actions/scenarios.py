"""Scenarios, and which tickets are of them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions.conflict import check_version
from customers.models import Category
from playbooks.models import Playbook, Scenario, ScenarioCategory


@transaction.atomic
def create_scenario(*, actor: Member, name: str, **fields: Any) -> Scenario:
    """Raises ValidationError that names the field."""
    scenario = Scenario(company_id=actor.company_id, name=name.strip(), **fields)
    scenario.full_clean()
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
    scenario.full_clean()
    scenario.save()
    activity.record("scenario.changed", scenario, actor=actor, fields=changed)
    return scenario


@transaction.atomic
def archive_scenario(*, actor: Member, scenario: Scenario) -> Scenario:
    """Out of lists and coverage; its categories wait for another scenario. Raises ValidationError while a playbook of
    it stands."""
    scenario = Scenario.objects.visible_to(actor).select_for_update(no_key=True).get(id=scenario.id)
    if scenario.archived_at is not None:
        return scenario
    standing = Playbook.objects.filter(company_id=actor.company_id, scenario=scenario).standing()
    if standing.exists():
        raise ValidationError(
            _("It has a playbook. Archive the playbook first, or give it another scenario.")
        )
    for mapping in ScenarioCategory.objects.filter(company_id=actor.company_id, scenario=scenario):
        unmap_category(actor=actor, mapping=mapping)
    scenario.archived_at = clock.now()
    scenario.save(update_fields=["archived_at"])
    activity.record("scenario.archived", scenario, actor=actor)
    return scenario


@transaction.atomic
def restore_scenario(*, actor: Member, scenario: Scenario) -> Scenario:
    """Back into the lists, without categories."""
    scenario = Scenario.objects.visible_to(actor).select_for_update(no_key=True).get(id=scenario.id)
    if scenario.archived_at is not None:
        scenario.archived_at = None
        scenario.save(update_fields=["archived_at"])
        activity.record("scenario.restored", scenario, actor=actor)
    return scenario


@transaction.atomic
def make_scenario_of(*, actor: Member, category: Category) -> Scenario:
    """A scenario of the category's name, or the one that there is, with all of the category's tickets."""
    found = Scenario.objects.visible_to(actor).filter(name=category.name.strip()).first()
    scenario = found or create_scenario(actor=actor, name=category.name)
    restore_scenario(actor=actor, scenario=scenario)
    map_category(actor=actor, scenario=scenario, category=category)
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
