"""How long a file is kept: so many months after the last decision on the person, then it is erased by itself.

Who is in a pipeline or was hired has no end. The owner of the last job is warned 14 days before, once for each end; a
file of which nobody could be warned in time, since the rule was made stricter, waits for its 14 days.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Company
from accounts.notifications import Notice, notify
from cs_platform.lib import clock
from hiring.models import Application, Candidate
from hiring.queries.settings import settings_of

WARNING = timedelta(days=14)
# One statement for one candidate or for all of a company; only rows whose end is another one are written.
WIND = """
UPDATE hiring_candidate c
   SET keep_until = e.until, warned_on = CASE WHEN e.until IS NOT NULL AND e.until <= c.keep_until THEN c.warned_on END
  FROM (
    SELECT k.id, CASE WHEN coalesce(bool_or(a.state IN ('active', 'hired')), false) THEN NULL
           ELSE (coalesce(max(a.closed_at), k.created_at) AT TIME ZONE %(zone)s
                 + make_interval(months => %(months)s))::date
           END AS until
      FROM hiring_candidate k
      LEFT JOIN hiring_application a ON a.company_id = k.company_id AND a.candidate_id = k.id
     WHERE k.company_id = %(company)s AND k.erased_at IS NULL AND k.merged_into_id IS NULL
       AND (%(candidate)s::bigint IS NULL OR k.id = %(candidate)s)
     GROUP BY k.id
  ) e
 WHERE c.id = e.id AND c.keep_until IS DISTINCT FROM e.until
"""


def wind_clock(*, company_id: int, candidate_id: int | None = None) -> int:
    """Sets the end of one file, or of all of a company. Returns how many have another end now."""
    company = Company.objects.get(id=company_id)
    with connection.cursor() as cursor:
        cursor.execute(
            WIND,
            {
                "company": company_id,
                "candidate": candidate_id,
                "months": settings_of(company_id).keep_months,
                "zone": str(company.zones().at(clock.now())),
            },
        )
        return cursor.rowcount


@transaction.atomic
def warn_of_ends(*, company_id: int, today: date) -> int:
    """Tells the owner of the last job of each file that ends within 14 days, once. Returns how many files."""
    ends = Candidate.objects.select_for_update(no_key=True, skip_locked=True).filter(
        company_id=company_id, erased_at__isnull=True, warned_on__isnull=True, keep_until__lte=today + WARNING
    )
    candidates = {candidate.id: candidate for candidate in ends}
    notify(company_id, _notices(company_id, candidates))
    Candidate.objects.filter(company_id=company_id, id__in=candidates).update(warned_on=today)
    return len(candidates)


def ended(company_id: int, today: date) -> list[Candidate]:
    """Files whose time is over and of which the owner heard 14 days ago at the latest."""
    over = Candidate.objects.filter(
        company_id=company_id,
        erased_at__isnull=True,
        keep_until__lt=today,
        warned_on__lte=today - WARNING,
    )
    return list(over.order_by("id"))


def _notices(company_id: int, candidates: dict[int, Candidate]) -> Iterator[Notice]:
    """Names ids alone: the name is looked up when somebody reads it."""
    applications = Application.objects.filter(company_id=company_id, candidate_id__in=candidates)
    newest = {each.candidate_id: each for each in applications.select_related("requisition").order_by("id")}
    for candidate_id, application in newest.items():
        yield Notice(
            member_id=application.requisition.owner_id,
            verb="candidate.ends_soon",
            key=f"candidate.ends_soon:{candidate_id}:{candidates[candidate_id].keep_until}",
            url=reverse("hiring:application", args=[application.id]),
            detail={"application": application.id, "until": str(candidates[candidate_id].keep_until)},
        )
