"""Who has read a playbook, and who has to read it again."""

from collections.abc import Collection

from django.db.models import Max, QuerySet

from accounts.models import Member
from playbooks.models import Acknowledgement, Playbook, Run, Version

OUT = (Version.State.PUBLISHED, Version.State.SUPERSEDED)


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


def _acknowledged(company_id: int, versions: QuerySet[Version]) -> set[int]:
    return _ids(Acknowledgement.objects.filter(company_id=company_id, version__in=versions), "member")


def _ids(rows: QuerySet, who: str) -> set[int]:
    found: Collection[int | None] = rows.order_by().values_list(f"{who}_id", flat=True).distinct()
    return {each for each in found if each is not None}
