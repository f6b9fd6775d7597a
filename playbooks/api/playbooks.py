from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from accounts.api.views import TenantViewSet
from customers.api.editing import IF_MATCH, conflicts, seen_version, with_etag
from customers.api.fields import MOST, Nothing, Person, person
from customers.api.filters import ListFilter
from customers.models.rules import LONGEST_TEXT
from playbooks import actions
from playbooks.actions.flags import flag_step
from playbooks.models import Flag, Playbook, Version
from playbooks.models.playbook import Trust
from playbooks.permissions import can_verify
from playbooks.queries.graphs import graph_of
from playbooks.queries.lists import readable, team_today

from .fields import TeamNamed, team
from .scenarios import refuse_reps


class ExitSerializer(serializers.Serializer):
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    to = serializers.CharField(help_text="The key of the step that it leads to.")


class StepSerializer(serializers.Serializer):
    """A step; its key is the same in every version of the playbook."""

    key = serializers.CharField()
    kind = serializers.CharField(help_text="start, action, decision, script, check, handoff or end.")
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    say = serializers.CharField(allow_blank=True, help_text="What to say to the customer.")
    is_required = serializers.BooleanField()
    exits = ExitSerializer(many=True)


class PlaybookSerializer(serializers.ModelSerializer):
    scenario = serializers.CharField(source="scenario.name")
    owner_email = person("owner")
    verifier_email = person("verifier")
    verifier_team = team("verifier_team")
    audience = team("audience")
    trust = serializers.SerializerMethodField(help_text="Null for one that never was published.")
    published_number = serializers.IntegerField(allow_null=True, default=None)

    class Meta:
        model = Playbook
        fields = [
            "id",
            "title",
            "scenario",
            "owner_email",
            "verifier_email",
            "verifier_team",
            "interval_days",
            "audience",
            "trust",
            "verified_on",
            "verified_until",
            "published_number",
            "version",
        ]

    @extend_schema_field(serializers.ChoiceField(Trust.choices, allow_null=True))
    def get_trust(self, playbook: Playbook) -> str | None:
        if getattr(playbook, "published_number", None) is None:
            return None
        return playbook.trust(self.context["today"]).value


class WholePlaybookSerializer(PlaybookSerializer):
    steps = serializers.SerializerMethodField()

    class Meta(PlaybookSerializer.Meta):
        fields = [*PlaybookSerializer.Meta.fields, "steps"]

    @extend_schema_field(StepSerializer(many=True))
    def get_steps(self, playbook: Playbook) -> list[dict]:
        """Of the version that is read now."""
        published = playbook.versions.filter(state=Version.State.PUBLISHED).first()
        return steps_of(published) if published else []


class VersionSerializer(serializers.ModelSerializer):
    playbook = serializers.IntegerField(source="playbook_id")
    state = serializers.CharField(help_text="published, or superseded by a later one.")
    author_email = person("author")
    approver_email = person("approver")

    class Meta:
        model = Version
        fields = [
            "id",
            "playbook",
            "number",
            "state",
            "change",
            "summary",
            "author_email",
            "approver_email",
            "published_at",
            "superseded_at",
        ]


class WholeVersionSerializer(VersionSerializer):
    steps = serializers.SerializerMethodField()

    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "steps"]

    @extend_schema_field(StepSerializer(many=True))
    def get_steps(self, version: Version) -> list[dict]:
        return steps_of(version)


class FlagSerializer(serializers.ModelSerializer):
    step = serializers.CharField(source="step_key")
    author_email = person("author")

    class Meta:
        model = Flag
        fields = ["id", "step", "text", "author_email", "flagged_at", "answered_at", "answer"]


class PlaybookChange(serializers.Serializer):
    """Who answers for it; until when it is verified stays as it is."""

    title = serializers.CharField(max_length=200)
    owner_email = Person(source="owner")
    verifier_email = Person(source="verifier")
    verifier_team = TeamNamed(help_text="Instead of a person.")
    interval_days = serializers.IntegerField(min_value=7, max_value=730, required=False)
    audience = TeamNamed(help_text="Who reads it; null for everybody.")
    version = serializers.IntegerField(min_value=0, max_value=MOST, required=False)


class NewFlag(serializers.Serializer):
    step = serializers.CharField(max_length=12, help_text="The key of the step that is wrong.")
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False)


class VersionFilter(ListFilter):
    """Of the list of versions."""

    playbook = serializers.IntegerField(min_value=1, max_value=MOST, required=False)

    LOOKUPS = {"playbook": "playbook_id"}


class _Today(TenantViewSet):
    def get_serializer_context(self) -> Any:
        context = dict(super().get_serializer_context())
        if not getattr(self, "swagger_fake_view", False):
            context["today"] = self.member.company.today()
        return context


@extend_schema_view(
    list=extend_schema(summary="Playbooks"), retrieve=extend_schema(summary="A playbook with its steps")
)
class PlaybookViewSet(_Today):
    """Playbooks that the member may read, with how far each can be trusted."""

    queryset = Playbook.objects.all()

    def get_serializer_class(self):
        return WholePlaybookSerializer if self.action == "retrieve" else PlaybookSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Playbook.objects.none()
        published = Version.objects.filter(playbook=OuterRef("pk"), state=Version.State.PUBLISHED)
        return (
            readable(self.member)
            .select_related("scenario", "owner", "verifier", "verifier_team", "audience")
            .annotate(published_number=Subquery(published.values("number")[:1]))
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = super().retrieve(request, *args, **kwargs)
        return with_etag(answer, answer.data["version"])

    @extend_schema(
        summary="Change who answers for a playbook",
        request=PlaybookChange(partial=True),
        responses=PlaybookSerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        playbook = self.get_object()
        refuse_reps(self.member)
        asked = self.checked(PlaybookChange, partial=True)
        version = seen_version(request, asked.pop("version", None))
        with conflicts(request):
            actions.change_playbook(actor=self.member, playbook=playbook, version=version, **asked)
        return self._told(200)

    @extend_schema(summary="It still holds", request=Nothing, responses={201: PlaybookSerializer})
    @action(detail=True, methods=["post"])
    @once
    def verification(self, request: Request, pk: str) -> Response:
        playbook = self.get_object()
        if not can_verify(self.member, playbook, team_today(self.member).first()):
            raise exceptions.PermissionDenied(
                _("The verifier, their team, and managers say that a playbook holds.")
            )
        actions.verify(actor=self.member, playbook=playbook)
        return self._told(201)

    @extend_schema(summary="Say that a step is wrong", request=NewFlag, responses={201: FlagSerializer})
    @action(detail=True, methods=["post"])
    @once
    def flags(self, request: Request, pk: str) -> Response:
        playbook, asked = self.get_object(), self.checked(NewFlag)
        published = playbook.versions.filter(state=Version.State.PUBLISHED).first()
        if published is None:
            raise exceptions.ValidationError({"step": [_("Nothing of this playbook is published.")]})
        flag = flag_step(actor=self.member, version=published, **asked)
        return Response(FlagSerializer(flag).data, status=201)

    def _told(self, status: int) -> Response:
        playbook = self.get_object()
        shown = PlaybookSerializer(playbook, context=self.get_serializer_context())
        return with_etag(Response(shown.data, status=status), playbook.version)


@extend_schema_view(
    list=extend_schema(summary="Versions", parameters=[VersionFilter]),
    retrieve=extend_schema(summary="A version with its steps"),
)
class VersionViewSet(TenantViewSet):
    """Published and superseded versions of playbooks that the member may read; they never change."""

    queryset = Version.objects.select_related("author", "approver")

    def get_serializer_class(self):
        return WholeVersionSerializer if self.action == "retrieve" else VersionSerializer

    def get_queryset(self):
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        rows = rows.filter(
            state__in=(Version.State.PUBLISHED, Version.State.SUPERSEDED), playbook__in=readable(self.member)
        )
        if self.action == "list":
            rows = rows.filter(**VersionFilter(data=self.request.query_params).lookups())
        return rows


def steps_of(version: Version) -> list[dict[str, Any]]:
    """The steps of a version in the order of its list."""
    return [
        {
            "key": node.key,
            "kind": node.kind.value,
            "title": node.title,
            "body": node.body,
            "say": node.say,
            "is_required": node.is_required,
            "exits": [{"label": way.label, "to": way.to} for way in node.exits],
        }
        for node in graph_of(version).nodes
    ]
