"""What is said at an item of a path."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from customers.models import Ticket
from training.models import Entry, Item

LONGEST = 8000
MOST_TICKETS = 20
BETWEEN = re.compile(r"[\s,;]+")


def text_field(label: Any = "", rows: int = 3, **options: Any) -> forms.CharField:
    options = {"required": False, "max_length": LONGEST} | options
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


class TicketsField(forms.CharField):
    """Numbers of tickets, in any way apart; cleaned to their ids."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=1000, **options)
        self.member: Member | None = None
        self.widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        numbers = list(dict.fromkeys(each for each in BETWEEN.split(super().clean(value)) if each))
        if len(numbers) > MOST_TICKETS:
            raise ValidationError(_("Name at most %(n)s tickets.") % {"n": MOST_TICKETS})
        if not numbers or self.member is None:
            return []
        rows = Ticket.objects.visible_to(self.member).filter(
            external_id__in={*numbers, *(number.upper() for number in numbers)}
        )
        found = dict(rows.values_list("external_id", "id"))
        if missing := [each for each in numbers if each not in found and each.upper() not in found]:
            raise ValidationError(_("There is no ticket %(numbers)s.") % {"numbers": ", ".join(missing)})
        return [found.get(each, found.get(each.upper())) for each in numbers]


class ChecksField(forms.TypedMultipleChoiceField):
    """Lines of a rubric that were ticked, by place."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, coerce=int, **options)

    def offer(self, rubric: list[str]) -> None:
        self.choices = [(str(place), line) for place, line in enumerate(rubric)]


class DoneForm(forms.Form):
    checks = ChecksField()
    words = text_field()

    def __init__(self, item: Item, data: Any = None) -> None:
        super().__init__(data, prefix=None)
        self.fields["checks"].offer(item.rubric)  # type: ignore[attr-defined]


class AskForm(forms.Form):
    words = text_field(rows=4)
    tickets = TicketsField(
        label=gettext_lazy("Tickets it can be seen on"),
        help_text=gettext_lazy("Their numbers, such as INC0058174. Optional."),
    )

    def __init__(self, member: Member, item: Item, data: Any = None) -> None:
        super().__init__(data)
        self.fields["tickets"].member = member  # type: ignore[attr-defined]
        hands_in = item.kind == Item.Kind.ASSIGNMENT
        self.fields["words"].label = _("What you hand in") if hands_in else _("What you want to be seen")


class JudgeForm(forms.Form):
    """What another one saw. A "not yet" says why, and what to do next: the action asks for both."""

    outcome = forms.ChoiceField(
        choices=[(Entry.Outcome.PASSED.value, ""), (Entry.Outcome.NOT_YET.value, "")],
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )
    checks = ChecksField()
    words = text_field(gettext_lazy("What you saw, or what is missing"))
    next_step = text_field(gettext_lazy("What to do next"), rows=2)
    tickets = TicketsField(label=gettext_lazy("Seen on tickets"))

    def __init__(self, member: Member, item: Item, data: Any = None) -> None:
        super().__init__(data)
        self.fields["checks"].offer(item.rubric)  # type: ignore[attr-defined]
        self.fields["tickets"].member = member  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[str]:
        return {str(each) for each in self["checks"].value() or ()}


class WaiverForm(forms.Form):
    item = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    reason = text_field(gettext_lazy("Why they need not do it"), rows=2)
