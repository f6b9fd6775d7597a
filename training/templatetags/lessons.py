"""{{ item.body|lesson }}: the Markdown of a lesson, a brief or an assignment; {{ item.body|lesson:3 }} under an h2."""

from django import template
from django.utils.safestring import SafeString

from training.markdown import html_of

register = template.Library()


@register.filter
def lesson(text: str, top: int = 2) -> SafeString:
    """top: the level of the highest heading."""
    return html_of(text, top)
