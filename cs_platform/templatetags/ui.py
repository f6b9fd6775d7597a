"""Small parts that many pages share: {% icon "home" %}, {% field form.name %}, {{ name|initials }}, {{ at|moment }}."""

import re
from datetime import date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.forms import BoundField
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cs_platform.lib import clock, undo, words

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


@register.filter
def isolated(name: str) -> str:
    """A name inside a sentence or a title; where markup can stand, <bdi> does the same."""
    return words.isolated(str(name))


@register.simple_tag(takes_context=True)
def nav(context: template.Context, view: str, name: str, title: str, key: str, count: int = 0) -> SafeString:
    """A place in the navigation: {% nav "customers:ticket_index" "inbox" _("Tickets") "t" %}.

    It is current on its own page and on all pages below it. key: opens it after g. Each page has ten of them, so
    they are put together here.
    """
    url = reverse(view)
    current = mark_safe(' aria-current="page"') if context["place"] == url else ""
    go = format_html(' data-go="{}"', key) if key else ""
    counted = format_html('<span class="side__count">{}</span>', count) if count else ""
    return format_html(
        '<a class="side__link" href="{}"{}{}>{}<span class="side__text">{}</span>{}</a>',
        url,
        current,
        go,
        icon(name),
        title,
        counted,
    )


@register.filter
def place(path: str) -> str:
    """The part of the site that a page lies in: /tickets/ of /tickets/12/merge/."""
    return f"/{path.split('/', 2)[1]}/"


@register.filter
def moment(at: datetime | None) -> SafeString:
    """An instant as a person reads it: 14:05 today, "20 Nov, 14:05" this year, "20 Nov 2025" before."""
    if at is None:
        return SafeString("")
    zone = timezone.get_current_timezone()
    return _told(at, zone, get_language(), timezone.localtime(clock.now(), zone).date())


@lru_cache(maxsize=4096)
def _told(at: datetime, zone: tzinfo, language: str | None, today: date) -> SafeString:
    """The same instant is told on many pages, and to put its words together takes as long as a small query."""
    local = timezone.localtime(at, zone)
    if local.date() == today:
        told = date_format(local, "H:i")
    elif local.date() == today - timedelta(days=1):
        told = _("yesterday, %(time)s") % {"time": date_format(local, "H:i")}
    elif local.year == today.year:
        told = date_format(local, "j M, H:i")
    else:
        told = date_format(local, "j M Y")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        date_format(local, "j F Y, H:i:s T"),
        told,
    )


@register.filter
def duration(seconds: float | timedelta | None) -> str:
    """At most two units: 3 d 4 h, 4 h 12 min, 12 min, 40 s; a dash for nothing."""
    if seconds is None:
        return "–"
    return words.duration(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)


@register.filter
def amount(number: float | None) -> str:
    """A count as a person reads it: 1,842; a dash for nothing."""
    return "–" if number is None else words.whole(number)


@register.filter
def day(on: date | datetime | None, form: str = "j M") -> str:
    """A day without its time: "20 Nov" this year, "20 Nov 2027" in another; {{ on|day:"D j M" }} names the weekday."""
    if on is None:
        return ""
    local = timezone.localtime(on).date() if isinstance(on, datetime) else on
    return words.day(local, timezone.localtime(clock.now()).date(), form)


@register.filter
def undo_url(extra_tags: str | None) -> str:
    """Where the Undo button of a message posts to, or nothing."""
    return undo.undo_url(extra_tags)


@register.filter
def prose(text: str) -> SafeString:
    """What somebody wrote: its paragraphs, and links where it names addresses."""
    has_address = "://" in text or "www." in text or "@" in text
    escaped = urlize(text, nofollow=True, autoescape=True) if has_address else escape(text)
    return mark_safe(linebreaks(escaped))  # noqa: S308 - escaped above
