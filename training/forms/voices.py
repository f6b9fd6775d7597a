"""Keeping what a customer said."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms.fields import PersonField
from accounts.models import Member
from cs_platform.lib.days import DayField
from training.actions.voices import LONGEST
from training.queries.voices import Said


class VoiceForm(forms.Form):
    """source comes with the address, not with the form."""

    quote = forms.CharField(
        label=gettext_lazy("Quote"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Word for word. Leave out with …, and put [a name] where one stood."),
    )
    theme = forms.CharField(
        label=gettext_lazy("Theme"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "themes", "autocomplete": "off"}),
        help_text=gettext_lazy("What it teaches: “First week”, “Invoices”."),
    )
    consent_on = DayField(label=gettext_lazy("Agreed on"))
    consent_by = PersonField(
        label=gettext_lazy("Who asked the customer"),
        help_text=gettext_lazy("An e-mail address or a whole name."),
    )

    def __init__(self, member: Member, said: Said, data: Any = None) -> None:
        initial = {"quote": said.text[:LONGEST], "consent_by": member, "consent_on": member.company.today()}
        super().__init__(data, initial=initial)
        people = Member.objects.visible_to(member).filter(is_stub=False, is_bot=False)
        self.fields["consent_by"].people = people  # type: ignore[attr-defined]
