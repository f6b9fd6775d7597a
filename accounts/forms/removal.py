from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class RemovalForm(forms.Form):
    """Typed by hand, so that nobody removes a company by a slip."""

    name = forms.CharField(
        label=_("Type the name to confirm"),
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, wanted: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = wanted.strip()

    def clean_name(self) -> str:
        if self.cleaned_data["name"] != self.wanted:
            raise ValidationError(_("This is not the name as it stands above."))
        return self.cleaned_data["name"]
