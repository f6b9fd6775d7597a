"""The properties of a ticket that is there, and two people's edits of them."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy

from customers.models import Priority, Ticket
from customers.queries.changes import EDITED

from .ticket_fields import DeadlineField
from .tickets import PropertiesForm

PLAIN = ("subject", "requester_email", "channel", "priority", "tags")
DEADLINES = ("first_response_due_at", "resolution_due_at")
# Where a property is not one field of the same name.
PARTS = {
    "category": ("category_name",),
    "customer": ("customer", "customer_name", "candidate", "new_customer"),
}


class EditForm(PropertiesForm):
    """The properties of a ticket that is there, with the version that was seen."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    first_response_due_at = DeadlineField(label=gettext_lazy("First response due"))
    resolution_due_at = DeadlineField(label=gettext_lazy("Resolution due"))

    def __init__(self, *args: Any, ticket: Ticket, **options: Any):
        # Imported tickets may have no subject, and a priority that is none of ours: what stands may stay.
        super().__init__(*args, **options)
        self.fields["subject"].required = bool(ticket.subject)
        if ticket.priority not in Priority.values:
            self.fields["priority"].choices = [(ticket.priority, ticket.priority), *Priority.choices]  # type: ignore[attr-defined]

    def changes_to(self, ticket: Ticket) -> dict[str, Any]:
        """What `set_properties` is to change: only what is not so already."""
        said = self.cleaned_data
        changes = {name: said[name] for name in PLAIN if said[name] != getattr(ticket, name)}
        for name in DEADLINES:
            stands = getattr(ticket, name)
            # The field knows no seconds: to send it back as shown is no change.
            if said[name] != (stands and stands.replace(second=0, microsecond=0)):
                changes[name] = said[name]
        if said["customer"] != ticket.customer or said["new_customer"]:
            changes |= {"customer": said["customer"], "new_customer": said["new_customer"]}
        if said["category_name"].lower() != (ticket.category.name.lower() if ticket.category else ""):
            changes["category_name"] = said["category_name"]
        return changes

    @staticmethod
    def initial_of(ticket: Ticket) -> dict[str, Any]:
        return {
            "version": ticket.version,
            "subject": ticket.subject,
            "customer": ticket.customer_id,
            "customer_name": ticket.customer.name if ticket.customer else "",
            "requester_email": ticket.requester_email,
            "category_name": ticket.category.name if ticket.category else "",
            "channel": ticket.channel,
            "priority": ticket.priority,
            "tags": ticket.tags,
            "first_response_due_at": ticket.first_response_due_at,
            "resolution_due_at": ticket.resolution_due_at,
        }

    def mine(self) -> dict[str, Any]:
        """What the person wants the ticket to say, by property."""
        said = self.cleaned_data
        customer = said["new_customer"] or (said["customer"].name if said["customer"] else "")
        return {name: said[name] for name in (*PLAIN, *DEADLINES)} | {
            "customer": customer,
            "category": said["category_name"],
        }


def with_theirs(posted: Any, ticket: Ticket, names: Collection[str] | None = None) -> QueryDict:
    """What was sent, with what stands in place of it for some properties: by default those marked as "theirs"."""
    if names is None:
        names = [name for name in EDITED if posted.get(f"keep_{name}") == "theirs"]
    stands, mixed = EditForm.initial_of(ticket), posted.copy()
    for name in names:
        for part in PARTS.get(name, (name,)):
            mixed[part] = _as_sent(stands.get(part))
    return mixed


def _as_sent(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if hasattr(value, "astimezone"):
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M:%S")
    return "" if value is None else str(value)
