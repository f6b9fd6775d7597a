"""The public form: whoever applies is a stranger, and may be a machine."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cs_platform.lib import clock
from hiring.models import VoluntaryAnswer

from .candidates import SmallFileField, TakesFile

SALT = "hiring.apply.opened"
# Nobody writes a name and an address in less; a page is not sent from a drawer after more.
SHORTEST, LONGEST = timedelta(seconds=3), timedelta(days=2)
NOT_SAID = ("", gettext_lazy("I would rather not say"))
GENDERS = (
    NOT_SAID,
    ("woman", gettext_lazy("Woman")),
    ("man", gettext_lazy("Man")),
    ("other", gettext_lazy("Another")),
)
AGES = (
    NOT_SAID,
    ("under_30", gettext_lazy("Under 30")),
    ("30_to_49", gettext_lazy("30 to 49")),
    ("50_and_over", gettext_lazy("50 and over")),
)
VOLUNTARY = {VoluntaryAnswer.Kind.GENDER: GENDERS, VoluntaryAnswer.Kind.AGE: AGES}


def opened_now() -> str:
    """When a page was opened, signed."""
    return signing.Signer(salt=SALT).sign_object(clock.now().timestamp())


class ApplyForm(TakesFile):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone (if you like)"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    links = forms.CharField(
        label=gettext_lazy("Links (if you like)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A profile or a portfolio, one a line."),
    )
    file = SmallFileField(label=gettext_lazy("CV (if you like)"), required=False)
    gender = forms.ChoiceField(label=gettext_lazy("Gender"), choices=GENDERS, required=False)
    age = forms.ChoiceField(label=gettext_lazy("Age"), choices=AGES, required=False)
    consent = forms.BooleanField(
        label=gettext_lazy("I agree"),
        error_messages={"required": gettext_lazy("Without your consent we may not keep your application.")},
    )
    # No person sees it; what fills every field gives itself away.
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    opened = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, collects: bool, consent: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.consent_text = consent
        if not collects:
            for kind in VOLUNTARY:
                del self.fields[kind]

    @property
    def is_machine(self) -> bool:
        return bool(self.data.get("website"))

    def voluntary(self) -> Iterator[forms.BoundField]:
        yield from (self[kind] for kind in VOLUNTARY if kind in self.fields)

    def own(self) -> Iterator[forms.BoundField]:
        yield from (self[name] for name in ("name", "email", "phone", "links", "file"))

    def clean_opened(self) -> str:
        try:
            opened = float(signing.Signer(salt=SALT).unsign_object(self.cleaned_data["opened"]))
        except (signing.BadSignature, ValueError, TypeError):
            raise ValidationError(_("This page was open for too long. Please send it again.")) from None
        waited = timedelta(seconds=clock.now().timestamp() - opened)
        if waited < SHORTEST:
            raise ValidationError(_("That was very quick. Please wait a few seconds and send it again."))
        if waited > LONGEST:
            raise ValidationError(_("This page was open for too long. Please send it again."))
        return self.cleaned_data["opened"]

    def person(self) -> dict[str, Any]:
        facts = {name: self.cleaned_data[name] for name in ("name", "email", "phone", "links")}
        return facts | {"consent_text": self.consent_text}

    def answers(self) -> dict[str, str]:
        return {kind: self.cleaned_data[kind] for kind in VOLUNTARY if self.cleaned_data.get(kind)}
