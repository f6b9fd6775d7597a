"""What two people decide on an application."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Activity, Notification, Role
from accounts.outbox import react_once
from hiring.actions.decisions import approve_decision, decide, send_decision_back
from hiring.actions.requisitions import set_weights
from hiring.models import Attribute, Decision, PanelRole
from hiring.queries.reckoning import reckon
from tests.factories import a_member
from tests.hiring.making import a_card, an_application, an_interview, scored

pytestmark = pytest.mark.django_db
REASON = "The work sample tells more than the talk did: two customers would have had to ask again."


@pytest.fixture
def cast(harbour, ana, lee, mo, rae, zed):
    return SimpleNamespace(company=harbour, ana=ana, lee=lee, mo=mo, rae=rae, zed=zed)


def weigh_the_four(application, actor):
    four = Attribute.objects.filter(
        company_id=actor.company_id, key__in=["drive", "coachability", "positivity", "empathy"]
    )
    set_weights(actor=actor, requisition=application.requisition, weights=dict.fromkeys(four, 1))


def a_panel(cast, value=4, people=3):
    """An application with that many scorers, all in with the same rating."""
    application = an_application(cast.mo)
    weigh_the_four(application, cast.mo)
    panel = {cast.ana: PanelRole.LEAD} | {
        a_member(cast.company, f"Scorer{n}"): PanelRole.SCORER for n in range(people - 1)
    }
    interview = an_interview(cast.mo, application, panel)
    for member in panel:
        scored(a_card(interview, member), value=value)
    return application


def decided(actor, application, outcome="hire", reason="", seen=None):
    seen = reckon(application).seen if seen is None else seen
    return decide(actor=actor, application=application, outcome=outcome, reason=reason, seen=seen)


def post(member, name, row_id, **sent):
    client = Client()
    client.force_login(member.user)
    return client.post(reverse(f"hiring:{name}", args=[row_id]), sent)


def test_it_keeps_what_it_rests_on_and_waits_for_a_second_person(cast):
    application = a_panel(cast)
    decision = decided(cast.mo, application)

    assert (str(decision.composite), str(decision.threshold)) == ("4.000", "3.50")
    assert [line["mean"] for line in decision.reckoning] == ["4.000"] * 4
    assert [(line["n"], line["share"]) for line in decision.reckoning] == [(3, "0.250")] * 4
    assert (decision.state, decision.is_against) == ("proposed", False)
    # The ledger tells of a decision, and nothing of what it says.
    assert Activity.objects.get(verb="decision.made").detail == {"application": application.id}
    with pytest.raises(ValidationError, match="second person"):
        approve_decision(actor=cast.mo, decision=decision)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(id=decision.id).update(approved_by=cast.mo)

    approved = approve_decision(actor=cast.rae, decision=decision)
    assert (approved.state, approved.approved_by) == ("approved", cast.rae)
    assert approve_decision(actor=cast.rae, decision=decision).approved_at == approved.approved_at
    application.refresh_from_db()
    assert application.is_active


@pytest.mark.parametrize(("value", "outcome"), [(4, "no_hire"), (3, "hire")])
def test_it_asks_for_a_reason_against_the_composite(cast, value, outcome):
    application = a_panel(cast, value)
    for short in ("", "x" * 39, " " * 50):
        with pytest.raises(ValidationError) as refused:
            decided(cast.mo, application, outcome, short)
        assert "reason" in refused.value.error_dict
    decision = decided(cast.mo, application, outcome, REASON)
    assert (decision.is_against, decision.reason) == (True, REASON)


def test_at_the_line_is_above_it(cast):
    application = a_panel(cast, 4)
    application.requisition.threshold = "4.00"
    application.requisition.save()
    assert not decided(cast.mo, application).is_against


@pytest.mark.parametrize("outcome", ["hire", "no_hire"])
def test_it_takes_three_scorers(cast, outcome):
    application = a_panel(cast, people=2)
    with pytest.raises(ValidationError, match="Too few scorecards"):
        decided(cast.mo, application, outcome, REASON)
    # One more interview decides on nobody, so nobody has to approve it.
    assert decided(cast.mo, application, "more").state == "approved"
    assert decided(cast.mo, application, "more").id == Decision.objects.get().id


def test_it_takes_two_for_each_attribute(cast):
    application = a_panel(cast)
    every = Attribute.objects.filter(company_id=cast.company.id)
    set_weights(actor=cast.mo, requisition=application.requisition, weights=dict.fromkeys(every, 1))
    assert "Work sample" in reckon(application).lacking
    with pytest.raises(ValidationError, match="Too few scorecards"):
        decided(cast.mo, application)


def test_a_composite_that_changed_is_refused(cast):
    application = a_panel(cast)
    seen = reckon(application).seen
    late = a_member(cast.company, "Late")
    interview = an_interview(cast.mo, application, {late: PanelRole.SCORER}, kind="screen")
    with pytest.raises(ValidationError, match="outstanding"):
        decided(cast.mo, application, seen=seen)
    scored(a_card(interview, late), value=1)
    with pytest.raises(ValidationError, match="has changed since you opened"):
        decided(cast.mo, application, seen=seen)
    decision = decided(cast.mo, application)
    # Between the two people as well.
    other = an_interview(cast.mo, application, {late: PanelRole.SCORER}, kind="work_sample")
    with pytest.raises(ValidationError, match="decided anew"):
        approve_decision(actor=cast.rae, decision=decision)
    scored(a_card(other, late), value=1)
    weigh_the_four(application, cast.mo)
    with pytest.raises(ValidationError, match="decided anew"):
        approve_decision(actor=cast.rae, decision=decision)
    assert send_decision_back(actor=cast.rae, decision=decision, answer="Look again").state == "refused"
    assert decided(cast.mo, application, "no_hire", REASON).id != decision.id


def test_of_two_who_decide_one_is_first(cast):
    application = a_panel(cast)
    seen = reckon(application).seen
    first = decided(cast.mo, application, seen=seen)
    assert decided(cast.mo, application, seen=seen).id == first.id
    with pytest.raises(ValidationError, match="Mo has decided already"):
        decided(cast.rae, application, "no_hire", REASON, seen=seen)
    with pytest.raises(ValidationError, match="Mo has decided already"):
        decided(cast.mo, application, "no_hire", REASON, seen=seen)
    assert Decision.objects.count() == 1


def test_through_the_pages(cast):
    application = a_panel(cast)
    page = reverse("hiring:debrief", args=[application.id])
    sent = {"outcome": "no_hire", "reason": "No", "seen": reckon(application).seen}
    assert post(cast.ana, "decisions", application.id, **sent).status_code == 403
    assert post(cast.zed, "decisions", application.id, **sent).status_code == 404
    refused = post(cast.mo, "decisions", application.id, **sent)
    assert refused.status_code == 422
    assert b"against the composite" in refused.content and b">No</textarea>" in refused.content
    assert not Decision.objects.exists()

    answer = post(cast.mo, "decisions", application.id, **sent | {"reason": REASON})
    assert (answer.status_code, answer["Location"]) == (302, page)
    decision = Decision.objects.get()
    assert post(cast.mo, "decision_approval", decision.id).status_code == 403
    assert post(cast.ana, "decision_approval", decision.id).status_code == 403
    assert post(cast.rae, "decision_return", decision.id, answer=" ").status_code == 422
    # Whoever approved "do not hire" is led to the letter, and nobody was told anything yet.
    answer = post(cast.rae, "decision_approval", decision.id)
    assert answer["Location"] == reverse("hiring:letter_new", args=[application.id]) + "?occasion=decline"
    application.refresh_from_db()
    assert application.is_active and not application.letters.exists()


def test_who_answers_is_told_and_not_what(cast):
    application = a_panel(cast)
    application.requisition.manager = cast.lee
    application.requisition.save()
    decision = decided(cast.mo, application, "no_hire", REASON)
    while react_once():
        pass
    (told,) = Notification.objects.filter(verb="decision.made")
    assert (told.member, told.detail) == (cast.lee, {"application": application.id, "actor": cast.mo.id})
    client = Client()
    client.force_login(cast.lee.user)
    page = client.get(reverse("accounts:notification_index")).content.decode()
    assert "Mo asks you to answer a decision" in page and application.candidate.name not in page
    send_decision_back(actor=cast.lee, decision=decision, answer="Look again")
    while react_once():
        pass
    assert Notification.objects.get(verb="decision.answered").member == cast.mo


def test_a_manager_of_another_job_has_no_say(cast):
    other = a_member(cast.company, "Other", Role.MANAGER)
    application = a_panel(cast)
    assert post(other, "decisions", application.id).status_code == 404
