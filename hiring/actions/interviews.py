"""Planning talks: who asks whom, when, with which kit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions import EditConflict
from hiring.models import Application, Interview, InterviewMail, KitVersion, PanelRole, Scorecard, Stage

from .invitations import write_mails
from .news import REPLACED, SCORED, seen_to

Kind = InterviewMail.Kind
# How long somebody has to put a scorecard in after the end of an interview.
PATIENCE = timedelta(hours=24)


@transaction.atomic
def plan_interview(
    *,
    actor: Member,
    application: Application,
    stage: Stage,
    kit: KitVersion,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    panel: Mapping[int, str],
    site: str = "",
    **fields: Any,
) -> Interview:
    """An interview with its panel: {member id: role}. Raises ValidationError that names the field.

    Panel and candidate are invited by mail, unless it lies behind. site: what links in the mails begin with.
    """
    application = Application.objects.select_for_update(no_key=True).get(id=application.id)
    if not application.is_active:
        raise ValidationError(_("This application is closed."))
    interview = Interview(
        company_id=application.company_id,
        application=application,
        stage=stage,
        kit=kit,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone,
        planned_by=actor,
        **fields,
    )
    interview.full_clean(exclude=["company"])
    interview.save()
    for member_id, role in _checked(application, panel).items():
        _assign(interview, member_id, role)
    write_mails(interview, Kind.INVITATION, [*panel, *_candidate(interview)], site)
    activity.record(
        "interview.planned", interview, actor=actor, application=application.id, panel=list(panel)
    )
    return interview


@transaction.atomic
def reschedule_interview(
    *,
    actor: Member,
    interview: Interview,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    version: int | None = None,
    site: str = "",
    **fields: Any,
) -> Interview:
    """Another time or place; scorecards are due after the new one. Only of an interview that was not held.

    Raises EditConflict if it was changed since that version.
    """
    interview = locked(interview, version)
    if interview.state != Interview.State.PLANNED:
        raise ValidationError(_("Only an interview that was not held can be moved."))
    interview.starts_at, interview.ends_at, interview.zone = starts_at, ends_at, zone
    for name, value in fields.items():
        setattr(interview, name, value)
    interview.sequence += 1
    interview.version += 1
    interview.full_clean(exclude=["company"])
    interview.save()
    interview.scorecards.waiting().update(due_at=ends_at + PATIENCE, reminded_at=None)
    write_mails(interview, Kind.INVITATION, [*_expected(interview), *_candidate(interview)], site)
    activity.record("interview.moved", interview, actor=actor, application=interview.application_id)
    return interview


@transaction.atomic
def cancel_interview(*, actor: Member, interview: Interview, why: str = "") -> Interview:
    """Scorecards that are not in are excused; those that are in stay. Twice is once."""
    interview = locked(interview)
    if interview.state == Interview.State.CANCELLED:
        return interview
    interview.state = Interview.State.CANCELLED
    interview.sequence += 1
    interview.version += 1
    interview.save(update_fields=["state", "sequence", "version"])
    write_mails(interview, Kind.CANCELLATION, [*_expected(interview), *_candidate(interview)])
    interview.scorecards.waiting().update(
        state=Scorecard.State.EXCUSED,
        excused_at=clock.now(),
        excused_by=actor,
        excuse=why or _("The interview was cancelled."),
    )
    activity.record("interview.cancelled", interview, actor=actor, application=interview.application_id)
    seen_to(actor, (*SCORED, *REPLACED), interview=interview.id)
    return interview


@transaction.atomic
def change_panel(
    *,
    actor: Member,
    interview: Interview,
    panel: Mapping[int, str],
    version: int | None = None,
    site: str = "",
) -> Interview:
    """Who is on the panel from now on: {member id: role}.

    A scorecard that is in stays, whoever is taken off; one that is not in goes if nothing was written on it, else it
    is excused. Raises ValidationError for somebody who cannot be on it, EditConflict if it was changed since that
    version.
    """
    interview = locked(interview, version)
    if interview.state == Interview.State.CANCELLED:
        raise ValidationError(_("This interview was cancelled."))
    wanted = _checked(interview.application, panel)
    cards = {card.member_id: card for card in interview.scorecards.select_for_update(no_key=True)}
    if gone := [card for id, card in cards.items() if id not in wanted and card.state == "submitted"]:
        raise ValidationError(
            _("The scorecard of %(name)s is in and stays; take nobody off who has scored.")
            % {"name": gone[0].member.name}
        )
    before = {id: card.role for id, card in cards.items() if card.state != Scorecard.State.EXCUSED}
    for member_id, role in wanted.items():
        card = cards.get(member_id)
        if card is None:
            _assign(interview, member_id, role)
        elif card.role != role and card.is_open:
            card.role = role
            card.save(update_fields=["role"])
        elif card.state == Scorecard.State.EXCUSED:
            _take_back_excuse(card, role)
    for member_id, card in cards.items():
        if member_id not in wanted and card.is_open:
            _take_off(actor, card)
    interview.sequence += 1
    interview.version += 1
    interview.save(update_fields=["sequence", "version"])
    gone_ids, new = (
        before.keys() - wanted.keys(),
        [id for id, role in wanted.items() if before.get(id) != role],
    )
    write_mails(interview, Kind.CANCELLATION, gone_ids)
    write_mails(interview, Kind.INVITATION, new, site)
    activity.record(
        "interview.panel_changed", interview, actor=actor, application=interview.application_id, panel=new
    )
    seen_to(actor, REPLACED, interview=interview.id)
    return interview


def locked(interview: Interview, version: int | None = None) -> Interview:
    """Deeds on one application queue at it, so that a debrief cannot open while somebody joins the panel."""
    Application.objects.select_for_update(no_key=True).get(id=interview.application_id)
    interview = Interview.objects.select_for_update(no_key=True).get(id=interview.id)
    if version is not None and interview.version != version:
        raise EditConflict(interview, interview.version)
    return interview


def _expected(interview: Interview) -> list[int]:
    cards = interview.scorecards.exclude(state=Scorecard.State.EXCUSED)
    return list(cards.values_list("member_id", flat=True))


def _candidate(interview: Interview) -> list[None]:
    return [None] if interview.tells_candidate else []


def _checked(application: Application, panel: Mapping[int, str]) -> Mapping[int, str]:
    if not panel:
        raise ValidationError({"panel": _("Name at least one interviewer.")})
    if len([role for role in panel.values() if role == PanelRole.LEAD]) > 1:
        raise ValidationError({"panel": _("One person leads an interview.")})
    people = Member.objects.active().filter(company_id=application.company_id, id__in=panel, is_bot=False)
    there = set(people.values_list("id", flat=True))
    if set(panel) - there:
        raise ValidationError({"panel": _("Somebody on the panel does not work here any more.")})
    if application.candidate.member_id in panel:
        raise ValidationError({"panel": _("Nobody can be on the panel of their own application.")})
    if set(panel.values()) - set(PanelRole.values):
        raise ValidationError({"panel": _("Choose a role for everybody on the panel.")})
    return panel


def _assign(interview: Interview, member_id: int, role: str) -> Scorecard:
    return Scorecard.objects.create(
        company_id=interview.company_id,
        interview=interview,
        application_id=interview.application_id,
        stage_id=interview.stage_id,
        member_id=member_id,
        role=role,
        due_at=interview.ends_at + PATIENCE,
    )


def _take_off(actor: Member, card: Scorecard) -> None:
    if card.state == Scorecard.State.ASSIGNED:
        card.delete()
        return
    card.state, card.excused_at, card.excused_by = Scorecard.State.EXCUSED, clock.now(), actor
    card.excuse = _("Taken off the panel.")
    card.save(update_fields=["state", "excused_at", "excused_by", "excuse"])


def _take_back_excuse(card: Scorecard, role: str) -> None:
    card.state = Scorecard.State.DRAFT if card.started_at else Scorecard.State.ASSIGNED
    card.role, card.excused_at, card.excused_by, card.excuse = role, None, None, ""
    card.save(update_fields=["state", "role", "excused_at", "excused_by", "excuse"])
