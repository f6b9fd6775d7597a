"""Development plans: who opens and keeps them, goals with evidence, reviews that come up."""

from datetime import date, timedelta

import pytest

from accounts.models import Role
from cs_platform.home.dues import Today, dues
from cs_platform.home.needs import needs_of_leader, needs_of_manager
from metrics.queries import present
from tests.factories import a_member
from training.actions.plans import add_goal, open_plan
from training.models import DevelopmentPlan, PlanGoal, PlanReview

pytestmark = pytest.mark.django_db
PLANS = "/training/plans/"


@pytest.fixture
def plan(lee, ana, set_clock):
    set_clock("2026-11-02T09:00")
    return open_plan(actor=lee, member=ana, title="Calls with angry customers", every_days=14)


@pytest.fixture
def goal(lee, plan):
    return add_goal(actor=lee, plan=plan, text="Name what went wrong", measure="Seen on three calls")


def test_it_is_opened_by_oneself_or_by_who_is_above(client, harbour, lee, ana, mo, zed, set_clock):
    set_clock("2026-11-02T09:00")
    sent = {"title": "Better calls", "every_days": "14"}
    other = a_member(harbour, "Otto", Role.MANAGER, manager=mo)
    for who, whom, status in (
        (ana, ana, 302), (ana, ana, 302), (lee, ana, 302), (mo, ana, 302),
        (ana, lee, 422), (other, ana, 422), (zed, ana, 422),
    ):  # fmt: skip
        client.force_login(who.user)
        answer = client.post(f"{PLANS}new/", sent | {"member": whom.email})
        assert answer.status_code == status, (who, whom)
    plan = DevelopmentPlan.objects.get()
    assert (plan.member, plan.opened_by, plan.review_on) == (ana, ana, date(2026, 11, 16))
    past = client.post(f"{PLANS}new/", sent | {"member": zed.email, "review_on": "2026-01-01"})
    assert past.status_code == 422 and "review_on" in past.context["form"].errors
    for who, status in ((ana, 200), (lee, 200), (mo, 200), (other, 404), (zed, 404)):
        client.force_login(who.user)
        assert client.get(f"{PLANS}{plan.id}/").status_code == status, who
        assert (b"Better calls" in client.get(PLANS).content) == (status == 200)


def test_a_goal_is_reached_with_evidence_and_that_can_be_taken_back(client, ana, plan, goal):
    client.force_login(ana.user)
    page, place = f"{PLANS}{plan.id}/", f"{PLANS}{plan.id}/goals/{goal.id}/"
    version = DevelopmentPlan.objects.get().version

    refused = client.post(f"{place}reaching/", {"evidence": " ", "version": version})
    assert refused.status_code == 422 and b"aria-invalid" in refused.content
    stale = client.post(f"{place}reaching/", {"evidence": "Heard by Lee", "version": version - 1})
    assert stale.status_code == 409 and b"Heard by Lee" in stale.content
    assert PlanGoal.objects.get().reached_at is None

    for _twice in range(2):
        reached = client.post(
            f"{place}reaching/", {"evidence": "Heard by Lee", "version": version}, follow=True
        )
        assert reached.status_code == 200 and b"Heard by Lee" in reached.content
    assert f"{place}taking-up/".encode() in reached.content
    assert DevelopmentPlan.objects.get().version == version + 1
    client.post(f"{place}dropping/")
    assert PlanGoal.objects.get().reached_at and not PlanGoal.objects.get().dropped_at
    assert client.post(place, {"text": "Other"}).status_code == 422

    for _twice in range(2):
        client.post(f"{place}taking-up/")
    assert PlanGoal.objects.get().reached_at is None and PlanGoal.objects.get().evidence == "Heard by Lee"
    client.post(f"{place}dropping/")
    assert b"dropped" in client.get(page).content


def test_goals_are_added_and_changed(client, lee, ana, zed, plan):
    client.force_login(lee.user)
    place = f"{PLANS}{plan.id}/"
    for _twice in range(2):
        client.post(
            f"{place}goals/", {"text": "Fewer holds", "due_on": "2026-10-01", "version": plan.version}
        )
    goal = PlanGoal.objects.get()
    assert b"was due 1 Oct" in client.get(place).content
    refused = client.post(f"{place}goals/", {"text": "", "measure": "Kept"})
    assert refused.status_code == 422 and b"Kept" in refused.content
    version = DevelopmentPlan.objects.get().version
    changed = {"text": "No holds", "evidence": "<b>Two</b> calls", "version": version}
    assert client.post(f"{place}goals/{goal.id}/", changed).status_code == 302
    assert client.post(f"{place}goals/{goal.id}/", changed).status_code == 409
    assert b"&lt;b&gt;Two" in client.get(place).content
    edited = client.post(
        f"{place}edit/", {"title": "T", "every_days": "7", "review_on": "2026-11-20", "version": version + 1}
    )
    assert edited.status_code == 302
    other = open_plan(actor=lee, member=lee, title="Mine", every_days=14)
    assert client.post(f"{PLANS}{other.id}/goals/{goal.id}/dropping/").status_code == 404
    client.force_login(zed.user)
    assert client.post(f"{place}goals/", {"text": "x"}).status_code == 404


def test_a_review_moves_the_next_one_and_an_overdue_one_is_shown(client, lee, ana, mo, plan, set_clock):
    set_clock("2026-11-16T09:00")
    assert not [need for need in needs_of_manager(lee, present(lee.company)) if "review" in need.title]
    (line,) = [due for due in dues(ana, Today.of(ana), 20) if due.kind == "Plan"]
    assert line.url == f"{PLANS}{plan.id}/" and line.group != "late"
    set_clock("2026-11-18T09:00")
    (line,) = [due for due in dues(lee, Today.of(lee), 20) if due.kind == "Plan"]
    assert line.group == "late" and "Ana" in line.why and line.left == "2 days late"
    assert not [due for due in dues(mo, Today.of(mo), 20) if due.kind == "Plan"]
    for needs in (needs_of_manager(lee, present(lee.company)), needs_of_leader(mo, present(mo.company))):
        assert [need.title for need in needs if need.icon == "trending-up"] == ["1 plan review is overdue"]

    client.force_login(lee.user)
    assert b"review overdue" in client.get(PLANS).content
    place = f"{PLANS}{plan.id}/"
    assert client.post(f"{place}reviews/", {"words": ""}).status_code == 422
    answer = client.post(f"{place}reviews/", {"words": "Better already", "version": plan.version})
    again = client.post(f"{place}reviews/", {"words": "Better already", "version": plan.version})
    assert (answer.status_code, again.status_code) == (302, 409) and PlanReview.objects.count() == 1
    plan.refresh_from_db()
    assert plan.review_on == date(2026, 11, 18) + timedelta(days=14)
    assert not [need for need in needs_of_manager(lee, present(lee.company)) if need.icon == "trending-up"]

    for _twice in range(2):
        client.post(f"{place}closing/")
    set_clock("2027-01-05T09:00")
    assert not [due for due in dues(ana, Today.of(ana), 20) if due.kind == "Plan"]
    assert client.post(f"{place}reviews/", {"words": "Late"}).status_code == 422
    client.post(f"{place}reopening/")
    plan.refresh_from_db()
    assert plan.closed_at is None and plan.review_on == date(2027, 1, 5)
