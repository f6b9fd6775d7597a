"""Tables of another program, handed in by an admin."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.imports import FilesField
from hiring.models import Takeover


class TakeoverForm(forms.Form):
    format = forms.ChoiceField(label=_("From"), choices=Takeover.Format.choices)
    file = FilesField(label=_("Tables, or a ZIP of them"), max_length=300, allow_empty_file=True)
