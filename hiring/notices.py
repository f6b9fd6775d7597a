"""How notifications about interviews read. Kept are ids: the job and the day are those of the moment it is read, and
no name of a candidate, no verdict and no reason stands in any of them."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Member, Notification
from accounts.notifications import Words
from cs_platform.lib import clock
from cs_platform.lib.words import day, isolated
from hiring.models import Application, Interview

ICONS = {
    "interview.assigned": "calendar",
    "interview.moved": "calendar",
    "interview.cancelled": "calendar-off",
    "scorecard.due": "clock",
    "scorecard.excused": "user-minus",
    "debrief.opened": "lock-open",
    "decision.made": "clipboard-check",
    "decision.answered": "clipboard-check",
    "letter.not_sent": "alert-triangle",
    "candidate.ends_soon": "clock",
}


def room_of(card_id: int) -> str:
    return reverse("hiring:room", args=[card_id])


def read(member: Member, rows: Sequence[Notification]) -> dict[int, Words]:
    """The words of each row, in three queries however many rows there are."""
    interviews = Interview.objects.visible_to(member).filter(id__in=_ids(rows, "interview"))
    held = {each.id: each for each in interviews.select_related("application__requisition")}
    reachable = Application.objects.visible_to(member).filter(id__in=_ids(rows, "application"))
    jobs = {each.id: str(each.requisition) for each in reachable.select_related("requisition")}
    people = Member.objects.visible_to(member).filter(id__in=_ids(rows, "actor") | _ids(rows, "who"))
    names = dict(people.values_list("id", "name"))
    return {
        row.id: Words(
            ICONS[row.verb],
            _title(row, names),
            _about(held.get(row.detail.get("interview")), jobs.get(row.detail.get("application"), "")),
        )
        for row in rows
    }


def _ids(rows: Sequence[Notification], name: str) -> set[int]:
    return {row.detail[name] for row in rows if row.detail.get(name)}


def _title(row: Notification, names: dict[int, str]) -> str:
    said = {
        "name": isolated(names.get(row.detail.get("actor") or 0, "") or _("Somebody")),
        "until": _day(row.detail.get("until", "")),
        "who": isolated(names.get(row.detail.get("who") or 0, "") or _("Somebody")),
    }
    words = {
        "interview.assigned": _("%(name)s put you on the panel of an interview"),
        "interview.moved": _("%(name)s moved an interview of yours"),
        "interview.cancelled": _("%(name)s cancelled an interview of yours"),
        "scorecard.due": _("Your scorecard is due"),
        "scorecard.excused": _("%(who)s will not score: does the panel need somebody else?"),
        "debrief.opened": _("All scorecards are in: the debrief is open"),
        "decision.made": _("%(name)s asks you to answer a decision"),
        "decision.answered": _("%(name)s answered a decision of yours"),
        "letter.not_sent": _("A letter to a candidate could not be sent"),
        "candidate.ends_soon": _("A candidate's file ends %(until)s and is erased then"),
    }
    return words[row.verb] % said


def _day(text: str) -> str:
    return day(date.fromisoformat(text), clock.now().date()) if text else ""


def _about(interview: Interview | None, job: str) -> str:
    if interview is None:
        return job or _("It is not there any more")
    at = date_format(timezone.localtime(interview.starts_at), "D j M, H:i")
    return f"{interview.application.requisition} · {at}"
