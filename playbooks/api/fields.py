"""Rows of this app and teams, by what people call them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Member, Team
from customers.api.fields import Named, Person
from customers.models import Category
from playbooks.models import Scenario


class TeamNamed(Named):
    """A team, by its name."""

    def find(self, member: Member, name: str) -> Team | None:
        return Team.objects.filter(company_id=member.company_id, name=name).first()


class CategoryNamed(Named):
    """A category of tickets, by its name."""

    def find(self, member: Member, name: str) -> Category | None:
        return Category.objects.filter(company_id=member.company_id, name=name).first()


class ScenarioNamed(Named):
    """A scenario that stands, by its name."""

    def find(self, member: Member, name: str) -> Scenario | None:
        return Scenario.objects.visible_to(member).filter(name=name).first()

    def refused(self, row: Any) -> str:
        return _("This scenario is archived.") if row.archived_at else ""


def team(source: str) -> serializers.CharField:
    """The name of a team, to be read."""
    return serializers.CharField(source=f"{source}.name", allow_null=True, default=None)


__all__ = ["CategoryNamed", "Person", "ScenarioNamed", "TeamNamed", "team"]
