from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member, ReportingLine, Team


@transaction.atomic
def create_team(*, actor: Member, name: str) -> Team:
    """A new team. Raises ValidationError if there is one of that name."""
    team = Team(company_id=actor.company_id, name=name)
    team.full_clean()
    team.save()
    activity.record("team.created", team, actor=actor, name=name)
    return team


@transaction.atomic
def rename_team(*, actor: Member, team: Team, name: str) -> Team:
    """Another name, for past days too: lines point to the team, not to its name."""
    team = Team.objects.select_for_update().get(id=team.id)
    before, team.name = team.name, name
    team.full_clean()
    team.save(update_fields=["name"])
    activity.record("team.renamed", team, actor=actor, before=before, name=name)
    return team


@transaction.atomic
def delete_team(*, actor: Member, team: Team) -> None:
    """A team that no line was ever in goes; any other is part of the history. Raises ValidationError."""
    team = Team.objects.select_for_update().get(id=team.id)
    if ReportingLine.objects.filter(company_id=team.company_id, team=team).exists():
        raise ValidationError(_("“%(name)s” is part of somebody's history and stays.") % {"name": team.name})
    activity.record("team.deleted", team, actor=actor, name=team.name)
    team.delete()
