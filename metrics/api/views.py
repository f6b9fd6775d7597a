from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Member
from accounts.queries import find_person
from metrics.definitions import METRICS, Metric
from metrics.queries import Level, Scope, answer, can_read

from .parameters import Period
from .shapes import as_json, describe

_LISTED = inline_serializer(
    "Metric",
    {
        "metric": serializers.CharField(),
        "title": serializers.CharField(),
        "definition": serializers.CharField(),
        "formula": serializers.CharField(),
        "unit": serializers.CharField(),
        "direction": serializers.ChoiceField(["up", "down", "none"]),
        "minimum_n": serializers.IntegerField(),
        "matures": serializers.BooleanField(),
    },
    many=True,
)
_POINT = inline_serializer(
    "Point",
    {
        "start": serializers.DateField(),
        "n": serializers.IntegerField(),
        "numerator": serializers.IntegerField(allow_null=True),
        "denominator": serializers.FloatField(allow_null=True),
        "value": serializers.FloatField(allow_null=True),
        "low": serializers.FloatField(allow_null=True),
        "high": serializers.FloatField(allow_null=True),
        "median": serializers.FloatField(required=False, allow_null=True),
        "p90": serializers.FloatField(required=False, allow_null=True),
        "approximate": serializers.BooleanField(required=False),
    },
    many=True,
)
_ANSWER = inline_serializer(
    "Answer",
    {
        "metric": serializers.CharField(),
        "definition": serializers.CharField(),
        "unit": serializers.CharField(),
        "level": serializers.ChoiceField([level.value for level in Level]),
        "person": serializers.CharField(allow_null=True),
        "scope": serializers.ChoiceField(["team", "tree"], allow_null=True),
        "from": serializers.DateField(),
        "to": serializers.DateField(),
        "grain": serializers.CharField(),
        "time_zone": serializers.CharField(),
        "as_of": serializers.DateTimeField(),
        "complete_through": serializers.DateField(allow_null=True),
        "points": _POINT,
    },
)


class MetricList(APIView):
    """Every metric with its definition."""

    @extend_schema(summary="Metrics", responses=_LISTED)
    def get(self, request: Request) -> Response:
        return Response([describe(metric) for metric in METRICS.values()])


class MetricDetail(APIView):
    """One metric at one level over a period: a figure, or a series of figures."""

    @extend_schema(
        summary="A figure",
        parameters=[OpenApiParameter("metric", str, "path", enum=list(METRICS)), Period],
        responses=_ANSWER,
    )
    def get(self, request: Request, metric: str) -> Response:
        definition = METRICS.get(metric)
        if definition is None:
            words = _("There is no metric “%(metric)s”; there are %(known)s.")
            raise Http404(words % {"metric": metric, "known": ", ".join(METRICS)})
        asked = self._asked(request, definition)
        member: Member = request.user  # type: ignore[assignment]
        scope = _scope(member, asked)
        if not can_read(member, scope):
            raise PermissionDenied(_("You may not read these figures."))
        found = answer(member.company, metric, scope, asked["from"], asked["to"], asked["grain"])
        return Response(as_json(found, asked))

    def _asked(self, request: Request, metric: Metric) -> dict:
        period = Period(data=request.query_params, metric=metric)
        period.is_valid(raise_exception=True)
        return period.validated_data


def _scope(member: Member, asked: dict) -> Scope:
    person = asked.get("person", "")
    if not person or person.strip().lower() == "nobody":
        person_id = 0
    else:
        found = find_person(member, person)
        if found is None:
            raise Http404(_("There is no person “%(person)s” in this company.") % {"person": person})
        person_id = found.id
    return Scope(member.company_id, Level(asked["level"]), person_id, asked.get("scope") == "tree")
