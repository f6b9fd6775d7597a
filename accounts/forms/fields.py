"""Fields that several forms share."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from cs_platform.lib.days import EARLIEST, LATEST, out_of_reach

IN_BRACKETS = re.compile(r"<([^<>]+)>\s*$")


class PersonField(forms.CharField):
    """Somebody of the company, written as an e-mail address or a whole name; `people` says who may be chosen.

    A company may have thousands of people, so there is no list of them all: the page offers some.
    """

    people: QuerySet[Member] = Member.objects.none()

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 300)
        super().__init__(**options)
        self.widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        if bracketed := IN_BRACKETS.search(text):
            text = bracketed[1].strip()
        found = list(self.people.filter(**{"email" if "@" in text else "name__iexact": self._key(text)})[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_("More than one person has this name; write the e-mail address."))
        raise ValidationError(_("Nobody to choose here has this e-mail address or name."))

    def prepare_value(self, value: Any) -> Any:
        return value.email if isinstance(value, Member) else value

    @staticmethod
    def _key(text: str) -> str:
        return text.lower() if "@" in text else text


class InstantField(forms.DateTimeField):
    """A day and a time on the reader's clock. An hour that a change of the clocks leaves out, or has twice, is
    refused, and so is a day that cannot be meant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            error_messages={"invalid": _("Write a day and a time as 2026-10-31 09:00.")},
            **options,
        )

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code == "ambiguous_timezone":
                raise ValidationError(_("The clocks change at that hour; choose another one.")) from error
            raise

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not EARLIEST <= value.date() <= LATEST:
            raise ValidationError(out_of_reach())


def new_password(**options: Any) -> forms.CharField:
    """The field for a password that is chosen now."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(
        label=_("Password"),
        widget=widget,
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters; a few words are easier to remember than one with signs."),
        **options,
    )


def take_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Shows what an action refused at the field it names, or above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)
