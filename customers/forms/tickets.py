"""Forms of the ticket desk. They only check; the actions do."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from cs_platform.lib.days import DayField
from customers.models import Channel, Customer, Note, Priority
from customers.models.rules import LONGEST_TEXT
from customers.queries.intake import customer_of, customers_like, customers_named

from .notes import with_due_day
from .ticket_fields import OnceForm, TagsField, TimeField


class CustomerChoice(forms.Form):
    """Which customer: chosen from a list, or typed. A typed name must mean one customer, or be a new one.

    customer: what the list filled in beside the name; it counts as long as the name is still that customer's.
    candidate: chosen from those that the page offers when a typed name was not enough.
    """

    customer = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput())
    customer_name = forms.CharField(label=gettext_lazy("Customer"), required=False, max_length=300)
    candidate = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput())
    new_customer = forms.BooleanField(label=gettext_lazy("This is a new customer"), required=False)

    def __init__(self, *args: Any, member: Member, **options: Any):
        super().__init__(*args, **options)
        self.member = member
        self.candidates: list[Customer] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name, is_new = cleaned.get("customer_name", ""), cleaned.get("new_customer", False)
        chosen, beside = cleaned.get("candidate"), cleaned.get("customer")
        cleaned["customer"], cleaned["new_customer"] = None, ""
        if chosen:
            cleaned["customer"] = customer_of(self.member, chosen)
            if cleaned["customer"] is None:
                self.add_error("customer_name", _("This customer is not there. Choose another."))
        elif name:
            cleaned["customer"] = self._beside(beside, name)
            if cleaned["customer"] is None and is_new:
                cleaned["new_customer"] = name
            elif cleaned["customer"] is None:
                cleaned["customer"] = self._meant(name)
        return cleaned

    def _beside(self, customer_id: int | None, name: str) -> Customer | None:
        customer = customer_of(self.member, customer_id) if customer_id else None
        return customer if customer and customer.name.casefold() == name.casefold() else None

    def _meant(self, name: str) -> Customer | None:
        same = customers_named(self.member, name)
        if len(same) == 1:
            return same[0]
        self.candidates = same or [found.customer for found in customers_like(self.member, name)]
        if same:
            text = _("Several customers have this name. Choose the one you mean.")
        else:
            text = _("No customer has exactly this name. Choose one, or say that it is a new customer.")
        self.add_error("customer_name", text)
        return None


class PropertiesForm(CustomerChoice):
    """What a ticket says of itself, without its life."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=500)
    requester_email = forms.EmailField(
        label=gettext_lazy("Requester’s e-mail"), required=False, max_length=254
    )
    category_name = forms.CharField(label=gettext_lazy("Category"), required=False, max_length=200)
    channel = forms.TypedChoiceField(
        label=gettext_lazy("Channel"), choices=Channel.choices, coerce=int, initial=Channel.EMAIL
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), choices=Priority.choices, initial=Priority.NORMAL
    )
    tags = TagsField(label=gettext_lazy("Tags"))

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["category_name"].widget.attrs |= {"list": "categories", "autocomplete": "off"}
        self.fields["requester_email"].widget.attrs["autocomplete"] = "off"
        self.fields["subject"].widget.attrs["autocomplete"] = "off"

    def clean_requester_email(self) -> str:
        return self.cleaned_data["requester_email"].strip().lower()


class NewTicketForm(PropertiesForm, OnceForm):
    body = forms.CharField(
        label=gettext_lazy("What happened"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "class": "nt__text"}),
    )
    assignee = forms.TypedChoiceField(
        label=gettext_lazy("Who works on it"), required=False, coerce=int, empty_value=None
    )
    is_resolved = forms.BooleanField(
        label=gettext_lazy("It is resolved already"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    time = TimeField(
        label=gettext_lazy("Time it took"),
        help_text=gettext_lazy("Minutes, or minutes and seconds: 7 or 6:48."),
    )

    def __init__(self, *args: Any, people: list[Member], **options: Any):
        super().__init__(*args, **options)
        self.people = {person.id: person for person in people}
        self.fields["assignee"].choices = assignee_choices(self.member, people)  # type: ignore[attr-defined]

    def clean_assignee(self) -> Member | None:
        return self.people.get(self.cleaned_data["assignee"])


class AssignmentForm(forms.Form):
    assignee = forms.TypedChoiceField(
        label=gettext_lazy("Who works on it"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, member: Member, people: list[Member], **options: Any):
        super().__init__(*args, **options)
        self.people = {person.id: person for person in people}
        self.fields["assignee"].choices = assignee_choices(member, people)  # type: ignore[attr-defined]

    def clean_assignee(self) -> Member | None:
        return self.people.get(self.cleaned_data["assignee"])


def assignee_choices(member: Member, people: list[Member]) -> list[tuple[Any, str]]:
    """Nobody, then oneself, then the others by name."""
    others = [(person.id, person.name) for person in people if person.id != member.id]
    me = [
        (person.id, _("You, %(name)s") % {"name": person.name}) for person in people if person.id == member.id
    ]
    return [("", _("Nobody yet")), *me, *others]


class WritingForm(OnceForm):
    """Text in the conversation, and the time that it took."""

    body = forms.CharField(
        max_length=LONGEST_TEXT,
        error_messages={"required": gettext_lazy("Write something first.")},
        widget=forms.Textarea(),
    )
    time = TimeField(label=gettext_lazy("Time"))


class ReplyForm(WritingForm):
    then = forms.ChoiceField(required=False, choices=[("", ""), ("resolve", ""), ("pend", "")])


class NoteForm(WritingForm):
    KINDS = [
        (Note.Type.NOTE, gettext_lazy("Internal note")),
        (Note.Type.CALL, gettext_lazy("Call")),
        (Note.Type.MEETING, gettext_lazy("Meeting")),
        (Note.Type.FACT, gettext_lazy("Fact")),
        (Note.Type.PROMISE, gettext_lazy("Promise")),
    ]
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=KINDS,
        initial=Note.Type.NOTE,
        required=False,
    )
    due_on = DayField(label=gettext_lazy("Due"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["kind"] = cleaned.get("kind") or Note.Type.NOTE
        return with_due_day(self, cleaned, cleaned["kind"])


class CustomerReplyForm(OnceForm):
    body = forms.CharField(
        max_length=LONGEST_TEXT,
        error_messages={"required": gettext_lazy("Write what the customer said.")},
        widget=forms.Textarea(),
    )


class ResolutionForm(forms.Form):
    time = TimeField()
