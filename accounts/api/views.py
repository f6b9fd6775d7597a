from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets

from accounts.models import Member, ReportingLine


class TenantViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Lists and shows the rows of the caller's company; others are not found."""

    # Whatever stands for an id is looked for here, so that the answer is a problem document too.
    lookup_value_regex = "[^/]+"

    def get_queryset(self):
        rows: Any = super().get_queryset()
        # Without a request only the schema is being drawn.
        return (
            rows.none() if getattr(self, "swagger_fake_view", False) else rows.visible_to(self.request.user)
        )

    @property
    def member(self) -> Member:
        """Who calls."""
        return self.request.user  # type: ignore[return-value]

    def checked(self, serializer: type[serializers.Serializer], **options: Any) -> dict[str, Any]:
        """What was sent, as values; each mistake is told with its field."""
        asked = serializer(data=self.request.data, context={"request": self.request}, **options)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = Member
        fields = ["id", "email", "name", "role", "started_on", "left_on", "is_active", "is_stub"]


class ReportingLineSerializer(serializers.ModelSerializer):
    email = serializers.EmailField(source="member.email")
    manager_email = serializers.EmailField(source="manager.email", allow_null=True, default=None)
    from_on = serializers.DateField(source="valid_from")
    until_on = serializers.DateField(source="until", allow_null=True)

    class Meta:
        model = ReportingLine
        fields = ["id", "email", "manager_email", "from_on", "until_on"]


@extend_schema_view(list=extend_schema(summary="People"), retrieve=extend_schema(summary="A person"))
class PersonViewSet(TenantViewSet):
    """Everybody who works or worked here; stubs are people whom a file named but nobody entered."""

    queryset = Member.objects.all()
    serializer_class = PersonSerializer


@extend_schema_view(
    list=extend_schema(summary="Reporting lines"), retrieve=extend_schema(summary="A reporting line")
)
class ReportingLineViewSet(TenantViewSet):
    """Who reports to whom from a day on, until the day before the next line begins. Corrected lines are left out."""

    queryset = ReportingLine.objects.in_force().with_until().select_related("member", "manager")
    serializer_class = ReportingLineSerializer
