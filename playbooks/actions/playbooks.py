"""A playbook and who answers for it; what it says is written in drafts."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions.conflict import check_version
from playbooks.models import Playbook, Scenario, Version
from playbooks.permissions import owner_rules

from .drafts import first_steps


@transaction.atomic
def create_playbook(
    *, actor: Member, scenario: Scenario, title: str = "", owner: Member | None = None, **fields: Any
) -> Version:
    """A new playbook with a first draft that has a start and an end. Raises ValidationError that names the field."""
    playbook = Playbook(
        company_id=actor.company_id,
        scenario=scenario,
        title=title.strip() or scenario.name,
        owner=owner or actor,
        **fields,
    )
    _check(playbook, names_owner=True)
    playbook.save()
    activity.record("playbook.created", playbook, actor=actor, scenario=scenario.id)
    draft = Version.objects.create(
        company_id=actor.company_id,
        playbook=playbook,
        number=1,
        author=actor,
        editors=[actor.id],
        edited_by=actor,
        edited_at=clock.now(),
    )
    first_steps(draft)
    return draft


@transaction.atomic
def change_playbook(
    *, actor: Member, playbook: Playbook, version: int | None = None, **changes: Any
) -> Playbook:
    """Changes title, owner, verifier, interval or audience; never until when it is verified.

    Raises EditConflict if `version` is not the newest.
    """
    playbook = Playbook.objects.visible_to(actor).select_for_update(no_key=True).get(id=playbook.id)
    check_version(playbook, version)
    changed = sorted(field for field, value in changes.items() if getattr(playbook, field) != value)
    for field in changed:
        setattr(playbook, field, changes[field])
    playbook.version += 1
    _check(playbook, names_owner="owner" in changed)
    playbook.save()
    activity.record("playbook.changed", playbook, actor=actor, fields=changed)
    return playbook


@transaction.atomic
def archive_playbook(*, actor: Member, playbook: Playbook) -> Playbook:
    """Out of lists, search and coverage; runs that have begun go on."""
    playbook = Playbook.objects.visible_to(actor).select_for_update(no_key=True).get(id=playbook.id)
    if playbook.archived_at is None:
        playbook.archived_at = clock.now()
        playbook.save(update_fields=["archived_at"])
        activity.record("playbook.archived", playbook, actor=actor)
    return playbook


@transaction.atomic
def restore_playbook(*, actor: Member, playbook: Playbook) -> Playbook:
    """Back into lists, search and coverage, verified until when it was. Raises ValidationError while its scenario is
    archived, or if another playbook has its title meanwhile."""
    playbook = Playbook.objects.visible_to(actor).select_for_update(no_key=True).get(id=playbook.id)
    if playbook.archived_at is not None:
        if playbook.scenario.archived_at is not None:
            raise ValidationError(_("Its scenario is archived. Bring that one back first."))
        playbook.archived_at = None
        playbook.validate_constraints()
        playbook.save(update_fields=["archived_at"])
        activity.record("playbook.restored", playbook, actor=actor)
    return playbook


def _check(playbook: Playbook, names_owner: bool) -> None:
    """The rules on owners are asked of whom is named now, not of who owns it already."""
    playbook.full_clean()
    if playbook.owner is not None and names_owner:
        refusals = [text for rule in owner_rules if (text := rule(playbook.owner, playbook))]
        if refusals:
            raise ValidationError({"owner": refusals})
