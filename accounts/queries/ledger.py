"""The activity ledger, as an admin reads it: newest first, a page at a time, without counting."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.models import Activity, Member

SHOWN = 50
LOOK_BACK = timedelta(days=92)  # a filter looks through so much, since no index finds a rare verb


def ledger(
    member: Member, until: datetime, verb: str = "", who: Member | None = None, since: datetime | None = None
) -> QuerySet[Activity]:
    """What was done in the company before an instant, newest first."""
    rows = Activity.objects.filter(company_id=member.company_id, occurred_at__lt=until)
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    if verb:
        rows = rows.filter(verb__startswith=verb)
    if who is not None:
        rows = rows.filter(actor=who)
    return rows.select_related("actor").order_by("-occurred_at", "-id")


def older_than(rows: QuerySet[Activity], occurred_at: datetime, row_id: int) -> QuerySet[Activity]:
    """The rows after one in the ledger's order."""
    return rows.filter(occurred_at__lte=occurred_at).filter(Q(occurred_at__lt=occurred_at) | Q(id__lt=row_id))


def names_of(rows: list[Activity]) -> dict[int, str]:
    """Names of the people that rows are about."""
    ids = {row.subject_id for row in rows if row.subject_type == "member"}
    return dict(Member.objects.filter(id__in=ids).values_list("id", "name")) if ids else {}
