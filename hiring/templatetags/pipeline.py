"""Somebody in a stage, drawn: a board shows a hundred of them, so they are put together here and not in templates.

{% in_stage card %} is the time in the stage, {% seal card %} how many scorecards are in, {% due card %} who does what
comes next and until when, {% card card following to back %} all of it with its buttons. {% line line %} is a row of the
table.
"""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cs_platform.lib.words import day, isolated
from cs_platform.templatetags.ui import icon
from hiring.queries.board import Card, Line

register = template.Library()
IN = '<circle class="cand__in" cx="%s" cy="5" r="3.5"/>'
OUT = '<circle cx="%s" cy="5" r="3.5"/>'


@register.simple_tag
def in_stage(card: Card) -> SafeString:
    """Words and a bar; over the limit in words too."""
    kind, said = "fg", ngettext("%(n)s day", "%(n)s days", card.days) % {"n": card.days}
    if card.over:
        over = _("%(days)s, %(n)s over") % {"days": said, "n": card.over}
        kind, said = "watch", f'<span class="word word--watch">{icon("clock")}{over}</span>'
    else:
        said = f"<span>{said}</span>"
    return _drawn(
        f'<p class="cand__time">{said}<svg class="meter cand__meter" aria-hidden="true">'
        '<rect class="meter__bg" width="100%" height="3" rx="1.5"/>'
        f'<rect class="meter__{kind}" width="{card.share}%" height="3" rx="1.5"/></svg></p>'
    )


@register.simple_tag
def seal(card: Card) -> SafeString:
    """How many scorecards are in, never what they say."""
    if card.progress is None:
        return SafeString("")
    told = _("%(n)s of %(total)s submitted") % {"n": card.progress.submitted, "total": card.progress.total}
    dots = "".join((IN if is_in else OUT) % at for at, is_in in card.dots)
    drawn = f'<svg class="cand__dots" viewBox="0 0 {len(card.dots)}0 10" aria-hidden="true">{dots}</svg>'
    sign = icon("check" if card.progress.is_complete else "lock")
    return _drawn(f'<p class="cand__seal">{sign}{told}{drawn if dots else ""}</p>')


@register.simple_tag
def due(card: Card) -> SafeString:
    parts = [f"<bdi>{escape(card.next_by)}</bdi>"] if card.next_by else []
    if card.next_on:
        words = _("was due %(day)s") if card.was_due else _("by %(day)s")
        parts.append(words % {"day": day(card.next_on, card.today)})
    return _drawn(f'<p class="cand__by">{", ".join(parts)}</p>' if parts else "")


@register.simple_tag(name="card")
def draw(card: Card, following: int, to: str, back: str) -> SafeString:
    """A card of the board. following, to: the stage after its own and its name. back: the board."""
    name, action = card.name, ""
    if card.next_action:
        action = f'<p class="cand__next"><bdi>{escape(card.next_action)}</bdi></p>'
    return _drawn(
        f'<li class="cand"><a class="cand__name" href="{card.url}"><bdi>{escape(name)}</bdi></a>'
        f"{in_stage(card)}{seal(card)}{action}{due(card)}"
        f'<p class="cand__act">{_buttons(card, following, to, back, escape(isolated(name)))}</p></li>'
    )


@register.simple_tag(name="line")
def draw_line(line: Line) -> SafeString:
    """A row of the table."""
    card = line.card
    state = f", {escape(line.state)}" if line.state else ""
    detail = f", <bdi>{escape(line.source_detail)}</bdi>" if line.source_detail else ""
    return _drawn(
        f'<tr><th scope="row"><a class="cand__name" href="{card.url}"><bdi>{escape(card.name)}</bdi></a></th>'
        f'<td data-label="{escape(_("Stage"))}">{escape(line.stage)}{state}</td>'
        f"<td>{in_stage(card)}</td><td>{seal(card)}</td>"
        f'<td data-label="{escape(_("Next"))}"><bdi>{escape(card.next_action)}</bdi></td><td>{due(card)}</td>'
        f'<td data-label="{escape(_("Source"))}">{escape(line.source)}{detail}</td></tr>'
    )


def _buttons(card: Card, following: int, to: str, back: str, name: str) -> str:
    hidden = f'<span class="visually-hidden">: {name}</span>'
    move = f'<a href="{card.url}move/?next={escape(back)}">{_("Move")}{hidden}</a>'
    if not following:
        return move
    to = escape(_("To %(stage)s") % {"stage": to})
    return (
        f'<button form="move" type="submit" name="version" value="{card.version}"'
        f' formaction="{card.url}stages/{following}/">{to}{hidden}</button>{move}'
    )


def _drawn(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - every text of somebody's is escaped above
