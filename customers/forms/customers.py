from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from cs_platform.lib.days import DayField, DayInput
from customers.models import Contact, Customer, CustomerFact
from customers.models.rules import check_days


class CustomerForm(forms.ModelForm):
    """Fields of a customer. `version` is the one that the editor saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    class Meta:
        model = Customer
        fields = ["name", "segment", "started_on", "ended_on", "churn_reason"]
        labels = {
            "name": gettext_lazy("Name"),
            "segment": gettext_lazy("Segment"),
            "started_on": gettext_lazy("Customer since"),
            "ended_on": gettext_lazy("Ended on"),
            "churn_reason": gettext_lazy("Why they left"),
        }
        widgets = {"started_on": DayInput, "ended_on": DayInput}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_days({name: cleaned.get(name) for name in self.changed_data})
        return cleaned

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class NewCustomerForm(CustomerForm):
    """A new customer with its owner. `key` is of the form as it was opened, so that sent twice it makes one."""

    owner = forms.ModelChoiceField(
        Member.objects.none(),
        label=gettext_lazy("Owner"),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )
    key = forms.RegexField(r"^[0-9a-f]{12}$", required=False, widget=forms.HiddenInput)

    class Meta(CustomerForm.Meta):
        fields = ["name", "external_id", "segment", "started_on"]
        labels = CustomerForm.Meta.labels | {"external_id": gettext_lazy("Number in other systems")}
        help_texts = {
            "external_id": gettext_lazy("What files and the API call it. Leave it empty for one of ours.")
        }
        widgets = {"started_on": DayInput}

    def __init__(self, member: Member, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.member = member
        self.fields["external_id"].required = False
        self.fields["owner"].queryset = people_of(member)  # type: ignore[attr-defined]

    def clean_external_id(self) -> str:
        external_id = self.cleaned_data["external_id"]
        taken = Customer.objects.visible_to(self.member).filter(external_id=external_id)
        if external_id and taken.exists():
            raise forms.ValidationError(_("There is a customer with this number already."))
        return external_id


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(
        Member.objects.none(), label=gettext_lazy("Owner"), required=False, empty_label=gettext_lazy("Nobody")
    )
    valid_from = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("Revenue and NPS answers from this day on count for the new owner."),
    )

    def __init__(self, member: Member, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = member.company.today()
        self.fields["owner"].queryset = people_of(member)  # type: ignore[attr-defined]

    def clean_valid_from(self) -> date:
        valid_from = self.cleaned_data["valid_from"]
        if valid_from > self.today:
            raise forms.ValidationError(_("Choose today or a day before it."))
        return valid_from


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["name", "title", "email", "phone"]
        labels = {
            "name": gettext_lazy("Name"),
            "title": gettext_lazy("What they do"),
            "email": gettext_lazy("E-mail"),
            "phone": gettext_lazy("Phone"),
        }
        widgets = {"phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class FactForm(forms.ModelForm):
    class Meta:
        model = CustomerFact
        fields = ["label", "value"]
        labels = {"label": gettext_lazy("What"), "value": gettext_lazy("Fact")}
        help_texts = {"label": gettext_lazy("Plan, renewal, who decides, how they like to be called.")}

    def __init__(self, customer: Customer, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.customer = customer

    def clean_label(self) -> str:
        label = self.cleaned_data["label"]
        facts = CustomerFact.objects.filter(company_id=self.customer.company_id, customer=self.customer)
        if facts.filter(label=label).exclude(id=self.instance.id).exists():
            raise forms.ValidationError(_("There is such a fact already; change that one."))
        return label


class ErasureForm(forms.Form):
    """Typed by hand, so that nobody erases by a slip."""

    name = forms.CharField(
        label=gettext_lazy("Type the name to confirm"),
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    with_name = forms.BooleanField(
        label=gettext_lazy("The customer is a person: erase its name and number too"), required=False
    )

    def __init__(self, wanted: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.wanted = wanted

    def clean_name(self) -> str:
        if self.cleaned_data["name"] != self.wanted.strip():
            raise forms.ValidationError(_("This is not the name as it stands above."))
        return self.cleaned_data["name"]


def people_of(member: Member):
    """Whom a customer can be given to."""
    return Member.objects.visible_to(member).active().filter(is_bot=False).order_by("name", "id")
