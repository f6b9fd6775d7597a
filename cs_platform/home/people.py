"""What needs doing about people, and about figures that do not come."""

from collections.abc import Collection
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from accounts.models.member import LEADING
from accounts.queries import adrift
from cs_platform.lib.words import day, duration, isolated
from metrics.queries import Present

from .need import Need, queue

LEAVES_SOON = timedelta(days=30)
# Figures take seconds; after this somebody should look.
LAGS = timedelta(minutes=10)
NAMED = 3


def lag(at: Present) -> list[Need]:
    if at.is_up_to_date or at.now - at.as_of < LAGS:
        return []
    return [
        Need(
            icon="refresh",
            title=_("Figures are being counted for long"),
            detail=_("What was written since then is not in them yet; a worker may have stopped"),
            due=_("for %(time)s") % {"time": duration((at.now - at.as_of).total_seconds())},
            is_late=True,
            act=_("See the state"),
            url=reverse("healthz"),
        )
    ]


def leavers(member: Member, team: Collection[int], today: date) -> list[Need]:
    soon = (
        Member.objects.visible_to(member)
        .active()
        .filter(id__in=team, left_on__range=(today, today + LEAVES_SOON))
    )
    return [
        Need(
            icon="user-check",
            title=_("%(name)s is leaving soon") % {"name": isolated(person.name)},
            detail=_("Hand over open tickets, customers and promises"),
            due=_("last day %(day)s") % {"day": day(person.left_on or today, today)},
            is_late=False,
            act=_("See their queue"),
            url=queue(assignee=person.id, state="unresolved"),
        )
        for person in soon.order_by("left_on", "name")[:NAMED]
    ]


def without_manager(member: Member, today: date) -> list[Need]:
    """People who report to a leaver, and people at the top who do not lead the company: they are in no team."""
    found = adrift(member.company_id, today)
    lost = [top.name for top in found.tops if top.role not in LEADING]
    needs = []
    if found.left:
        people = sum(found.left.values())
        title = ngettext("%(n)s person reports to a leaver", "%(n)s people report to leavers", people)
        needs.append(_about_lines("users", title % {"n": people}, list(found.left), True, _("Hand over")))
    if lost:
        title = ngettext("%(n)s person has no manager", "%(n)s people have no manager", len(lost))
        needs.append(_about_lines("sitemap", title % {"n": len(lost)}, lost, False, _("Set managers")))
    return needs


def _about_lines(icon: str, title: str, names: list[str], is_late: bool, act: str) -> Need:
    named = ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
    return Need(icon, title, named, "", is_late, act, reverse("accounts:person_index"))
