"""Who has read a playbook, and who has to read it again."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet

from accounts.models import Member
from playbooks.models import Acknowledgement, Playbook, Run, Version

OUT = (Version.State.PUBLISHED, Version.State.SUPERSEDED)
# So long somebody who has read a playbook is taken to know it, and so long an asking holds.
KNOWN_FOR = timedelta(days=90)


def last_material(playbook: Playbook) -> int | None:
    """The number of the newest published version that changed what a rep does; later ones changed words only."""
    rows = Version.objects.filter(
        company_id=playbook.company_id, playbook=playbook, state__in=OUT, change=Version.Change.MATERIAL
    )
    return rows.aggregate(newest=Max("number"))["newest"]


def to_read_again(playbook: Playbook) -> set[int]:
    """Ids of those who acknowledged or ran a version before the newest material one, and have not acknowledged it."""
    number = last_material(playbook)
    if number is None:
        return set()
    versions = Version.objects.filter(company_id=playbook.company_id, playbook=playbook)
    known = _acknowledged(playbook.company_id, versions.filter(number__gte=number))
    before = versions.filter(number__lt=number)
    runs = Run.objects.filter(company_id=playbook.company_id, version__in=before, is_trial=False)
    people = _acknowledged(playbook.company_id, before) | _ids(runs, "starter") | _ids(runs, "holder")
    return set(
        Member.objects.active().filter(id__in=people - known, is_bot=False).values_list("id", flat=True)
    )


def counts_from(playbook: Playbook) -> datetime | None:
    """What was acknowledged up to then does not count any more; None while readers were never asked again."""
    return playbook.readers_asked_at - KNOWN_FOR if playbook.readers_asked_at else None


def was_asked(playbook: Playbook, now: datetime) -> bool:
    """Whether readers were asked again and have time to answer still."""
    return playbook.readers_asked_at is not None and now - playbook.readers_asked_at < KNOWN_FOR


def to_ask_again(playbook: Playbook, at: datetime) -> set[int]:
    """Ids of those whose acknowledgement is old on a moment, or is of a version before the newest material one, which
    they did not write."""
    versions = Version.objects.filter(company_id=playbook.company_id, playbook=playbook, state__in=OUT)
    material = versions.filter(change=Version.Change.MATERIAL).order_by("-number")
    number, writers = material.values_list("number", "editors").first() or (0, [])
    people = Member.objects.active().filter(is_bot=False)
    said = Acknowledgement.objects.filter(
        company_id=playbook.company_id, version__in=versions, member__in=people
    )
    last = Max("acknowledged_at", filter=Q(version__number__gte=number))
    rows = said.order_by().values_list("member_id").annotate(last=last)
    return {
        member_id
        for member_id, known in rows
        if (known <= at - KNOWN_FOR if known else member_id not in writers)
    }


def _acknowledged(company_id: int, versions: QuerySet[Version]) -> set[int]:
    return _ids(Acknowledgement.objects.filter(company_id=company_id, version__in=versions), "member")


def _ids(rows: QuerySet, who: str) -> set[int]:
    found: Collection[int | None] = rows.order_by().values_list(f"{who}_id", flat=True).distinct()
    return {each for each in found if each is not None}
