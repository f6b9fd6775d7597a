"""What somebody has seen to is no news any more: the own notification about it is read, others' are not."""

from datetime import timedelta

import pytest

from accounts.models import Notification
from accounts.outbox import react_once
from cs_platform.lib import clock
from hiring.actions.decisions import approve_decision, decide, send_decision_back
from hiring.actions.interviews import change_panel
from hiring.actions.offers import make_offer
from hiring.actions.scorecards import excuse_scorecard
from hiring.queries.reckoning import reckon
from tests.factories import a_member
from tests.hiring.making import a_card, a_requisition, an_application, an_interview, scored

pytestmark = pytest.mark.django_db


def unread(member) -> set[str]:
    while react_once():
        pass
    return set(Notification.objects.visible_to(member).unread().values_list("verb", flat=True))


def test_a_scorecard_that_is_in_or_declined_is_no_news_for_its_writer(mo, lee, ana, rae):
    job = a_requisition(mo)
    first, other = an_application(mo, job), an_application(mo, job)
    interview = an_interview(
        mo, first, {ana: "lead", lee: "scorer"}, begins=clock.now() - timedelta(minutes=10)
    )
    ahead = an_interview(mo, other, {ana: "lead"}, begins=clock.now() + timedelta(hours=1))
    assert unread(ana) == unread(lee) == {"interview.assigned"}

    scored(a_card(interview, ana))
    assert Notification.objects.visible_to(ana).unread().get().detail["interview"] == ahead.id
    assert unread(lee) == {"interview.assigned"}
    excuse_scorecard(actor=lee, card=a_card(interview, lee), why="I know her")
    assert unread(lee) == set()
    assert unread(mo) == {"scorecard.excused", "debrief.opened"}
    change_panel(actor=mo, interview=interview, panel={ana.id: "lead", rae.id: "scorer"})
    assert unread(mo) == {"debrief.opened"}


def test_a_decision_that_was_answered_is_no_news_for_whoever_answered(company_of_three, mo, lee):
    application = company_of_three
    assert unread(mo) == {"debrief.opened"}

    def decided():
        return decide(
            actor=mo, application=application, outcome="hire", reason="", seen=reckon(application).seen
        )

    decision = decided()
    assert unread(mo) == set() and unread(lee) == {"decision.made"}
    send_decision_back(actor=lee, decision=decision, answer="Look again at drive")
    assert unread(lee) == set() and unread(mo) == {"decision.answered"}
    decision = decided()
    assert unread(mo) == set() and unread(lee) == {"decision.made"}
    approve_decision(actor=lee, decision=decision)
    assert unread(lee) == set() and unread(mo) == {"decision.answered"}
    make_offer(
        actor=mo, application=application, role="rep", manager=mo, team=None, starts_on=mo.company.today()
    )
    assert unread(mo) == set()


@pytest.fixture
def company_of_three(harbour, mo, lee):
    """An application that three people have scored, all attributes of the panel."""
    job = a_requisition(mo, team_ids=[lee.id])
    application = an_application(mo, job)
    panel = {a_member(harbour, f"Scorer{n}"): "scorer" for n in range(3)}
    for kind in ("panel", "work_sample"):
        interview = an_interview(mo, application, panel, kind=kind)
        for member in panel:
            scored(a_card(interview, member))
    return application
