"""The seat that somebody is offered, their answer, and the hire: one person, one line, one day."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.actions import LineRefused, change_member, enter_member, set_line
from accounts.models import Company, Member, Team
from accounts.permissions import roles_given_by
from cs_platform.lib import clock
from hiring.models import Application, Decision, Offer, Requisition, Stage, StageMove

from .candidates import move_application
from .news import OFFERED, seen_to
from .requisitions import set_requisition_state

State = Offer.State
# What may follow what; an offer that was declined or taken back is over.
ANSWERS = {
    State.OUT: (State.ACCEPTED, State.DECLINED, State.TAKEN_BACK),
    State.ACCEPTED: (State.DECLINED, State.TAKEN_BACK),
}


@transaction.atomic
def make_offer(
    *,
    actor: Member,
    application: Application,
    role: str,
    manager: Member | None,
    team: Team | None,
    starts_on: date,
) -> Offer:
    """Raises ValidationError: without an approved decision to hire, or with an offer that stands."""
    application = _locked(application)
    _check_open(application)
    if not is_to_be_hired(application):
        raise ValidationError(_("Somebody is offered a job after two people have decided to hire."))
    if role not in roles_given_by(actor):
        raise ValidationError({"role": _("Only admins give this role.")})
    if manager is not None and not manager.is_active:
        raise ValidationError({"manager": _("This person has left.")})
    offer = Offer(
        company_id=application.company_id,
        application=application,
        role=role,
        manager=manager,
        team=team,
        starts_on=starts_on,
        made_by=actor,
    )
    offer.full_clean(exclude=["company", "application"])
    try:
        with transaction.atomic():
            offer.save()
    except IntegrityError as error:
        raise ValidationError(_("There is an offer already.")) from error
    activity.record("offer.made", offer, actor=actor, application=application.id)
    seen_to(actor, OFFERED, application=application.id)
    _into_offer_stage(actor, application)
    return offer


@transaction.atomic
def answer_offer(*, actor: Member, offer: Offer, state: str) -> Offer:
    """Accepted or declined by the candidate, or taken back. Twice is once; after a hire nothing changes any more."""
    application = _locked(offer.application)
    offer = _locked_offer(offer)
    if offer.state == state:
        return offer
    if offer.member_id or application.state == Application.State.HIRED:
        raise ValidationError(_("This person is hired."))
    if state not in ANSWERS.get(State(offer.state), ()):
        raise ValidationError(_("This offer is over."))
    offer.state, offer.answered_at = state, clock.now()
    offer.save(update_fields=["state", "answered_at"])
    activity.record(f"offer.{state}", offer, actor=actor, application=application.id)
    seen_to(actor, OFFERED, application=application.id)
    return offer


@transaction.atomic
def hire(*, actor: Member, offer: Offer, email: str = "") -> Member:
    """Makes a member of whoever accepted, with the line of the offer from its first day on; somebody who works here
    keeps who they are and gets the new line. Closes the application, fills the job when its seats are taken.

    email: of a new person, the address at work. Twice is once. Raises ValidationError that names the field.
    """
    # Lines and people of a company queue at its row, which therefore comes before the application.
    company = Company.objects.select_for_update(no_key=True).get(id=offer.company_id)
    application = _locked(offer.application)
    offer = _locked_offer(offer)
    if offer.member is not None:
        return offer.member
    _check_open(application)
    if offer.state != State.ACCEPTED:
        raise ValidationError(_("Only somebody who has accepted an offer is hired."))
    if offer.role not in roles_given_by(actor):
        raise ValidationError(_("Only admins give the role of this offer."))
    person = _person(actor, company, application, offer, email)
    try:
        set_line(
            actor=actor, member=person, manager=offer.manager, valid_from=offer.starts_on, team=offer.team
        )
    except LineRefused as refused:
        raise ValidationError(_("The line cannot be: %(why)s") % {"why": refused}) from refused
    offer.member = person
    offer.save(update_fields=["member"])
    candidate = application.candidate
    if candidate.member_id is None:
        candidate.member = person
        candidate.save(update_fields=["member"])
    _close(actor, application)
    _fill(actor, application.requisition)
    activity.record("offer.hired", offer, actor=actor, application=application.id, member=person.id)
    return person


def is_to_be_hired(application: Application) -> bool:
    """Whether the newest decision that two people made is to hire."""
    decisions = application.decisions.exclude(state=Decision.State.REFUSED).order_by("-id")
    newest = decisions.values_list("outcome", "state").first()
    return newest == (Decision.Outcome.HIRE, Decision.State.APPROVED)


def _person(actor: Member, company: Company, application: Application, offer: Offer, email: str) -> Member:
    known = application.candidate.member
    if known is not None:
        if not known.is_active:
            raise ValidationError(_("This person has left: bring them back under People first."))
        # A new role counts at once, so one that begins later is given on its day.
        if known.role != offer.role and offer.starts_on <= company.today():
            change_member(actor=actor, member=known, role=offer.role)
        return known
    if not email.strip():
        raise ValidationError({"email": _("Give the e-mail address at work.")})
    try:
        with transaction.atomic():
            return enter_member(
                actor=actor,
                company=company,
                email=email,
                name=application.candidate.name,
                role=offer.role,
                started_on=offer.starts_on,
                left_on=None,
                invites=True,
            )
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error


def _close(actor: Member, application: Application) -> None:
    application.state, application.closed_at = Application.State.HIRED, clock.now()
    application.next_action, application.next_by, application.next_on = "", None, None
    application.version += 1
    application.save()
    StageMove.objects.create(
        company_id=application.company_id,
        application=application,
        stage=None,
        moved_at=application.closed_at,
        moved_by=actor,
        outcome=application.state,
    )
    activity.record("application.hired", application, actor=actor)


def _fill(actor: Member, requisition: Requisition) -> None:
    taken = requisition.applications.filter(state=Application.State.HIRED).count()
    if taken >= requisition.seats and requisition.state in (
        Requisition.State.OPEN,
        Requisition.State.ON_HOLD,
    ):
        set_requisition_state(actor=actor, requisition=requisition, state=Requisition.State.FILLED)


def _into_offer_stage(actor: Member, application: Application) -> None:
    stages = application.requisition.stages.filter(kind=Stage.Kind.OFFER).order_by("position")
    if application.stage.kind != Stage.Kind.OFFER and (stage := stages.first()) is not None:
        move_application(actor=actor, application=application, stage=stage, version=application.version)


def _locked(application: Application) -> Application:
    rows = Application.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("requisition", "candidate__member", "stage").get(id=application.id)


def _locked_offer(offer: Offer) -> Offer:
    rows = Offer.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("member", "manager", "team").get(id=offer.id)


def _check_open(application: Application) -> None:
    if not application.is_active:
        raise ValidationError(_("This application is closed."))
