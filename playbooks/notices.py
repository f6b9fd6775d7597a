"""How notifications about playbooks read. Kept are ids; title and names are those of the moment it is read."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import Member, Notification
from accounts.notifications import Words
from cs_platform.lib import clock
from cs_platform.lib.words import day, isolated
from playbooks.models import Flag, Playbook, Scenario

SHORT = 140

ICONS = {
    "playbook.review_asked": "clipboard-check",
    "playbook.sent_back": "arrow-back-up",
    "playbook.published": "book-2",
    "playbook.read_again": "book-2",
    "playbook.readers_asked": "book-2",
    "playbook.owner_named": "user-check",
    "playbook.verifier_named": "user-check",
    "playbook.due_soon": "clock",
    "playbook.due_today": "clock",
    "playbook.expired": "alert-triangle",
    "playbook.expired_below": "alert-triangle",
    "playbook.unverified": "help-circle",
    "playbook.flagged": "flag",
    "playbook.flag_answered": "flag",
    "run.handed": "transfer",
}


def read(member: Member, rows: Sequence[Notification]) -> dict[int, Words]:
    """The words of each row, in three queries however many rows there are."""
    ids = {row.detail.get("playbook") for row in rows}
    titles = dict(Playbook.objects.visible_to(member).filter(id__in=ids).values_list("id", "title"))
    people = {row.detail[who] for row in rows for who in ("actor", "left") if row.detail.get(who)}
    names = dict(Member.objects.visible_to(member).filter(id__in=people).values_list("id", "name"))
    answers = _answers(member, rows)
    return {
        row.id: Words(
            ICONS[row.verb],
            _title(row, names),
            answers.get(row.detail.get("flag"), "")
            or _about(row, titles.get(row.detail.get("playbook"), "")),
        )
        for row in rows
    }


def _answers(member: Member, rows: Sequence[Notification]) -> dict[int | None, str]:
    """What was answered to flags, by their ids."""
    ids = {row.detail.get("flag") for row in rows if row.verb == "playbook.flag_answered"}
    if not ids:
        return {}
    found = Flag.objects.visible_to(member).filter(id__in=ids)
    told = found.values_list("id", "version__playbook__title", "answer")
    return {key: Truncator(f"{title}: {answer}").chars(SHORT) for key, title, answer in told}


WRITING_ICONS = {"writing_time.given": "calendar"}


def read_writing(member: Member, rows: Sequence[Notification]) -> dict[int, Words]:
    """Of writing time: for which scenario, and when."""
    ids = {row.detail.get("scenario") for row in rows}
    scenarios = dict(Scenario.objects.visible_to(member).filter(id__in=ids).values_list("id", "name"))
    people = {row.detail["actor"] for row in rows if row.detail.get("actor")}
    names = dict(Member.objects.visible_to(member).filter(id__in=people).values_list("id", "name"))
    return {row.id: _of_writing(row, scenarios, names) for row in rows}


def _of_writing(row: Notification, scenarios: dict[int, str], names: dict[int, str]) -> Words:
    name = isolated(names.get(row.detail.get("actor") or 0, "") or _("Somebody"))
    at = timezone.localtime(datetime.fromisoformat(row.detail["starts_at"]))
    about = [scenarios.get(row.detail["scenario"], ""), date_format(at, "j M, H:i")]
    title = _("%(name)s gave you time to write a playbook") % {"name": name}
    return Words(WRITING_ICONS[row.verb], title, " · ".join(filter(None, about)))


def _title(row: Notification, names: dict[int, str]) -> str:
    said: dict[str, Any] = {
        "name": isolated(names.get(row.detail.get("actor") or 0, "") or _("Somebody")),
        "left": isolated(names.get(row.detail.get("left") or 0, "") or _("Somebody")),
        "day": _day(row.detail.get("until", "")),
    }
    words = {
        "playbook.review_asked": _("%(name)s asks you to review a playbook"),
        "playbook.sent_back": _("%(name)s sent a playbook of yours back"),
        "playbook.published": _("%(name)s published a playbook of yours"),
        "playbook.read_again": _("A playbook you have read has changed: read it again"),
        "playbook.readers_asked": _("%(name)s asks you to read a playbook again"),
        "playbook.owner_named": _("%(name)s made you the owner of a playbook"),
        "playbook.verifier_named": _("%(name)s made you the verifier of a playbook"),
        "playbook.due_soon": _("Say by %(day)s whether this playbook still holds"),
        "playbook.due_today": _("Its verification ends %(day)s: does this playbook still hold?"),
        "playbook.expired": _("Expired %(day)s: nobody has said that this playbook still holds"),
        "playbook.expired_below": _("Expired %(day)s, and who should verify it has not answered"),
        "playbook.unverified": _("%(left)s left: name who answers for this playbook now"),
        "playbook.flagged": _("%(name)s says that a step is wrong"),
        "playbook.flag_answered": _("%(name)s answered what you said of a step"),
        "run.handed": _("%(name)s handed you a run of a playbook"),
    }
    return words[row.verb] % said


def _about(row: Notification, title: str) -> str:
    if not title:
        return _("The playbook is not there any more")
    number = row.detail.get("version")
    return _("%(title)s, version %(number)s") % {"title": title, "number": number} if number else title


def _day(text: str) -> str:
    return day(date.fromisoformat(text), clock.now().date()) if text else ""
