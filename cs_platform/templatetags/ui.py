"""Small parts that many pages share: {% icon "home" %}, {% field form.name %}, {{ name|initials }}."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A Tabler icon, drawn into the page: no request of its own, and it takes the colour of the text."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        extra,
        _shapes(name),
    )


@cache
def _shapes(name: str) -> SafeString:
    """What stands inside the icon's file, or nothing: a page without a picture is still a page."""
    found = finders.find(f"vendor/icons/{name}.svg")
    if not found:
        return SafeString("")
    inside = re.search(r"<svg[^>]*>(.*)</svg>", Path(str(found)).read_text(), re.DOTALL)
    return mark_safe(" ".join(inside.group(1).split()) if inside else "")  # noqa: S308 - our own file


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Label, control, help and errors. A label says what a field is, so no placeholder repeats it."""
    is_select = bound.widget_type in ("select", "nullbooleanselect")
    css_class = "form-select" if is_select else "form-control"
    return {"field": bound, "control": bound.as_widget(attrs={"class": css_class, "placeholder": False})}


@register.filter
def initials(name: str) -> str:
    """Two letters of a name, for the round face beside it."""
    words = str(name).split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
