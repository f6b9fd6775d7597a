"""Minutes as hours: {{ minutes|hours }}."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def hours(minutes: float) -> str:
    """4.5 h; a dash for nothing."""
    if not minutes:
        return "–"
    return _("%(n)s h") % {"n": number_format(max(int(minutes / 6 + 0.5), 1) / 10, 1)}
