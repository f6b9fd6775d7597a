"""Development plans: the plan, its goals, what shows that they are reached, and reviews."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms.fields import PersonField
from accounts.models import Member
from cs_platform.lib.days import DayField
from training.models import DevelopmentPlan, PlanGoal

from .people import to_choose

LONGEST = 10_000


def version_field() -> forms.IntegerField:
    """The version that the editor saw."""
    return forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


def _long(label: Any, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


class PlanForm(forms.Form):
    version = version_field()
    title = forms.CharField(
        label=gettext_lazy("What to get better at"),
        max_length=200,
        help_text=gettext_lazy("In a few words: “Calls with angry customers”."),
    )
    every_days = forms.IntegerField(
        label=gettext_lazy("Days between reviews"), min_value=1, max_value=365, initial=30
    )
    review_on = DayField(label=gettext_lazy("Next review"))

    @classmethod
    def of(cls, plan: DevelopmentPlan, data: Any = None) -> "PlanForm":
        return cls(data, initial={name: getattr(plan, name) for name in cls.base_fields})

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("title", "every_days", "review_on")}


class NewPlanForm(PlanForm):
    field_order = ("member", "title", "every_days", "review_on")
    member = PersonField(
        label=gettext_lazy("For"),
        help_text=gettext_lazy(
            "Yourself, or somebody who reports to you: an e-mail address or a whole name."
        ),
    )
    review_on = DayField(
        label=gettext_lazy("First review"),
        required=False,
        help_text=gettext_lazy("Empty: so many days from today on."),
    )

    def __init__(self, member: Member, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"member": member, "every_days": 30} | (initial or {}))
        del self.fields["version"]
        self.fields["member"].people = to_choose(member)  # type: ignore[attr-defined]
        self.fields["member"].widget.attrs["list"] = "people"


class GoalForm(forms.Form):
    version = version_field()
    text = forms.CharField(label=gettext_lazy("Goal"), max_length=400)
    measure = forms.CharField(
        label=gettext_lazy("How we will know"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("A figure, or what somebody will see."),
    )
    due_on = DayField(label=gettext_lazy("By"), required=False)


class GoalEditForm(GoalForm):
    evidence = _long(gettext_lazy("Evidence so far"), required=False)

    @classmethod
    def of(cls, goal: PlanGoal, data: Any = None) -> "GoalEditForm":
        initial = {name: getattr(goal, name) for name in ("text", "measure", "due_on", "evidence")}
        return cls(data, initial=initial | {"version": goal.plan.version})

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class EvidenceForm(forms.Form):
    version = version_field()
    evidence = _long(gettext_lazy("What shows that it is reached"))


class ReviewForm(forms.Form):
    version = version_field()
    words = _long(gettext_lazy("What was said"), rows=4)
