from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from accounts.api.views import TenantViewSet
from accounts.models import Member
from customers.api.editing import IF_MATCH, conflicts, seen_version, with_etag
from customers.api.fields import MOST, ChannelName, Person, person
from playbooks import actions
from playbooks.models import Scenario, ScenarioCategory
from playbooks.permissions import can_set_up

from .fields import CategoryNamed, ScenarioNamed, TeamNamed, team


class ScenarioSerializer(serializers.ModelSerializer):
    team = team("team")
    senior_email = person("senior")

    class Meta:
        model = Scenario
        fields = ["id", "name", "team", "senior_email", "archived_at", "version"]


class ScenarioChange(serializers.Serializer):
    name = serializers.CharField(max_length=200)
    team = TeamNamed(help_text="The owner team, by its name.")
    senior_email = Person(source="senior")
    is_archived = serializers.BooleanField(required=False)
    version = serializers.IntegerField(min_value=0, max_value=MOST, required=False)


class NewScenario(ScenarioChange):
    is_archived = None  # type: ignore[assignment]
    version = None  # type: ignore[assignment]

    def validate_name(self, value: str) -> str:
        if Scenario.objects.visible_to(self.context["request"].user).filter(name=value).exists():
            raise serializers.ValidationError(_("There is a scenario of this name already."))
        return value


class MappingSerializer(serializers.ModelSerializer):
    scenario = serializers.CharField(source="scenario.name")
    category = serializers.CharField(source="category.name")
    channel = serializers.SerializerMethodField()

    class Meta:
        model = ScenarioCategory
        fields = ["id", "scenario", "category", "channel"]

    def get_channel(self, row: ScenarioCategory) -> str | None:
        return None if row.channel is None else str(row.get_channel_display())  # type: ignore[attr-defined]


class NewMapping(serializers.Serializer):
    scenario = ScenarioNamed(required=True, allow_null=False)
    category = CategoryNamed(required=True, allow_null=False)
    channel = ChannelName(required=False, allow_null=True, help_text="Null or left out: any channel.")


def refuse_reps(member: Member) -> None:
    if not can_set_up(member):
        raise exceptions.PermissionDenied(_("Managers and leaders set playbooks up."))


@extend_schema_view(list=extend_schema(summary="Scenarios"), retrieve=extend_schema(summary="A scenario"))
class ScenarioViewSet(TenantViewSet):
    """Situations that come back; which tickets are of them say the scenario-mappings."""

    queryset = Scenario.objects.select_related("team", "senior")
    serializer_class = ScenarioSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().retrieve(request, *args, **kwargs)
        return with_etag(answer, answer.data["version"])

    @extend_schema(summary="Add a scenario", request=NewScenario, responses={201: ScenarioSerializer})
    @once
    def create(self, request: Request) -> Response:
        refuse_reps(self.member)
        scenario = actions.create_scenario(actor=self.member, **self.checked(NewScenario))
        return Response(ScenarioSerializer(scenario).data, status=201)

    @extend_schema(
        summary="Change a scenario, archive it or bring it back",
        request=ScenarioChange(partial=True),
        responses=ScenarioSerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        scenario = self.get_object()
        refuse_reps(self.member)
        asked = self.checked(ScenarioChange, partial=True)
        version, is_archived = (
            seen_version(request, asked.pop("version", None)),
            asked.pop("is_archived", None),
        )
        with conflicts(request):
            if asked or version is not None:
                scenario = actions.change_scenario(
                    actor=self.member, scenario=scenario, version=version, **asked
                )
        if is_archived is not None:
            move = actions.archive_scenario if is_archived else actions.restore_scenario
            scenario = move(actor=self.member, scenario=scenario)
        return with_etag(Response(ScenarioSerializer(scenario).data), scenario.version)


@extend_schema_view(
    list=extend_schema(summary="Mappings of categories"), retrieve=extend_schema(summary="A mapping")
)
class MappingViewSet(TenantViewSet):
    """Tickets of a category, by a channel or by any, are of a scenario. The channel that is named wins."""

    queryset = ScenarioCategory.objects.select_related("scenario", "category")
    serializer_class = MappingSerializer

    @extend_schema(
        summary="Map a category, which may have been another scenario's",
        request=NewMapping,
        responses={201: MappingSerializer},
    )
    @once
    def create(self, request: Request) -> Response:
        refuse_reps(self.member)
        mapping = actions.map_category(actor=self.member, **self.checked(NewMapping))
        return Response(MappingSerializer(mapping).data, status=201)

    @extend_schema(summary="Take a mapping away", responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        mapping = self.get_object()
        refuse_reps(self.member)
        actions.unmap_category(actor=self.member, mapping=mapping)
        return Response(status=204)
