"""Rows of this app as the API names them, and who may do what."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers

from accounts.api.views import TenantViewSet
from accounts.models import Member
from customers.api.fields import MOST, RowId
from customers.api.filters import ListFilter
from playbooks.models import Playbook
from training.models import Programme
from training.permissions import can_set_up


class TrainingViewSet(TenantViewSet):
    """Keys need the scopes `training:read` and `training:write`."""

    area = "training"


class ProgrammeId(RowId):
    model = Programme


class PlaybookId(RowId):
    model = Playbook


class OfSomebody(ListFilter):
    """Of a list of rows about people."""

    member_email = serializers.EmailField(required=False)

    LOOKUPS = {"member_email": "member__email"}

    def validate_member_email(self, email: str) -> str:
        return email.lower()


def number(**options: Any) -> serializers.IntegerField:
    """The id of a row to filter by."""
    return serializers.IntegerField(min_value=1, max_value=MOST, required=False, **options)


def refuse(may: bool, words: str) -> None:
    if not may:
        raise exceptions.PermissionDenied(words)


def refuse_reps(member: Member) -> None:
    refuse(can_set_up(member), _("Managers, leaders and admins set training up."))
