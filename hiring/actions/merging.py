"""Two rows of one person become one: applications and files move, the row that goes keeps what it said.

It can be taken back for 30 days, as far as nothing was changed since. An erasure of the one that stays erases both.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions import EditConflict
from hiring.models import Application, Candidate, CandidateFile, Scorecard
from hiring.queries.merging import CHOSEN, clashes

from .people import check_stands, locked_people
from .retention import wind_clock

FACTS = (*CHOSEN, "links", "member_id", "consent_text", "consented_at")


@transaction.atomic
def merge_candidates(
    *,
    actor: Member,
    kept: Candidate,
    gone: Candidate,
    versions: tuple[int, int] | None = None,
    from_gone: Collection[str] = (),
) -> Candidate:
    """All of `gone` is at `kept` afterwards. Twice is once.

    from_gone: of name, e-mail and phone those that are taken over although the other has its own. versions: of both,
    as they were seen. Raises EditConflict for older ones, ValidationError if both are in the pipeline of one job,
    work here as two people, or one of them scores the other.
    """
    rows = locked_people(actor.company_id, [kept.id, gone.id])
    kept, gone = rows[kept.id], rows[gone.id]
    if gone.merged_into_id == kept.id:
        return kept
    _check(kept, gone, versions)
    applications = Application.objects.filter(company_id=kept.company_id, candidate=gone)
    files = CandidateFile.objects.filter(company_id=kept.company_id, candidate=gone)
    moved: dict[str, Any] = {"applications": _ids(applications), "files": _ids(files)}
    applications.update(candidate=kept)
    files.update(candidate=kept)
    before = _told(kept)
    _take_over(kept, gone, from_gone)
    kept.version += 1
    kept.full_clean(exclude=["company", "merge"])
    kept.save()
    gone.merge = moved | {"before": before, "after": _told(kept)}
    gone.merged_into, gone.merged_at = kept, clock.now()
    gone.keep_until = gone.warned_on = None
    gone.version += 1
    gone.save()
    wind_clock(company_id=kept.company_id, candidate_id=kept.id)
    activity.record("candidate.merged", kept, actor=actor, gone=gone.id, **moved)
    return kept


@transaction.atomic
def unmerge_candidate(*, actor: Member, gone: Candidate) -> Candidate:
    """What came from `gone` goes back; what came to the other since stays there. Twice is once.

    Raises ValidationError when it is too late, or the other was merged or erased meanwhile.
    """
    kept_id = gone.merged_into_id
    rows = locked_people(actor.company_id, [gone.id] + ([kept_id] if kept_id else []))
    gone = rows[gone.id]
    if gone.merged_into_id is None:
        return gone
    kept = rows[gone.merged_into_id]
    check_stands(kept)
    if not gone.can_be_parted:
        raise ValidationError(_("Two entries are taken apart within 30 days. Now it is final."))
    moved = gone.merge
    theirs = {"company_id": kept.company_id, "candidate": kept}
    Application.objects.filter(**theirs, id__in=moved["applications"]).update(candidate=gone)
    CandidateFile.objects.filter(**theirs, id__in=moved["files"]).update(candidate=gone)
    now = _told(kept)
    for name, value in moved["before"].items():
        if now[name] == moved["after"][name]:
            setattr(kept, name, _instant(value) if name == "consented_at" else value)
    kept.version += 1
    kept.save()
    gone.merged_into, gone.merged_at, gone.merge = None, None, {}
    gone.version += 1
    gone.save()
    for each in (kept, gone):
        wind_clock(company_id=each.company_id, candidate_id=each.id)
    activity.record("candidate.unmerged", kept, actor=actor, gone=gone.id)
    return gone


def _check(kept: Candidate, gone: Candidate, versions: tuple[int, int] | None) -> None:
    if kept.id == gone.id:
        raise ValidationError(_("These are not two entries."))
    for each in (kept, gone):
        check_stands(each)
    for each, seen in zip((kept, gone), versions or (), strict=False):
        if each.version != seen:
            raise EditConflict(each, each.version)
    if jobs := clashes(kept, gone):
        words = _(
            "Both are in the pipeline of %(jobs)s. End one of the two there first: it is yours to say which."
        )
        raise ValidationError(words % {"jobs": ", ".join(map(str, jobs))})
    members = {each for each in (kept.member_id, gone.member_id) if each}
    if len(members) > 1:
        raise ValidationError(_("They work here as two different people."))
    cards = Scorecard.objects.filter(
        company_id=kept.company_id, application__candidate__in=[kept, gone], member_id__in=members
    )
    if cards.exclude(state=Scorecard.State.EXCUSED).exists():
        raise ValidationError(_("One of the two scores the other in an interview. Change that panel first."))


def _take_over(kept: Candidate, gone: Candidate, from_gone: Collection[str]) -> None:
    """What the one that stays does not have, what was chosen, all links, and the newer consent."""
    for name in CHOSEN:
        if getattr(gone, name) and (name in from_gone or not getattr(kept, name)):
            setattr(kept, name, getattr(gone, name))
    kept.links = "\n".join(dict.fromkeys([*kept.links.splitlines(), *gone.links.splitlines()]))
    kept.member_id = kept.member_id or gone.member_id
    if gone.consented_at and (kept.consented_at is None or gone.consented_at > kept.consented_at):
        kept.consent_text, kept.consented_at = gone.consent_text, gone.consented_at


def _told(candidate: Candidate) -> dict[str, Any]:
    """As JSON takes it."""
    told = {name: getattr(candidate, name) for name in FACTS}
    at = candidate.consented_at
    return told | {"consented_at": at.isoformat() if at else None}


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _ids(rows: Any) -> list[int]:
    return list(rows.order_by("id").values_list("id", flat=True))
