"""What a playbook comes to: runs, steps, and tickets with and without it."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import MemberRequest
from accounts.views.access import member_required
from cs_platform.lib.sheets import csv_response
from metrics.comparison import bounds, headline
from playbooks.queries import effect as queries
from playbooks.queries.lists import readable


@require_safe
@member_required
def effect(request: MemberRequest, playbook: int) -> HttpResponseBase:
    """?version= is the one to look at; ?csv= gives the steps or the comparisons as a file."""
    found = get_object_or_404(readable(request.member).select_related("scenario", "company"), id=playbook)
    given = request.GET.get("version", "")
    shown = queries.effect(found, int(given) if given.isdecimal() and len(given) < 9 else None)
    name = f"playbook-{found.id}"
    if request.GET.get("csv") == "steps":
        return csv_response(f"{name}-steps", _step_header(), _step_rows(shown))
    if request.GET.get("csv") == "tickets":
        return csv_response(f"{name}-tickets", _ticket_header(), _ticket_rows(shown))
    return render(request, "playbooks/effect/show.html", {"shown": shown, "playbook": found})


def _step_header() -> list[str]:
    return ["#", _("Step"), _("Taken"), _("Median, seconds"), _("Timed"), _("Skipped"), _("Open flags")]


def _step_rows(shown: queries.Effect) -> Iterator[list[Any]]:
    for each in shown.steps:
        step = each.step
        yield [step.position, step.title, each.taken, each.seconds, each.timed, each.skipped, each.flags]


def _ticket_header() -> list[str]:
    return [_("Metric"), _("Tickets"), _("Value"), _("95 % low"), _("95 % high"), "n"]


def _ticket_rows(shown: queries.Effect) -> Iterator[list[Any]]:
    groups = ((shown.by_run, (_("With a run"), _("Without"))), (shown.by_version, (_("After"), _("Before"))))
    for compared, names in groups:
        for each in compared:
            for name, point in zip(names, (each.first, each.second), strict=True):
                told = point.n >= each.metric.minimum_n
                low, high = (bounds(each.metric, point) if told else None) or (None, None)
                value = headline(each.metric, point) if told else None
                yield [str(each.metric.title), name, value, low, high, point.n]
