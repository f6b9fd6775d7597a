"""The views of the queue: how many tickets each one of the house holds, and the saved ones."""

from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Member
from cs_platform.lib import clock
from customers.models import SavedView, Ticket

from .queue import DUE, tonight

COUNTED = 1_000
_UNRESOLVED = "status IN ('open', 'pending', 'on_hold')"
_PLAIN_DUE = DUE.replace("customers_ticket.", "")
_COUNTS = {
    "mine": f"{_UNRESOLVED} AND assignee_id = %(me)s",
    "unassigned": f"{_UNRESOLVED} AND assignee_id IS NULL",
    "today": f"status = 'open' AND {_PLAIN_DUE} >= %(now)s AND {_PLAIN_DUE} < %(tonight)s",
    "late": f"status = 'open' AND {_PLAIN_DUE} < %(now)s",
    "pending": "status = 'pending'",
    "reopened": f"{_UNRESOLVED} AND reopened_count > 0",
    "resolved": "status IN ('resolved', 'closed') AND last_resolved_at >= %(week)s",
    "open": _UNRESOLVED,
}
_COUNT = ", ".join(
    f"(SELECT count(*) FROM (SELECT FROM customers_ticket WHERE company_id = %(company)s AND {condition}"
    f" LIMIT {COUNTED + 1}) c)"
    for condition in _COUNTS.values()
)


def view_counts(member: Member) -> dict[str, str]:
    """How many tickets each view of the house holds, up to a thousand; one statement, each part by its index."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COUNT}",
            {
                "company": member.company_id,
                "me": member.id,
                "now": now,
                "tonight": tonight(),
                "week": now - timedelta(days=7),
            },
        )
        found = cursor.fetchone()
    return {
        key: str(count) if count <= COUNTED else _("1,000+")
        for key, count in zip(_COUNTS, found, strict=True)
    }


def has_tickets(member: Member) -> bool:
    return Ticket.objects.visible_to(member).exists()


def saved_views_of(member: Member) -> list[SavedView]:
    """One's own and the shared views, by name."""
    return list(SavedView.objects.visible_to(member).order_by("name", "id")[:100])
