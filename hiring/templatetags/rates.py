"""What one scorecard says of one attribute, drawn: a debrief shows dozens, so they are put together here.

{% said cell row %} is the words, {% cell cell row %} the whole cell, for ratings of others,
{% strip row %} all that count, on a scale.
"""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cs_platform.templatetags.ui import icon, prose
from hiring.queries.debrief import Cell, Row

register = template.Library()


@register.simple_tag
def said(cell: Cell, row: Row) -> SafeString:
    """The rating with its anchor, its evidence, and what was said later."""
    rating = cell.rating
    if rating is None:
        told = _("Nothing said") if cell.asked else _("Not asked to score")
        return _drawn(f'<span class="rates__anchor">{escape(told)}</span>')
    if rating.value is None:
        number, anchor = (
            '<span class="rates__n rates__n--none" aria-hidden="true">–</span>',
            _("No evidence, so not counted"),
        )
    else:
        number, anchor = f'<span class="rates__n">{rating.value}</span>', cell.anchor
    drawn = f'{number}<span class="rates__anchor">{escape(anchor)}</span>'
    return _drawn(drawn + (_words(cell, row) if cell.has_words else "") + _later(cell))


@register.simple_tag(name="cell")
def draw_cell(cell: Cell, row: Row) -> SafeString:
    begins = ' class="rates__begins"' if cell.column.is_first else ""
    return _drawn(f'<td role="cell" data-label="{escape(cell.column.label)}"{begins}>{said(cell, row)}</td>')


@register.simple_tag
def strip(row: Row) -> SafeString:
    """The ratings of an attribute on a scale from 1 to 5, which the first row names."""
    line = '<line class="rates__%s" x1="%s" x2="%s" y1="%s" y2="%s" />'
    drawn = line % ("ax", "4%", "96%", 8, 8)
    if row.spread:
        drawn += line % ("sp", *row.ends, 8, 8)
    drawn += line % ("mean", row.mean, row.mean, 0, 16)
    drawn += "".join(f'<circle class="rates__pt" cx="{at.x}" cy="8" r="{at.r}" />' for at in row.points)
    if row.is_first:
        drawn += "".join(
            f'<text x="{4 + 23 * n}%" y="29" text-anchor="middle">{n + 1}</text>' for n in range(5)
        )
    kind = "rates__strip rates__strip--num" if row.is_first else "rates__strip"
    return _drawn(f'<svg class="{kind}" role="img" aria-label="{escape(row.told)}">{drawn}</svg>')


def _words(cell: Cell, row: Row) -> str:
    evidence = cell.rating.evidence if cell.rating else ""
    drawn = f'<div class="rates__q">{prose(evidence)}</div>' if evidence else ""
    for sign in cell.signs:
        kind = _("Warning sign:") if sign.is_warning else _("Good sign:")
        quote = f": {escape(sign.quote)}" if sign.quote and sign.quote != evidence else ""
        drawn += (
            f'<p class="rates__sign">{icon("flag" if sign.is_warning else "plus")}<span>'
            f'<span class="visually-hidden">{escape(kind)} </span>{escape(sign.label)}{quote}</span></p>'
        )
    for sample in cell.samples:
        tries = (
            (_("First try"), sample.first_try),
            (_("Feedback"), sample.feedback),
            (_("Second try"), sample.second_try),
        )
        told = "".join(f"<dt>{escape(name)}</dt><dd>{prose(words)}</dd>" for name, words in tries if words)
        drawn += f'<dl class="rates__sample">{told}</dl>'
    hidden = f'<span class="visually-hidden">: {escape(row.name)}, {escape(cell.column.label)}</span>'
    summary = f'<summary class="small">{escape(_("Evidence"))}{hidden}</summary>'
    return f'<details class="rates__words"{" open" if row.is_apart else ""}>{summary}{drawn}</details>'


def _later(cell: Cell) -> str:
    drawn = ""
    for each in cell.revisions:
        value = (
            _("Later: no evidence") if each.value is None else _("Later: %(value)s") % {"value": each.value}
        )
        drawn += (
            f'<p class="rates__later"><strong>{escape(value)}</strong>'
            f' <span class="muted">{escape(each.reason)}</span></p>'
        )
    return drawn


def _drawn(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - every text of somebody's is escaped above
