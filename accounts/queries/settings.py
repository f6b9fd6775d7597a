"""What the pages of settings show of a company."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.models import ApiKey, Company, CompanyZone, Outbox

MOST_KEYS = 200
MOST_REVOKED = 20


@dataclass(frozen=True)
class ZoneHistory:
    """rows: the newest first. now: the one in force."""

    rows: list[CompanyZone]
    now: CompanyZone


def zone_history(company: Company, day: date) -> ZoneHistory:
    rows = list(company.zone_rows.order_by("-valid_from"))
    return ZoneHistory(rows, next(row for row in rows if row.valid_from <= day))


def is_counting_anew(company: Company) -> bool:
    """Whether a new follow-up window has yet to reach the tickets."""
    waiting = Outbox.objects.filter(company_id=company.id, verb="company.follow_up_changed")
    return waiting.exists()


def keys_in_use(company: Company) -> QuerySet[ApiKey]:
    return _keys(company).filter(revoked_at__isnull=True).order_by("-id")[:MOST_KEYS]


def keys_revoked(company: Company) -> QuerySet[ApiKey]:
    """The last of them."""
    return _keys(company).filter(revoked_at__isnull=False).order_by("-revoked_at")[:MOST_REVOKED]


def _keys(company: Company) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(company_id=company.id).select_related("member")
