"""The question in a URL: checked, each mistake named with its parameter."""

from datetime import date

from django.utils.translation import gettext as _
from rest_framework import serializers

from cs_platform.lib.periods import GRAINS
from metrics.definitions import Metric, Shape
from metrics.queries import Level

MOST_DAYS = 7_320
MOST_DAILY_POINTS = 3_700
FIRST, LAST = date(1970, 1, 1), date(2200, 12, 31)


class Period(serializers.Serializer):
    level = serializers.ChoiceField([level.value for level in Level], default=Level.COMPANY.value)
    person = serializers.CharField(required=False, max_length=254, help_text="An e-mail address, or nobody.")
    scope = serializers.ChoiceField(
        ["team", "tree"], required=False, help_text="Of the level manager; team if left out."
    )
    to = serializers.DateField(help_text="The last day, inclusive.")
    grain = serializers.ChoiceField(GRAINS, default="total")

    def get_fields(self):
        # `from` is a word of Python's own.
        fields = super().get_fields()
        return {"from": serializers.DateField(help_text="The first day, inclusive."), **fields}

    def __init__(self, *args, metric: Metric | None = None, **kwargs):
        self.metric = metric
        super().__init__(*args, **kwargs)

    def validate(self, asked: dict) -> dict:
        self._check_names()
        if self.metric is not None and self.metric.is_company_only and asked["level"] != Level.COMPANY:
            raise serializers.ValidationError({"level": _("This figure is told for the whole company only.")})
        self._check_person(asked)
        self._check_days(asked)
        retains = self.metric is not None and self.metric.shape == Shape.RETENTION
        if retains and asked["grain"] not in ("total", "month"):
            raise serializers.ValidationError({"grain": _("Retention is told by month: use total or month.")})
        return asked

    def _check_names(self) -> None:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {
                    name: _("There is no such parameter; there are %(known)s.") % {"known": known}
                    for name in unknown
                }
            )
        doubled = [name for name in self.initial_data if len(self.initial_data.getlist(name)) > 1]
        if doubled:
            raise serializers.ValidationError({doubled[0]: _("Give this parameter once.")})

    def _check_person(self, asked: dict) -> None:
        if asked["level"] == Level.COMPANY and asked.get("person"):
            raise serializers.ValidationError(
                {"person": _("The company is no person: choose the level manager or rep.")}
            )
        if asked["level"] != Level.COMPANY and not asked.get("person"):
            raise serializers.ValidationError({"person": _("Say whose: an e-mail address, or nobody.")})
        if asked["level"] != Level.MANAGER and asked.get("scope"):
            raise serializers.ValidationError({"scope": _("Only the level manager has a scope.")})

    def _check_days(self, asked: dict) -> None:
        start, end = asked["from"], asked["to"]
        for name, day in (("from", start), ("to", end)):
            if not FIRST <= day <= LAST:
                raise serializers.ValidationError({name: _("Choose a day from 1970 to 2200.")})
        if start > end:
            raise serializers.ValidationError({"to": _("The last day lies before the first one.")})
        most = MOST_DAILY_POINTS if asked["grain"] == "day" else MOST_DAYS
        if (end - start).days >= most:
            raise serializers.ValidationError({"to": _("At most %(most)s days at once.") % {"most": most}})
