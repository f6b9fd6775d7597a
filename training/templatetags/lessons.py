"""{{ item.body|lesson }}: the Markdown of a lesson, a brief or an assignment; {{ item.body|lesson:3 }} under an h2."""

from django import template
from django.utils.safestring import SafeString

from training.markdown import html_of
from training.models import Item

register = template.Library()

KINDS: dict[str, str] = {
    Item.Kind.LESSON: "book",
    Item.Kind.QUIZ: "help-circle",
    Item.Kind.RIDE_ALONG: "headset",
    Item.Kind.ROLE_PLAY: "theater",
    Item.Kind.ASSIGNMENT: "file-text",
    Item.Kind.SESSION: "calendar-event",
    Item.Kind.CHECKLIST: "list-check",
    Item.Kind.SIGN_OFF: "certificate",
}


@register.filter
def lesson(text: str, top: int = 2) -> SafeString:
    """top: the level of the highest heading."""
    return html_of(text, top)


@register.filter
def kind_icon(kind: str) -> str:
    """The icon of a kind of items."""
    return KINDS.get(kind, "circle")
