"""{% part "metrics/_lane.html" lane=lane %}: a part of a page that shows what it is given and nothing else."""

import pickle
from hashlib import sha256
from typing import Any

from django import template
from django.conf import settings
from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def part(template_name: str, **given: Any) -> SafeString:
    """The template drawn with what is given, and with nothing of the page around it: no request, no reader.

    So what was drawn from equal content before is taken again, in the reader's language and zone. Only for parts
    that are dear to draw, and whose content can be pickled.
    """
    if settings.DEBUG:  # a changed template shows at once
        return mark_safe(render_to_string(template_name, given))  # noqa: S308 - a template of ours
    said = pickle.dumps((template_name, get_language(), get_current_timezone_name(), given), protocol=5)
    key = sha256(said).hexdigest()
    drawn = caches["parts"].get(key)
    if drawn is None:
        drawn = str(render_to_string(template_name, given))
        caches["parts"].set(key, drawn)
    return mark_safe(drawn)  # noqa: S308 - a template of ours
