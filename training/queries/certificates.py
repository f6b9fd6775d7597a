"""Who is certified, for which process, and how far that can be trusted today."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Member
from playbooks.models import Playbook
from training.models import ORDER, TRUSTED, Certificate, Level, Standing, Supervision

# Days before the end of a certificate on which its holder hears of it.
NOTICES = (0, 7, 30)
# What `told` says once who is above has heard that a certificate is over.
OVER = -1


def nearest(left: int, told: int | None = None) -> int | None:
    """The notice that is due so many days before the end, or was given with something nearer before: 0, 7 or 30; None
    if it is too early."""
    due = [each for each in NOTICES if left <= each]
    known = [*due[:1], *([] if told is None else [told])]
    return min(known, default=None)


def newest_rows(rows: QuerySet) -> QuerySet:
    """Of some certificates those that no newer one has taken the place of."""
    newer = Certificate.objects.filter(
        company_id=OuterRef("company_id"),
        member_id=OuterRef("member_id"),
        playbook_id=OuterRef("playbook_id"),
        id__gt=OuterRef("id"),
        revoked_at__isnull=True,
    )
    return rows.filter(~Exists(newer))


def newest(
    company_id: int, members: Iterable[int] | None = None, playbooks: Iterable[int] | None = None
) -> dict:
    """{(member id, playbook id): Certificate}: of each the newest that was not revoked."""
    rows = Certificate.objects.filter(company_id=company_id, revoked_at__isnull=True)
    if members is not None:
        rows = rows.filter(member_id__in=members)
    if playbooks is not None:
        rows = rows.filter(playbook_id__in=playbooks)
    rows = rows.order_by("member_id", "playbook_id", "-id").distinct("member_id", "playbook_id")
    return {(row.member_id, row.playbook_id): row for row in rows}


def standing_on(standing: str, today: date) -> Q:
    """The certificates that stand so on a day: `Certificate.standing` as a condition."""
    over = Q(until__lt=today) | Q(refresh_by__isnull=False, refresh_by__lt=today)
    if standing == Standing.REVOKED:
        return Q(revoked_at__isnull=False)
    if standing == Standing.EXPIRED:
        return Q(revoked_at__isnull=True) & over
    return Q(revoked_at__isnull=True, refresh_by__isnull=standing == Standing.VALID) & ~over


def is_certified(member_id: int, playbook_id: int, company_id: int, today: date, level: str) -> bool:
    """Whether a certificate of the level, or of a higher one, can be trusted today."""
    rows = Certificate.objects.filter(
        company_id=company_id, member_id=member_id, playbook_id=playbook_id, revoked_at__isnull=True
    )
    return any(ORDER[row.level] >= ORDER[level] and row.standing(today) in TRUSTED for row in rows)


def is_supervised(member_id: int, playbook_id: int, company_id: int, today: date) -> bool:
    """Whether somebody active stands beside the member for this process today."""
    going = Q(ended_at__isnull=True, until__gte=today, supervisor__is_active=True)
    rows = Supervision.objects.filter(company_id=company_id, member_id=member_id, playbook_id=playbook_id)
    return rows.filter(going).exists()


def trains_for(company_id: int, playbook_id: int) -> bool:
    """Whether anybody is to know this process: only then a certificate is asked of its owner."""
    from training.models import Requirement

    return Requirement.objects.filter(company_id=company_id, playbook_id=playbook_id).exists()


def certificates_of(member: Member) -> list[Certificate]:
    """Every certificate of somebody, the newest first."""
    rows = Certificate.objects.filter(company_id=member.company_id, member=member)
    return list(rows.select_related("playbook", "issued_by", "revoked_by").order_by("-id"))


def trusted_rows(playbook: Playbook, today: date) -> list[Certificate]:
    """What lets somebody run a process on their own today: one row a person, with the member."""
    rows = Certificate.objects.filter(
        company_id=playbook.company_id, playbook=playbook, revoked_at__isnull=True, member__is_active=True
    )
    held = newest_rows(rows).select_related("member").order_by("member__name", "id")
    enough = ORDER[Level.INDEPENDENT]
    return [row for row in held if row.standing(today) in TRUSTED and ORDER[row.level] >= enough]
