"""What is decided on an application, by two people, with the composite as it stood.

Nobody is turned down by a machine: an approved "do not hire" changes nothing but what is known. A person writes the
letter (see `letters`).
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from hiring.models import Application, Decision, Offer
from hiring.queries.reckoning import Reckoning, reckon
from hiring.queries.sealing import is_debrief_open

from .news import ANSWERED, DECIDED, seen_to

# How much has to be said against a composite.
SHORTEST_REASON = 40
LONGEST = 4000
Outcome, State = Decision.Outcome, Decision.State


@transaction.atomic
def decide(*, actor: Member, application: Application, outcome: str, reason: str, seen: str) -> Decision:
    """Records a decision; one to hire or not waits for a second person, one more interview does not. Twice is once.

    seen: the `Reckoning.seen` of the composite on which it rests. Raises ValidationError: if the debrief is not open,
    the composite has changed since, another decision waits, too few scorecards are in, or a reason is missing.
    """
    application = _locked(application)
    reason = reason.strip()
    reckoning = reckon(application)
    if (same := _same(actor, application, outcome, reason, reckoning)) is not None:
        return same
    _check(application, reckoning, seen)
    if outcome not in Outcome.values:
        raise ValidationError({"outcome": _("Choose one of the three.")})
    if outcome != Outcome.MORE and not reckoning.is_enough:
        raise ValidationError(
            {"outcome": _("Too few scorecards to hire or not to hire: ask for one more interview.")}
        )
    is_against = reckoning.is_against(outcome)
    if is_against and len(reason) < SHORTEST_REASON:
        raise ValidationError(
            {
                "reason": _("This goes against the composite: say why, in %(n)s characters or more.")
                % {"n": SHORTEST_REASON}
            }
        )
    if len(reason) > LONGEST:
        raise ValidationError({"reason": _("Say it in at most %(n)s characters.") % {"n": LONGEST}})
    decision = Decision.objects.create(
        company_id=application.company_id,
        application=application,
        outcome=outcome,
        state=State.APPROVED if outcome == Outcome.MORE else State.PROPOSED,
        composite=reckoning.value,
        threshold=reckoning.threshold,
        reckoning=reckoning.kept,
        is_against=is_against,
        reason=reason,
        decided_by=actor,
    )
    activity.record("decision.made", decision, actor=actor, application=application.id)
    seen_to(actor, DECIDED, application=application.id)
    return decision


@transaction.atomic
def approve_decision(*, actor: Member, decision: Decision) -> Decision:
    """The second person says yes. Twice is once.

    Raises ValidationError for the first person, for one that does not wait, or if the composite is another by now.
    """
    application, decision = _both(decision)
    if decision.state == State.APPROVED and decision.approved_by_id == actor.id:
        return decision
    _check_second(actor, decision)
    now = reckon(application)
    if not is_debrief_open(application) or (now.kept, now.threshold) != (
        decision.reckoning,
        decision.threshold,
    ):
        raise ValidationError(
            _("Scorecards or weights have changed since this was decided: send it back, to be decided anew.")
        )
    decision.state, decision.approved_by, decision.approved_at = State.APPROVED, actor, clock.now()
    decision.save(update_fields=["state", "approved_by", "approved_at"])
    activity.record("decision.approved", decision, actor=actor, application=application.id)
    seen_to(actor, ANSWERED, application=application.id)
    return decision


@transaction.atomic
def send_decision_back(*, actor: Member, decision: Decision, answer: str) -> Decision:
    """The second person says no, with words. Whoever decided may take a decision back the same way."""
    application, decision = _both(decision)
    answer = answer.strip()
    if decision.state == State.REFUSED:
        return decision
    if decision.state != State.PROPOSED:
        raise ValidationError(_("This decision was approved already."))
    if not answer:
        raise ValidationError({"answer": _("Say why it is sent back.")})
    decision.state, decision.answer = State.REFUSED, answer[:LONGEST]
    decision.save(update_fields=["state", "answer"])
    activity.record("decision.sent_back", decision, actor=actor, application=application.id)
    seen_to(actor, ANSWERED, application=application.id)
    return decision


def _locked(application: Application) -> Application:
    """Scorecards and panels queue at the application too, so what is reckoned under it holds."""
    rows = Application.objects.select_for_update(no_key=True, of=("self",)).select_related("requisition")
    return rows.get(id=application.id)


def _both(decision: Decision) -> tuple[Application, Decision]:
    application = _locked(decision.application)
    return application, Decision.objects.select_for_update(no_key=True, of=("self",)).get(id=decision.id)


def _same(
    actor: Member, application: Application, outcome: str, reason: str, reckoning: Reckoning
) -> Decision | None:
    """The newest decision, if it is this very one, sent twice."""
    newest = application.decisions.exclude(state=State.REFUSED).order_by("-id").first()
    if newest is None or newest.decided_by_id != actor.id:
        return None
    kept = (newest.outcome, newest.reason, newest.reckoning, newest.threshold)
    return newest if kept == (outcome, reason, reckoning.kept, reckoning.threshold) else None


def _check(application: Application, reckoning: Reckoning, seen: str) -> None:
    if not application.is_active:
        raise ValidationError(_("This application is closed."))
    if not is_debrief_open(application):
        raise ValidationError(_("The debrief is closed: a scorecard is outstanding."))
    waiting = application.decisions.filter(state=State.PROPOSED).select_related("decided_by").first()
    if waiting is not None:
        raise ValidationError(
            _("%(name)s has decided already; a second person answers first.") % {"name": waiting.decided_by}
        )
    if reckoning.seen != seen:
        raise ValidationError(
            _("The composite has changed since you opened this page. Read it again, then decide.")
        )
    if application.offers.filter(state__in=[Offer.State.OUT, Offer.State.ACCEPTED]).exists():
        raise ValidationError(_("An offer stands. Take it back before deciding anew."))


def _check_second(actor: Member, decision: Decision) -> None:
    if decision.state != State.PROPOSED:
        raise ValidationError(_("This decision does not wait any more."))
    if decision.decided_by_id == actor.id:
        raise ValidationError(_("A second person approves what you decided."))
