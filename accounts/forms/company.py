from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Member
from accounts.models.key import SCOPES
from cs_platform.lib.days import DayField

from .fields import PersonField
from .profile import zone_choices

SCOPE_WORDS = {
    "read": _("read: figures, people, customers, tickets and answers"),
    "write": _("write: log and change tickets, notes, customers and answers"),
    "hiring:read": _(
        "hiring:read: jobs, candidates, interviews, and scorecards that are not sealed for this person"
    ),
    "hiring:write": _("hiring:write: candidates, interviews and this person's own scorecards"),
    "training:read": _(
        "training:read: requirements, programmes, paths and certificates that this person sees"
    ),
    "training:write": _("training:write: put people on paths, sign parts off, renew and revoke certificates"),
    "import": _("import: start imports"),
    "admin": _("admin: what only an admin may do"),
}


class CompanyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        required=False,
        validators=[RegexValidator(r"^[A-Za-z]{3}$", _("Write three letters, like EUR."))],
        help_text=_("Three letters, like EUR. Shown beside amounts; nothing is converted."),
    )
    follow_up_days = forms.IntegerField(
        label=_("Follow-up window in days"),
        min_value=1,
        max_value=30,
        help_text=_(
            "A resolved ticket counts as solved at first contact if nobody came back about it within so many days. "
            "When you change it, all tickets are judged again; on many tickets that takes a few minutes."
        ),
    )

    mails_replies = forms.BooleanField(
        label=_("Mail replies to customers"),
        required=False,
        help_text=_(
            "A reply on a ticket is then mailed to the ticket's requester. Notes, imported records and what was "
            "written before are never mailed."
        ),
    )
    sender_name = forms.CharField(
        label=_("Sender's name"),
        max_length=100,
        required=False,
        help_text=_("Customers see it beside our address. Left empty, it is the name of the company."),
    )
    reply_address = forms.EmailField(
        label=_("Answers go to"),
        max_length=254,
        required=False,
        help_text=_("An address that your team reads. Left empty, answers go to the person who replied."),
    )

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    @classmethod
    def of(cls, company: Company, data: Any = None) -> "CompanyForm":
        return cls(data, initial={name: getattr(company, name) for name in cls.base_fields})


def _zone_choices() -> list[tuple[str, object]]:
    return [("", _("Choose a time zone")), *zone_choices()[1:]]


class ZoneField(forms.ChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Time zone"), choices=_zone_choices, **options)

    def valid_value(self, value: Any) -> bool:
        """Any zone that is known, though the list leaves out old names for the same."""
        return value in available_timezones()


class ZoneForm(forms.Form):
    """Another zone from a day on."""

    zone = ZoneField()
    valid_from = DayField(
        label=_("From"), help_text=_("A day after today: days that have begun keep their zone.")
    )


class SetupForm(forms.Form):
    """The first company, its first admin, and what to begin with."""

    START = (
        ("empty", _("Start empty")),
        ("import", _("Import records from files")),
        ("demo", _("Look at the demo companies first")),
    )
    name = forms.CharField(label=_("Company"), max_length=200)
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=50,
        required=False,
        help_text=_(
            "For commands and links: small letters, digits and hyphens. Left empty, it is made from the name."
        ),
    )
    zone = ZoneField(help_text=_("Days and weeks are counted in it."))
    admin_name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    admin_email = forms.EmailField(
        label=_("Your e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    start = forms.ChoiceField(
        label=_("Begin with"), choices=START, widget=forms.RadioSelect, initial="empty", required=False
    )

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].lower()
        if slug in ("demo", "forum"):
            raise ValidationError(_("This short name is kept for the demo; choose another."))
        return slug


class KeyForm(forms.Form):
    label = forms.CharField(
        label=_("What it is for"), max_length=100, help_text=_("So that you know later whether it may go.")
    )
    person = PersonField(
        label=_("Acts for"),
        help_text=_(
            "An e-mail address or a whole name. The key may do what this person may do, within its scopes."
        ),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        initial=["read"],
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.widget.attrs["list"] = "managers"
        field.people = Member.objects.visible_to(member).active()  # type: ignore[attr-defined]


class LedgerForm(forms.Form):
    """What of the ledger to show."""

    verb = forms.CharField(
        label=_("What"),
        required=False,
        max_length=60,
        help_text=_("Begins with, like “ticket” or “member.changed”."),
    )
    who = PersonField(label=_("Who"), required=False, help_text=_("An e-mail address or a whole name."))
    until = DayField(label=_("Up to"), required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].people = Member.objects.visible_to(member)  # type: ignore[attr-defined]
