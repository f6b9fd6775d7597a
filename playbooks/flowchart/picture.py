"""The flowchart of a playbook as SVG. Classes only: colours come from static/css/playbooks.css, in both themes."""

from collections.abc import Collection, Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playbooks.graph import Graph, Kind, Problem

from .layers import Thing
from .lines import laid, path, tip
from .places import LINE, plan
from .words import width

# Pictures up to so many pixels shrink to about three quarters, by static/css/playbooks.css; small ones do not.
SMALL, SIZES = 560, {"m": 760, "l": 1000, "xl": 1400}


def draw(
    graph: Graph,
    *,
    problems: Iterable[Problem] = (),
    changed: Collection[str] = frozenset(),
    new: Collection[str] = frozenset(),
    now: str = "",
) -> SafeString:
    """The picture of the steps; empty for a graph without steps. changed, new: keys of steps. now: the step at hand."""
    if not graph.nodes:
        return SafeString("")
    made = plan(graph)
    lines = laid(made)
    wrong = {problem.key for problem in problems if problem.exit is None}
    parts = [
        f'<path class="flow__edge{" flow__edge--open" * is_open}" d="{path(points)}"/>'
        for points, _tip, is_open in lines
    ]
    parts += [f'<path class="flow__tip" d="{tip(points)}"/>' for points, has_tip, _open in lines if has_tip]
    for layer in made.layers:
        for thing in layer:
            if thing.kind == "label":
                parts.append(_label(thing))
            elif thing.kind == "gap":
                parts.append(_gap(thing))
    for number, node in enumerate(graph.nodes, 1):
        signs = [
            sign
            for sign, holds in (
                ("now", node.key == now),
                ("new", node.key in new),
                ("changed", node.key in changed),
                ("problem", node.key in wrong),
            )
            if holds
        ]
        parts.append(_step(made.steps[node.key], number, node.kind, node.title, signs))
    said = ngettext("Flowchart of %(n)s step", "Flowchart of %(n)s steps", len(graph)) % {"n": len(graph)}
    wide, high = round(made.width), round(made.height)
    # How far it may shrink before it scrolls.
    size = (
        next((f" flow--{name}" for name, most in SIZES.items() if wide <= most), "") if wide > SMALL else ""
    )
    return mark_safe(  # noqa: S308 - escaped where it comes from people
        f'<svg class="flow{size}" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img"'
        f' aria-label="{escape(said)}">{"".join(parts)}</svg>'
    )


def _step(thing: Thing, number: int, kind: Kind, title: str, signs: list[str]) -> str:
    classes = " ".join(["flow__node", *(f"flow__node--{sign}" for sign in signs)])
    left, top = thing.x - thing.left, thing.y
    bar = (
        f'<path class="flow__say" d="M{left + 1.5:g} {top + 4:g}V{top + thing.height - 4:g}"/>'
        if kind == Kind.SCRIPT
        else ""
    )
    return (
        f'<g class="{classes}" data-step="{escape(thing.key)}"><title>{number}. {escape(title)}</title>'
        f"{_shape(thing, kind)}{bar}{_words(thing, number, kind)}{_signs(thing, signs)}</g>"
    )


def _shape(thing: Thing, kind: Kind) -> str:
    left, right, top, high = thing.x - thing.left, thing.x + thing.right, thing.y, thing.height
    middle, low, box = top + high / 2, top + high, 'class="flow__shape"'
    if kind == Kind.DECISION:
        return f'<path {box} d="M{thing.x:g} {top:g}L{right:g} {middle:g}L{thing.x:g} {low:g}L{left:g} {middle:g}Z"/>'
    if kind == Kind.CHECK:
        return (
            f'<path {box} d="M{left + 14:g} {top:g}H{right - 14:g}L{right:g} {middle:g}L{right - 14:g} {low:g}'
            f'H{left + 14:g}L{left:g} {middle:g}Z"/>'
        )
    if kind == Kind.HANDOFF:
        edge = right - 16
        return f'<path {box} d="M{left:g} {top:g}H{edge:g}L{right:g} {middle:g}L{edge:g} {low:g}H{left:g}Z"/>'
    round_ = min(high / 2, 30) if kind in (Kind.START, Kind.END) else 6
    wide = thing.left + thing.right
    return f'<rect {box} x="{left:g}" y="{top:g}" width="{wide:g}" height="{high:g}" rx="{round_:g}"/>'


def _words(thing: Thing, number: int, kind: Kind) -> str:
    """The number in its ring, and the title: below it in a decision, beside it elsewhere."""
    high = LINE * len(thing.lines)
    if kind == Kind.DECISION:
        x, y = thing.x, thing.y + thing.height / 2 - (24 + high) / 2 + 6
        text_x, first, anchor = thing.x, y + 31, ' text-anchor="middle"'
    else:
        inset = 12 if kind in (Kind.CHECK, Kind.START, Kind.END) else 0
        x, y = thing.x - thing.left + 22 + inset, thing.y + thing.height / 2
        text_x, first, anchor = x + 18, y - high / 2 + 13.5, ""
    lines = "".join(
        f'<text class="flow__t" x="{text_x:g}" y="{first + LINE * at:g}"{anchor}>{escape(line)}</text>'
        for at, line in enumerate(thing.lines)
    )
    return (
        f'<circle class="flow__dot" cx="{x:g}" cy="{y:g}" r="10"/>'
        f'<text class="flow__n" x="{x:g}" y="{y + 4:g}" text-anchor="middle">{number}</text>{lines}'
    )


def _signs(thing: Thing, signs: list[str]) -> str:
    """What is to be known about the step, above its right corner."""
    names = {"new": _("New"), "changed": _("Changed"), "problem": _("Problem")}
    at = 0.0
    parts = []
    for sign in reversed(signs):
        if sign in names:
            css = "flow__gap-t" if sign == "problem" else "flow__st"
            x = thing.x + thing.right - 8 - at
            parts.append(
                f'<text class="{css}" x="{x:g}" y="{thing.y - 6:g}" text-anchor="end">{escape(names[sign])}</text>'
            )
            at += width(names[sign], 12) + 10
    return "".join(parts)


def _label(thing: Thing) -> str:
    return "".join(
        f'<text class="flow__exit" x="{thing.x + 8:g}" y="{thing.y + 14 + 16 * at:g}">{escape(line)}</text>'
        for at, line in enumerate(thing.lines)
    )


def _gap(thing: Thing) -> str:
    """An exit that leads nowhere, so that it is seen."""
    return (
        f'<path class="flow__gap" d="M{thing.x:g} {thing.y:g}l9 9l-9 9l-9 -9z"/>'
        f'<text class="flow__gap-t" x="{thing.x + 16:g}" y="{thing.y + 13:g}">{escape(_("Leads nowhere"))}</text>'
    )
