from django import forms
from django.utils.translation import gettext_lazy as _


class SavedViewForm(forms.Form):
    """A view's name, whether everybody has it, and with a new one the filters."""

    name = forms.CharField(label=_("Name of the view"), max_length=60)
    is_shared = forms.BooleanField(label=_("For everybody in the company"), required=False)
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)
