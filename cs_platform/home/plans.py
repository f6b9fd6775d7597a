"""What needs doing about development plans: reviews whose day has passed."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from cs_platform.lib.words import day, isolated, whole
from metrics.queries import Present
from training.queries.plans import reviews_late

from .need import Need


def of_plans(member: Member, at: Present, team: Collection[int] | None = None) -> list[Need]:
    """Of a team, or with none of the whole company; in one query."""
    found = reviews_late(member.company_id, at.today, team)
    if found is None:
        return []
    title = ngettext("%(n)s plan review is overdue", "%(n)s plan reviews are overdue", found.count)
    is_one = found.count == 1
    return [
        Need(
            icon="trending-up",
            title=title % {"n": whole(found.count)},
            detail=_("%(name)s: %(title)s") % {"name": isolated(found.name), "title": isolated(found.title)},
            due=_("since %(day)s") % {"day": day(found.since, at.today)},
            is_late=True,
            act=_("Review") if is_one else _("See them"),
            url=reverse("training:plan", args=[found.plan]) if is_one else reverse("training:plans"),
        )
    ]
