from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import once
from customers.api.fields import Made, person
from training.actions.certificates import renew, revoke
from training.models import Certificate, Standing
from training.permissions import can_certify
from training.queries.certificates import newest_rows, standing_on
from training.queries.people import is_above

from .fields import OfSomebody, TrainingViewSet, number, refuse

LONGEST = 2000


class CertificateSerializer(serializers.ModelSerializer):
    member_email = person("member")
    playbook = serializers.IntegerField(source="playbook_id")
    playbook_title = serializers.CharField(source="playbook.title")
    playbook_version = serializers.IntegerField(source="number", help_text="The one that is known.")
    enrolment = serializers.IntegerField(source="enrolment_id", allow_null=True)
    issued_by_email = person("issued_by")
    standing = serializers.SerializerMethodField(help_text="Today.")

    class Meta:
        model = Certificate
        fields = [
            "id",
            "member_email",
            "playbook",
            "playbook_title",
            "playbook_version",
            "level",
            "standing",
            "enrolment",
            "issued_at",
            "issued_by_email",
            "until",
            "refresh_by",
            "revoked_at",
            "reason",
        ]

    @extend_schema_field(serializers.ChoiceField(Standing.choices))
    def get_standing(self, certificate: Certificate) -> str:
        return certificate.standing(self.context["today"]).value


class Renewal(serializers.Serializer):
    words = serializers.CharField(max_length=LONGEST, help_text="What was seen.")


class Revocation(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST, help_text="The person reads it.")


class CertificateFilter(OfSomebody):
    """Of the list of certificates."""

    playbook = number()
    standing = serializers.ChoiceField(Standing.choices, required=False)
    is_newest = serializers.BooleanField(
        required=False, help_text="Only those that none has taken the place of."
    )

    LOOKUPS = {**OfSomebody.LOOKUPS, "playbook": "playbook_id"}


@extend_schema_view(
    list=extend_schema(summary="Certificates", parameters=[CertificateFilter]),
    retrieve=extend_schema(summary="A certificate"),
)
class CertificateViewSet(TrainingViewSet):
    """The caller's own, and those of people below; leaders and admins read all."""

    queryset = Certificate.objects.select_related("member", "playbook", "issued_by")
    serializer_class = CertificateSerializer

    def get_serializer_context(self) -> Any:
        context = dict(super().get_serializer_context())
        if not getattr(self, "swagger_fake_view", False):
            context["today"] = self.member.company.today()
        return context

    def get_queryset(self):
        rows = super().get_queryset()
        if self.action != "list":
            return rows
        asked = CertificateFilter(data=self.request.query_params).lookups()
        standing, is_newest = asked.pop("standing", None), asked.pop("is_newest", False)
        rows = rows.filter(**asked)
        if standing:
            rows = rows.filter(standing_on(standing, self.member.company.today()))
        return newest_rows(rows) if is_newest else rows

    @extend_schema(
        summary="It still holds, for the version in use: a new certificate",
        request=Renewal,
        responses={201: Made},
    )
    @action(detail=True, methods=["post"])
    @once
    def renewal(self, request: Request, pk: str) -> Response:
        certificate, asked = self._to_judge(), self.checked(Renewal)
        return Response(Made(renew(actor=self.member, certificate=certificate, **asked)).data, status=201)

    @extend_schema(summary="Revoke, with a reason", request=Revocation, responses={201: Made})
    @action(detail=True, methods=["post"])
    @once
    def revocation(self, request: Request, pk: str) -> Response:
        certificate, asked = self._to_judge(), self.checked(Revocation)
        return Response(Made(revoke(actor=self.member, certificate=certificate, **asked)).data, status=201)

    def _to_judge(self) -> Certificate:
        certificate: Certificate = self.get_object()
        may = can_certify(self.member, certificate, is_above(self.member, certificate.member_id))
        refuse(may, _("Whoever is above somebody says that; never for oneself."))
        return certificate
