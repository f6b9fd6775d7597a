"""What is to be done with many tickets at once."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Member
from customers.actions import bulk
from customers.actions.bulk_events import MOST
from customers.models import Category, Priority, Status

STATES = [(key, Status(key).label) for key in bulk.STATES]
# What is done: the title of its form, and what the button says.
DEEDS: dict[str, tuple[Any, Any]] = {
    "assign": (gettext_lazy("Assign"), gettext_lazy("Assign")),
    "state": (gettext_lazy("Set the state"), gettext_lazy("Set state")),
    "category": (gettext_lazy("Set the category"), gettext_lazy("Set category")),
    "priority": (gettext_lazy("Set the priority"), gettext_lazy("Set priority")),
    "tags": (gettext_lazy("Change tags"), gettext_lazy("Change tags")),
    "spam": (gettext_lazy("Mark as spam"), gettext_lazy("Mark as spam")),
    "delete": (gettext_lazy("Delete"), gettext_lazy("Delete")),
}


class BulkForm(forms.Form):
    """do, ticket (many), back, and one field for what is done. Bound with `data`; `initial` is of a GET."""

    def __init__(self, member: Member, data: QueryDict | None = None, initial: QueryDict | None = None):
        self.member = member
        self.given = data if data is not None else initial or QueryDict()
        take = self.given.get("take", "")
        self.do = "assign" if take else self.given.get("do", "")
        self.do = self.do if self.do in DEEDS else "assign"
        self.ids, self.wrong = _numbers([take] if take else self.given.getlist("ticket"))
        super().__init__(data=_taking(data, take) if data is not None else None)
        self.fields |= self._fields()

    def _fields(self) -> dict[str, forms.Field]:
        if self.do == "assign":
            people = Member.objects.visible_to(self.member).active().filter(is_bot=False).order_by("name")
            names = [(str(pk), name) for pk, name in people.values_list("id", "name") if pk != self.member.id]
            mine = [("me", _("Me")), ("nobody", _("Nobody"))]
            return {"assignee": forms.ChoiceField(label=_("Assign to"), choices=[*mine, *names])}
        if self.do == "state":
            return {"state": forms.ChoiceField(label=_("State"), choices=STATES)}
        if self.do == "category":
            rows = Category.objects.visible_to(self.member).order_by("name")
            return {
                "category": forms.ModelChoiceField(
                    rows, label=_("Category"), required=False, empty_label=_("No category")
                )
            }
        if self.do == "priority":
            return {
                "priority": forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial="normal")
            }
        if self.do == "tags":
            help_text = _("With commas between.")
            return {
                "add": forms.CharField(
                    label=_("Add tags"), max_length=500, required=False, help_text=help_text
                ),
                "remove": forms.CharField(
                    label=_("Remove tags"), max_length=500, required=False, help_text=help_text
                ),
            }
        return {}

    def clean(self) -> dict[str, Any]:
        if self.wrong:
            raise forms.ValidationError(
                _("ticket: “%(value)s” is no number of a ticket.") % {"value": self.wrong[:40]}
            )
        if not self.ids:
            raise forms.ValidationError(_("Select at least one ticket."))
        if len(self.ids) > MOST:
            raise forms.ValidationError(_("At most %(most)s tickets at once.") % {"most": MOST})
        if self.given.get("do", "assign") not in DEEDS:
            raise forms.ValidationError(_("do: this cannot be done with many tickets."))
        return self.cleaned_data

    def clean_assignee(self) -> Member | None:
        value = self.cleaned_data["assignee"]
        if value == "me":
            return self.member
        return None if value == "nobody" else Member.objects.visible_to(self.member).get(id=int(value))

    def clean_add(self) -> list[str]:
        return _tags(self.cleaned_data["add"])

    def clean_remove(self) -> list[str]:
        return _tags(self.cleaned_data["remove"])

    def told(self, count: int) -> str:
        """What was done, for the message."""
        if self.do == "assign":
            person = self.cleaned_data["assignee"]
            words = ngettext(
                "%(count)s ticket is with %(name)s.", "%(count)s tickets are with %(name)s.", count
            )
            name = _("you") if person == self.member else person.name if person else _("nobody")
            return words % {"count": count, "name": name}
        words = {
            "spam": ngettext(
                "%(count)s ticket is marked as spam.", "%(count)s tickets are marked as spam.", count
            ),
            "delete": ngettext("%(count)s ticket is deleted.", "%(count)s tickets are deleted.", count),
        }.get(self.do) or ngettext("%(count)s ticket is changed.", "%(count)s tickets are changed.", count)
        return words % {"count": count}

    @property
    def title(self) -> str:
        return str(DEEDS[self.do][0])

    @property
    def button(self) -> str:
        return str(DEEDS[self.do][1])

    @property
    def query(self) -> str:
        """The filters of the list that is come back to."""
        return self.given.get("back", "")[:2_000]

    @property
    def back(self) -> str:
        index = reverse("customers:ticket_index")
        return (
            f"{index}?{self.query}"
            if self.query and "\n" not in self.query and "\r" not in self.query
            else index
        )


def _taking(data: QueryDict, take: str) -> QueryDict:
    """The button "Take it" of one row says whose ticket it will be."""
    if not take:
        return data
    sent = data.copy()
    sent["assignee"], sent["do"] = "me", "assign"
    return sent


def _numbers(values: list[str]) -> tuple[list[int], str]:
    """(ids, the first value that is none)."""
    wrong = next((v for v in values if not (v.isascii() and v.isdigit() and len(v) < 19)), None)
    return ([], wrong or " ") if wrong is not None else (list(dict.fromkeys(map(int, values))), "")


def _tags(text: str) -> list[str]:
    tags = [tag.strip() for tag in text.split(",") if tag.strip()]
    if any(len(tag) > 100 for tag in tags):
        raise forms.ValidationError(_("A tag has at most 100 letters."))
    return tags
