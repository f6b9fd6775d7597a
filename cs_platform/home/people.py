"""What needs doing about people, and about figures that do not come."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member, ReportingLine
from accounts.queries import roots
from cs_platform.lib.words import day, duration, isolated
from metrics.queries import pending_since

from .need import Need, queue

LEAVES_SOON = timedelta(days=30)
# Figures take seconds; after this somebody should look.
LAGS = timedelta(minutes=10)
NAMED = 3


def lag(member: Member, now: datetime) -> list[Need]:
    since = pending_since(member.company_id)
    if since is None or now - since < LAGS:
        return []
    return [
        Need(
            icon="refresh",
            title=_("Figures are being counted for long"),
            detail=_("What was written since then is not in them yet; a worker may have stopped"),
            due=_("for %(time)s") % {"time": duration((now - since).total_seconds())},
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
    """People at the top of the tree who do not lead the company: their figures are in no team."""
    top = roots(member.company_id, today)
    lost = [person for person in top if not (person.sees_everybody or person.is_bot or person.is_stub)]
    if not lost:
        return []
    title = ngettext("%(n)s person has no manager", "%(n)s people have no manager", len(lost))
    return [
        Need(
            icon="sitemap",
            title=title % {"n": len(lost)},
            detail=", ".join(person.name for person in lost[:NAMED]) + ("…" if len(lost) > NAMED else ""),
            due="",
            is_late=False,
            act=_("Set managers"),
            url=reverse("accounts:person_index"),
        )
    ]


def teams_without_manager(member: Member, today: date) -> list[Need]:
    """People who report to somebody who has left."""
    lines = (
        ReportingLine.objects.visible_to(member)
        .on(today)
        .filter(manager__is_active=False, member__is_active=True)
    )
    left = list(lines.values("manager__name").annotate(people=Count("id")).order_by("manager__name"))
    if not left:
        return []
    people = sum(row["people"] for row in left)
    reports = ngettext("%(n)s person reports to a leaver", "%(n)s people report to leavers", people)
    return [
        Need(
            icon="users",
            title=reports % {"n": people},
            detail=", ".join(row["manager__name"] for row in left[:NAMED])
            + ("…" if len(left) > NAMED else ""),
            due="",
            is_late=True,
            act=_("Hand over"),
            url=reverse("accounts:person_index"),
        )
    ]
