from typing import Any

from django.db.models import OuterRef, Subquery
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from accounts.models import Role
from customers.api.fields import person
from customers.api.filters import ListFilter
from playbooks.api.fields import team
from training.models import Item, Module, Programme, ProgrammeVersion
from training.queries.programmes import content_of

from .fields import TrainingViewSet, refuse_reps

PUBLISHED = ProgrammeVersion.State.PUBLISHED


class ProgrammeVersionSerializer(serializers.ModelSerializer):
    author_email = person("author")
    publisher_email = person("publisher")

    class Meta:
        model = ProgrammeVersion
        fields = ["number", "state", "summary", "author_email", "publisher_email", "published_at"]


class ItemSerializer(serializers.ModelSerializer):
    """Something to do; its key is the same in every version. Of a quiz without its questions."""

    rubric = serializers.ListField(
        child=serializers.CharField(), help_text="What whoever judges looks for; of a checklist its lines."
    )

    class Meta:
        model = Item
        fields = [
            "id",
            "key",
            "kind",
            "title",
            "body",
            "is_required",
            "due",
            "times",
            "form",
            "minutes",
            "pass_mark",
            "goal",
            "partner",
            "rubric",
        ]


class ModuleSerializer(serializers.ModelSerializer):
    playbook = serializers.IntegerField(source="playbook_id", allow_null=True)
    playbook_version = serializers.IntegerField(source="edition.number", allow_null=True, default=None)
    needs = serializers.ListField(
        child=serializers.CharField(), help_text="Keys of the modules that come first."
    )
    items = ItemSerializer(many=True)

    class Meta:
        model = Module
        fields = ["key", "kind", "title", "week", "playbook", "playbook_version", "level", "needs", "items"]


class ProgrammeSerializer(serializers.ModelSerializer):
    team = team("team")
    published_number = serializers.IntegerField(
        allow_null=True, default=None, help_text="Of the version that newcomers get."
    )

    class Meta:
        model = Programme
        fields = ["id", "title", "role", "team", "published_number", "created_at", "archived_at"]


class WholeProgrammeSerializer(ProgrammeSerializer):
    versions = serializers.SerializerMethodField()
    modules = serializers.SerializerMethodField(help_text="Of the version that is out.")

    class Meta(ProgrammeSerializer.Meta):
        fields = [*ProgrammeSerializer.Meta.fields, "versions", "modules"]

    @extend_schema_field(ProgrammeVersionSerializer(many=True))
    def get_versions(self, programme: Programme) -> Any:
        rows = programme.versions.select_related("author", "publisher").order_by("-number")
        return ProgrammeVersionSerializer(rows, many=True).data

    @extend_schema_field(ModuleSerializer(many=True))
    def get_modules(self, programme: Programme) -> Any:
        out = programme.versions.filter(state=PUBLISHED).first()
        modules = [each.module for each in content_of(out).modules] if out else []
        return ModuleSerializer(modules, many=True).data


class ProgrammeFilter(ListFilter):
    """Of the list of programmes."""

    role = serializers.ChoiceField(Role.choices, required=False)


@extend_schema_view(
    list=extend_schema(summary="Training programmes", parameters=[ProgrammeFilter]),
    retrieve=extend_schema(summary="A programme with its versions, and what the one that is out asks for"),
)
class ProgrammeViewSet(TrainingViewSet):
    """The paths of roles; for who sets training up."""

    queryset = Programme.objects.select_related("team")

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_reps(self.member)

    def get_serializer_class(self):
        return WholeProgrammeSerializer if self.action == "retrieve" else ProgrammeSerializer

    def get_queryset(self):
        out = ProgrammeVersion.objects.filter(programme=OuterRef("pk"), state=PUBLISHED)
        rows = super().get_queryset().annotate(published_number=Subquery(out.values("number")[:1]))
        if self.action == "list":
            rows = rows.filter(**ProgrammeFilter(data=self.request.query_params).lookups())
        return rows
