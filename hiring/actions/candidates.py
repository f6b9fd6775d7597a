"""People who apply, and their way through the stages."""

from datetime import date, datetime
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.actions import drop_draft, save_draft
from accounts.models import Member
from accounts.queries import draft_of
from cs_platform.lib import clock
from customers.actions import EditConflict
from hiring.models import Application, Candidate, CandidateNote, Interview, Requisition, Stage, StageMove

from .interviews import cancel_interview
from .people import check_stands
from .retention import wind_clock

SIGNED = signing.Signer(salt="hiring.moved")


@transaction.atomic
def add_candidate(
    *, actor: Member | None, company_id: int, name: str, email: str = "", **fields: Any
) -> Candidate:
    """Raises ValidationError that names the field. Consent is given with its words (`consent_text`).

    Somebody who works here is known by the e-mail address, so that they never open their own file.
    """
    if fields.get("consent_text"):
        fields.setdefault("consented_at", clock.now())
    candidate = Candidate(company_id=company_id, name=name.strip(), email=email.strip().lower(), **fields)
    candidate.member = candidate.member or _colleague(candidate)
    candidate.full_clean(exclude=["company"])
    candidate.save()
    activity.record("candidate.added", candidate, actor=actor)
    return candidate


@transaction.atomic
def change_candidate(*, actor: Member, candidate: Candidate, version: int, **fields: Any) -> Candidate:
    """Other facts about a person. Raises EditConflict for a stale version, ValidationError by field."""
    candidate = Candidate.objects.select_for_update(no_key=True).get(id=candidate.id)
    if candidate.version != version:
        raise EditConflict(candidate, candidate.version)
    check_stands(candidate)
    for name, value in fields.items():
        setattr(candidate, name, value)
    candidate.email = candidate.email.strip().lower()
    candidate.member = candidate.member or _colleague(candidate)
    candidate.version += 1
    candidate.full_clean(exclude=["company"])
    candidate.save()
    activity.record("candidate.changed", candidate, actor=actor, fields=sorted(fields))
    return candidate


@transaction.atomic
def apply(
    *,
    actor: Member | None,
    candidate: Candidate,
    requisition: Requisition,
    applied_at: datetime | None = None,
    **fields: Any,
) -> Application:
    """Puts a candidate into the first stage. Raises ValidationError for a closed job or a second application."""
    if requisition.state != Requisition.State.OPEN:
        raise ValidationError(_("This job is not open."))
    candidate = Candidate.objects.select_for_update(no_key=True).get(id=candidate.id)
    check_stands(candidate)
    stage = requisition.stages.order_by("position").first()
    if stage is None:
        raise ValidationError(_("This job has no stages yet."))
    now = applied_at or clock.now()
    try:
        with transaction.atomic():
            application = Application.objects.create(
                company_id=requisition.company_id,
                candidate=candidate,
                requisition=requisition,
                stage=stage,
                applied_at=now,
                stage_since=now,
                **fields,
            )
    except IntegrityError as error:
        raise ValidationError(
            _("%(name)s has applied for this job already.") % {"name": candidate}
        ) from error
    _note_move(application, stage, actor, now)
    wind_clock(company_id=application.company_id, candidate_id=application.candidate_id)
    activity.record("application.made", application, actor=actor, candidate=candidate.id)
    return application


@transaction.atomic
def move_application(*, actor: Member, application: Application, stage: Stage, version: int) -> Application:
    """To another stage of the same requisition. Raises EditConflict if somebody moved it meanwhile."""
    application = _locked(application)
    if application.stage_id == stage.id:
        return application
    _check(application, version)
    if stage.requisition_id != application.requisition_id:
        raise ValidationError({"stage": _("Choose a stage of this job.")})
    before = _next_of(application)
    application.next_action, application.next_by, application.next_on = "", None, None
    _into(stage, application, actor)
    _keep(actor, application, before | {"version": application.version})
    return application


@transaction.atomic
def take_back_move(*, actor: Member, application: Application, stage: Stage) -> Application:
    """Back into the stage out of which the actor has just moved it: what came next stands there again, unless somebody
    has planned another step since, and the time in the stage runs on. If it was moved or closed since, it is a move
    like any other."""
    application = _locked(application)
    before = _kept(actor, application)
    if (before.get("version"), before.get("stage")) != (application.version, stage.id):
        return move_application(
            actor=actor, application=application, stage=stage, version=application.version
        )
    _check(application, application.version)
    was_there = application.moves.filter(stage=stage).order_by("-moved_at", "-id").first()
    _into(stage, application, actor)
    if not _has_next(application):
        people = Member.objects.active().filter(company_id=application.company_id)
        application.next_action = before["action"]
        application.next_by = people.filter(id=before["by"]).first()
        application.next_on = date.fromisoformat(before["on"]) if before["on"] else None
    application.stage_since = was_there.moved_at if was_there else application.stage_since
    application.full_clean(exclude=["company"])
    application.save(update_fields=["next_action", "next_by", "next_on", "stage_since"])
    drop_draft(actor=actor, place=f"application:{application.id}:moved")
    return application


@transaction.atomic
def close_application(
    *,
    actor: Member,
    application: Application,
    state: str,
    why: str,
    version: int,
    cancels_interviews: bool = False,
) -> Application:
    """Turned down or withdrawn, by a person and with a reason.

    Planned interviews are cancelled with it where that is said, which panel and candidate are told by mail; else they
    have to be cancelled before.
    """
    application = _locked(application)
    if application.state == state:
        return application
    _check(application, version)
    if state not in (Application.State.REJECTED, Application.State.WITHDRAWN):
        raise ValidationError({"state": _("Choose turned down or withdrawn.")})
    if not why.strip():
        raise ValidationError({"why": _("Say why, for whoever reads this later.")})
    planned = list(application.interviews.filter(state=Interview.State.PLANNED).order_by("id"))
    if planned and not cancels_interviews:
        raise ValidationError(_("An interview is planned. Cancel it first, so that nobody waits for it."))
    for interview in planned:
        cancel_interview(actor=actor, interview=interview)
    application.state, application.close_reason = state, why.strip()[:400]
    application.closed_at = clock.now()
    application.version += 1
    application.save()
    _note_move(application, None, actor, application.closed_at, state)
    wind_clock(company_id=application.company_id, candidate_id=application.candidate_id)
    activity.record(f"application.{state}", application, actor=actor)
    return application


@transaction.atomic
def reopen_application(*, actor: Member, application: Application, version: int) -> Application:
    """Takes back a closing, unless the person was hired. Raises ValidationError if a newer application stands."""
    application = _locked(application)
    if application.is_active:
        return application
    if application.version != version:
        raise EditConflict(application, application.version)
    if application.state == Application.State.HIRED:
        raise ValidationError(_("A hire is not taken back here."))
    if application.candidate.erased_at:
        raise ValidationError(_("This file was erased; nothing new about the person is kept in it."))
    application.state, application.closed_at, application.close_reason = Application.State.ACTIVE, None, ""
    application.stage_since = clock.now()
    application.version += 1
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as error:
        raise ValidationError(_("There is a newer application for this job.")) from error
    _note_move(application, application.stage, actor, application.stage_since)
    wind_clock(company_id=application.company_id, candidate_id=application.candidate_id)
    activity.record("application.reopened", application, actor=actor)
    return application


@transaction.atomic
def plan_next(
    *, actor: Member, application: Application, action: str, by: Member | None, on: date | None
) -> Application:
    """What comes next, who does it and until when."""
    application = _locked(application)
    if not application.is_active:
        raise ValidationError(_("This application is closed."))
    application.next_action, application.next_by, application.next_on = action.strip(), by, on
    application.full_clean(exclude=["company"])
    application.save(update_fields=["next_action", "next_by", "next_on"])
    activity.record("application.planned", application, actor=actor)
    return application


@transaction.atomic
def add_candidate_note(*, actor: Member, application: Application, text: str) -> CandidateNote:
    """A note that is no rating. Raises ValidationError for an empty one, and for a person who was erased."""
    if application.candidate.erased_at:
        raise ValidationError(_("This file was erased; nothing new about the person is kept in it."))
    note = CandidateNote(
        company_id=application.company_id, application=application, author=actor, text=text.strip()
    )
    note.full_clean(exclude=["company"])
    note.save()
    activity.record("candidate_note.added", note, actor=actor)
    return note


def _colleague(candidate: Candidate) -> Member | None:
    """Who works here under this e-mail address."""
    if not candidate.email:
        return None
    return Member.objects.filter(company_id=candidate.company_id, email=candidate.email).first()


def _locked(application: Application) -> Application:
    return Application.objects.select_for_update(no_key=True, of=("self",)).get(id=application.id)


def _check(application: Application, version: int) -> None:
    if application.version != version:
        raise EditConflict(application, application.version)
    if not application.is_active:
        raise ValidationError(_("This application is closed."))


def _has_next(application: Application) -> bool:
    return bool(application.next_action or application.next_by_id or application.next_on)


def _next_of(application: Application) -> dict[str, Any]:
    """What comes next, and in which stage."""
    on = application.next_on.isoformat() if application.next_on else ""
    by = application.next_by_id
    return {"stage": application.stage_id, "action": application.next_action, "by": by, "on": on}


def _keep(actor: Member, application: Application, before: dict[str, Any]) -> None:
    """For an undo. It lies among the actor's drafts, where an erasure finds it; signed, since those come from
    browsers."""
    content = {"before": SIGNED.sign_object(before)}
    save_draft(actor=actor, place=f"application:{application.id}:moved", content=content)


def _kept(actor: Member, application: Application) -> dict[str, Any]:
    draft = draft_of(actor, f"application:{application.id}:moved")
    try:
        return SIGNED.unsign_object(draft.content["before"]) if draft else {}
    except (signing.BadSignature, KeyError, TypeError):
        return {}


def _into(stage: Stage, application: Application, actor: Member) -> None:
    application.stage, application.stage_since = stage, clock.now()
    application.version += 1
    application.save()
    _note_move(application, stage, actor, application.stage_since)
    activity.record("application.moved", application, actor=actor, stage=stage.id)


def _note_move(
    application: Application, stage: Stage | None, actor: Member | None, at: datetime, outcome: str = ""
) -> None:
    StageMove.objects.create(
        company_id=application.company_id,
        application=application,
        stage=stage,
        moved_at=at,
        moved_by=actor,
        outcome=outcome,
    )
