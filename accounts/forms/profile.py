from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User

CONTINENTS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()  # noqa: SIM905
)


def zone_choices() -> list[tuple[str, object]]:
    """Time zones by continent, and none: the company's."""
    return [("", _("As the company")), ("UTC", "UTC"), *_zones_by_continent()]


@cache
def _zones_by_continent() -> tuple[tuple[str, list[tuple[str, str]]], ...]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted(available_timezones()):
        continent, slash, place = zone.partition("/")
        if slash and continent in CONTINENTS:
            groups.setdefault(continent, []).append((zone, place.replace("_", " ")))
    return tuple(groups.items())


class ProfileForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, required=False)

    class Meta:
        model = User
        fields = ["name", "language", "zone", "theme"]
        labels = {"name": _("Name"), "theme": _("Light or dark")}
        help_texts = {"name": _("How we greet you. The name beside figures is kept by your admins.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
