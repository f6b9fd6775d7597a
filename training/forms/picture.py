"""What is tried at the big picture. Everything has a value that stands for "as it is now"."""

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cs_platform.lib.money import minor_units
from training.picture import Course
from training.queries.picture import Known, Tried

MOST_NEW, MOST_COST = Decimal(1_000_000), Decimal(10) ** 12
SCENARIOS = ("a", "b", "c")


def _number(label: Any, most: Decimal, least: Decimal = Decimal(0), places: int = 1, **more: Any) -> Any:
    widget = forms.NumberInput(attrs={"step": "any" if places > 1 else "0.1", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label,
        min_value=least,
        max_value=most,
        decimal_places=places,
        required=False,
        widget=widget,
        **more,
    )


def _share(percents: Decimal | None) -> float | None:
    return None if percents is None else float(percents / 100)


class PictureForm(forms.Form):
    """enrolment: the path from which somebody came, so that the figures can be kept with its lesson."""

    retention = _number(gettext_lazy("Customers kept a year, in %"), Decimal(100))
    accounts = _number(gettext_lazy("Accounts one rep saves a month"), Decimal(10_000))
    cost = _number(
        gettext_lazy("Cost of one rep a year"),
        MOST_COST,
        places=3,
        help_text=gettext_lazy(
            "Only if you want to set it against them. It is not kept unless you keep the figures."
        ),
    )
    enrolment = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)

    def __init__(self, known: Known, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        if known.currency:
            self.fields["cost"].label = _("Cost of one rep a year, in %(currency)s") % {
                "currency": known.currency
            }

    def clean_cost(self) -> Decimal | None:
        cost = self.cleaned_data["cost"]
        places = get_currency_precision(self.known.currency) if self.known.currency else 2
        if cost is not None and cost != round(cost, places):
            raise ValidationError(_("At most %(n)s decimals in this currency.") % {"n": places})
        return cost

    @property
    def tried(self) -> Tried:
        """Of a form that is valid; of one without an answer what is so now."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        kept, cost = _share(given.get("retention")), given.get("cost")
        course = Course(self.known.retention if kept is None else kept, self.known.given.new or 0.0)
        accounts = float(given.get("accounts") or 0)
        return Tried(
            _("Tried"),
            self.known,
            course,
            accounts,
            None if cost is None else minor_units(cost, self.known.currency),
        )


class ScenariosForm(forms.Form):
    """Up to three courses side by side; one without a word is left out. name: under which they are kept."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)

    def __init__(self, known: Known, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        for key in SCENARIOS:
            self.fields[f"retention_{key}"] = _number(_("Kept a year, in %"), Decimal(100))
            self.fields[f"new_{key}"] = _number(_("New customers a month"), MOST_NEW)
            self.fields[f"price_{key}"] = _number(_("Price change, in %"), Decimal(1000), Decimal(-100))

    @property
    def columns(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (key.upper(), [self[f"{part}_{key}"] for part in ("retention", "new", "price")])
            for key in SCENARIOS
        ]

    @property
    def tried(self) -> list[Tried]:
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        found = []
        for key in SCENARIOS:
            kept, new, price = (given.get(f"{part}_{key}") for part in ("retention", "new", "price"))
            if kept is None and new is None and price is None:
                continue
            share = _share(kept)
            course = Course(
                self.known.retention if share is None else share,
                (self.known.given.new or 0.0) if new is None else float(new),
                _share(price) or 0.0,
            )
            found.append(Tried(_("Scenario %(scenario)s") % {"scenario": key.upper()}, self.known, course))
        return found


class KeepScenariosForm(ScenariosForm):
    """To be kept by a name."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("name") or "").strip() and "name" not in self.errors:
            self.add_error("name", _("Give it a name."))
        parts = [f"{part}_{key}" for part in ("retention", "new", "price") for key in SCENARIOS]
        if not self.errors and all(cleaned.get(part) is None for part in parts):
            self.add_error("retention_a", _("Type at least one figure of a scenario."))
        return cleaned
