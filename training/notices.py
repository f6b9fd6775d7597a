"""How notifications about training read. Kept are ids; titles and names are those of the moment it is read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Member, Notification
from accounts.notifications import Notice, Words
from cs_platform.lib import clock
from cs_platform.lib.words import day, isolated
from playbooks.models import Playbook
from training.models import Certificate, Item, Programme

ICONS = {
    "enrolment.began": "route",
    "signoff.asked": "clipboard-check",
    "signoff.passed": "check",
    "signoff.not_yet": "arrow-back-up",
    "item.waived": "check",
    "certificate.issued": "certificate",
    "certificate.renewed": "certificate",
    "certificate.refresh_due": "refresh",
    "certificate.revoked": "ban",
    "certificate.ends_soon": "clock",
    "certificate.ends_today": "clock",
    "certificate.expired": "alert-triangle",
    "certificate.expired_below": "alert-triangle",
    "supervision.named": "user-check",
    "supervision.asked": "user-check",
}
# By what was seen to: the verbs that told of it.
ASKED = ("signoff.asked",)
ENDING = (
    "certificate.refresh_due",
    "certificate.ends_soon",
    "certificate.ends_today",
    "certificate.expired",
    "certificate.expired_below",
)


def page(name: str, *args: int) -> str:
    """The address of a page of training."""
    try:
        return reverse(f"training:{name}", args=args)
    except NoReverseMatch:
        return ""


def of_certificate(
    verb: str, certificate: Certificate, member_id: int | None, deed: str, actor_id: int | None = None
) -> Notice:
    """deed: what makes it another notice than the last one of this kind about this certificate."""
    told = {
        "certificate": certificate.id,
        "member": certificate.member_id,
        "playbook": certificate.playbook_id,
        "until": str(certificate.ends_on),
    }
    key = f"{verb}:{certificate.id}:{deed}"
    return Notice(member_id, verb, key, page("certificate", certificate.id), told, actor_id)


def read(member: Member, rows: Sequence[Notification]) -> dict[int, Words]:
    """The words of each row, in four queries however many rows there are."""
    people = _ids(rows, "actor") | _ids(rows, "member") | _ids(rows, "supervisor")
    names = dict(Member.objects.visible_to(member).filter(id__in=people).values_list("id", "name"))
    mine = {"company_id": member.company_id}
    titles: dict[str, dict[int, str]] = {
        name: dict(found.values_list("id", "title"))
        if (found := model.filter(id__in=_ids(rows, name)))
        else {}
        for name, model in {
            "playbook": Playbook.objects.visible_to(member),
            "programme": Programme.objects.filter(**mine),
            "item": Item.objects.filter(**mine),
        }.items()
    }
    return {row.id: Words(ICONS[row.verb], _title(row, names), _about(row, titles)) for row in rows}


def _ids(rows: Sequence[Notification], name: str) -> set[int]:
    return {row.detail[name] for row in rows if row.detail.get(name)}


def _title(row: Notification, names: dict[int, str]) -> str:
    said: dict[str, Any] = {
        who: isolated(names.get(row.detail.get(who) or 0, "") or _("Somebody"))
        for who in ("actor", "member", "supervisor")
    }
    said["day"] = _day(row.detail.get("until", ""))
    words = {
        "enrolment.began": _("Your path begins %(day)s"),
        "signoff.asked": _("%(member)s asks for a sign-off"),
        "signoff.passed": _("%(actor)s signed something off for you"),
        "signoff.not_yet": _("Not yet: %(actor)s says what is missing and what to do next"),
        "item.waived": _("%(actor)s let you off something on your path"),
        "certificate.issued": _("You are certified, until %(day)s"),
        "certificate.renewed": _("%(actor)s renewed a certificate of yours, until %(day)s"),
        "certificate.refresh_due": _("A process you are certified for has changed: refresh by %(day)s"),
        "certificate.revoked": _("%(actor)s revoked a certificate of yours"),
        "certificate.ends_soon": _("A certificate of yours ends %(day)s: ask for its renewal"),
        "certificate.ends_today": _("A certificate of yours ends today, %(day)s"),
        "certificate.expired": _("A certificate of yours expired after %(day)s"),
        "certificate.expired_below": _("A certificate of %(member)s expired after %(day)s"),
        "supervision.named": _("%(supervisor)s stands beside you for a process, until %(day)s"),
        "supervision.asked": _("You stand beside %(member)s for a process, until %(day)s"),
    }
    return words[row.verb] % said


def _about(row: Notification, titles: dict[str, dict[int, str]]) -> str:
    for name in ("item", "playbook", "programme"):
        if row.detail.get(name):
            return titles[name].get(row.detail[name], "") or _("It is not there any more")
    return ""


def _day(text: str) -> str:
    return day(date.fromisoformat(text), clock.now().date()) if text else ""
