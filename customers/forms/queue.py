"""The views of the queue, and the form of its filters."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member, Role
from cs_platform.lib.days import DayField
from customers.models import Category, Channel, Customer, Priority, SavedView, Status

from .queue_filters import ANY, read_filters

# The views of the house, by key: their name and what they ask for.
VIEWS: dict[str, tuple[Any, dict[str, str]]] = {
    "mine": (gettext_lazy("My open"), {"assignee": "me", "state": "unresolved"}),
    "today": (gettext_lazy("Due today"), {"due": "today"}),
    "unassigned": (gettext_lazy("Unassigned"), {"assignee": "nobody", "state": "unresolved"}),
    "late": (gettext_lazy("Late"), {"due": "late"}),
    "pending": (gettext_lazy("Pending"), {"state": "pending"}),
    "reopened": (gettext_lazy("Reopened"), {"reopened": "yes", "state": "unresolved"}),
    "resolved": (gettext_lazy("Resolved, 7 days"), {"resolved": "7", "state": "done", "sort": "resolved"}),
    "open": (gettext_lazy("All open"), {"state": "unresolved"}),
}
OWN_VIEWS = ("mine", "today")


def view_query(member: Member, key: str) -> str:
    """What a view asks for, as a query string: of the house by its name, a saved one as s and its number."""
    if key in VIEWS:
        return urlencode(VIEWS[key][1])
    number = (
        key[1:] if key.startswith("s") and key[1:].isascii() and key[1:].isdigit() and len(key) < 19 else "0"
    )
    saved = SavedView.objects.visible_to(member).filter(id=int(number)).first()
    return saved.query if saved else ""


def current_view(query: str) -> str:
    """The key of the house's view that asks for the same, or nothing."""
    asked = dict(parse_qsl(query))
    return next((key for key, (_name, wanted) in VIEWS.items() if wanted == asked), "" if asked else "open")


class FilterForm(forms.Form):
    """All filters at once. It is never bound: what it sends is the address of the list, which is read above."""

    def __init__(self, member: Member, given: QueryDict):
        asked = read_filters(member, given, ignored=("after",))
        self.asked = asked
        self.kept = {"q": asked.filters.q} if asked.filters.q else {}
        sent: dict[str, Any] = dict(parse_qsl(asked.query))
        sent["state"] = list(asked.filters.states) if asked.filters.states != ANY else []
        super().__init__(initial=sent)
        people = list(Member.objects.visible_to(member).active().filter(is_bot=False).order_by("name"))
        any_one = ("", _("Any"))
        self.fields |= {
            "state": forms.MultipleChoiceField(
                label=_("State"),
                choices=[(state, Status(state).label) for state in ANY],
                widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
            ),
            "assignee": forms.ChoiceField(
                label=_("Assignee"),
                choices=[
                    any_one,
                    ("me", _("Me")),
                    ("nobody", _("Nobody")),
                    *((p.id, p.name) for p in people),
                ],
            ),
            "team": forms.ChoiceField(
                label=_("Team of"),
                choices=[any_one, *((p.id, p.name) for p in people if p.role in (Role.MANAGER, Role.LEADER))],
            ),
            "category": forms.ChoiceField(
                label=_("Category"),
                choices=[
                    any_one,
                    *Category.objects.visible_to(member).order_by("name").values_list("id", "name"),
                ],
            ),
            "priority": forms.ChoiceField(label=_("Priority"), choices=[any_one, *Priority.choices]),
            "channel": forms.ChoiceField(
                label=_("Channel"), choices=[any_one, *((c.name.lower(), c.label) for c in Channel)]
            ),
            "customer": forms.CharField(label=_("Customer, by the whole name"), max_length=300),
            "tag": forms.CharField(label=_("Tag"), max_length=100),
            "from": DayField(label=_("Opened from")),
            "to": DayField(label=_("Opened until")),
            "due": forms.ChoiceField(
                label=_("Clock"), choices=[any_one, ("late", _("Late")), ("today", _("Due today"))]
            ),
        }
        for name in self.fields:
            self.fields[name].required = False
        if asked.filters.customer:
            names = Customer.objects.visible_to(member).filter(id=asked.filters.customer)
            self.initial["customer"] = names.values_list("name", flat=True).first()
