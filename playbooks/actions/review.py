"""From a draft to what everybody reads: sent, answered, published, superseded."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from playbooks.graph import problems
from playbooks.models import Version
from playbooks.permissions import can_approve
from playbooks.queries.flags import open_flags
from playbooks.queries.graphs import graph_of

from .drafts import locked
from .flags import answer_flag
from .verification import mark_verified

State = Version.State


@transaction.atomic
def send_to_review(
    *, actor: Member, draft: Version, change: str, summary: str = "", reviewer: Member | None = None
) -> Version:
    """Raises ValidationError while the graph has a problem, or if the reviewer is the author."""
    draft = locked(actor, draft)
    if draft.state != State.DRAFT:
        raise ValidationError(_("This version is not a draft any more."))
    if reviewer is not None and reviewer.id in draft.editors:
        raise ValidationError({"reviewer": _("Choose somebody who did not write it.")})
    if found := problems(graph_of(draft)):
        raise ValidationError([problem.text for problem in found])
    draft.state, draft.change, draft.summary = State.IN_REVIEW, change, summary
    draft.reviewer, draft.sent_at, draft.answer = reviewer, clock.now(), ""
    draft.full_clean(exclude=["company"])
    draft.save()
    activity.record(
        "playbook.sent_to_review",
        draft.playbook,
        actor=actor,
        version=draft.number,
        reviewer=reviewer.id if reviewer else None,
    )
    return draft


@transaction.atomic
def withdraw(*, actor: Member, version: Version) -> Version:
    """Back to a draft, by whoever wrote it."""
    return _back(actor, version, "playbook.withdrawn", "")


@transaction.atomic
def send_back(*, actor: Member, version: Version, answer: str) -> Version:
    """Back to the author, with what is asked for."""
    if not answer.strip():
        raise ValidationError({"answer": _("Say what should be changed.")})
    return _back(actor, version, "playbook.sent_back", answer)


@transaction.atomic
def publish(*, actor: Member, version: Version, answers: Collection[int] = ()) -> Version:
    """From now on this is what everybody reads; the version before is superseded, runs of it stay on it.

    Who approves has read it, so it is verified from today on. answers: ids of flags that it puts right; those that were
    answered meanwhile stay as they are. Raises ValidationError for the author, for what is not in review, and while
    its owner is somebody who has left.
    """
    version = locked(actor, version)
    if version.state != State.IN_REVIEW:
        raise ValidationError(_("This version is not in review."))
    if not can_approve(actor, version):
        raise ValidationError(_("A second person approves: not the author."))
    now = clock.now()
    before = Version.objects.filter(
        company_id=actor.company_id, playbook=version.playbook, state=State.PUBLISHED
    )
    before.update(state=State.SUPERSEDED, superseded_at=now)
    version.state, version.approver, version.published_at = State.PUBLISHED, actor, now
    version.save()
    mark_verified(version.playbook, actor)
    activity.record(
        "playbook.published", version.playbook, actor=actor, version=version.number, change=version.change
    )
    for flag in open_flags(version.playbook).filter(id__in=answers):
        said = _("Version %(number)s answers this.") % {"number": version.number}
        answer_flag(actor=actor, flag=flag, answer=said, by=version)
    return version


def _back(actor: Member, version: Version, verb: str, answer: str) -> Version:
    version = locked(actor, version)
    if version.state != State.IN_REVIEW:
        raise ValidationError(_("This version is not in review."))
    version.state, version.answer, version.sent_at = State.DRAFT, answer, None
    version.save()
    activity.record(verb, version.playbook, actor=actor, version=version.number)
    return version
