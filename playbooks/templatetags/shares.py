"""Shares as people read them: {{ 0.76|percent }}, {{ interval|span }}."""

from collections.abc import Sequence

from django import template

from playbooks.queries.words import percent, span

register = template.Library()
register.filter("percent", percent)


@register.filter("span")
def _span(interval: Sequence[float | None]) -> str:
    return span(*interval)
