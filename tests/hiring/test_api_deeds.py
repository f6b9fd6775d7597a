"""Deeds on jobs, people, interviews and decisions through the API: done, refused, another company's, sealed."""

from decimal import Decimal

import pytest

from accounts.models import IdempotencyKey
from hiring.actions.requisitions import set_weights
from hiring.models import Candidate, Decision, Interview, Requisition
from tests.api.conftest import call as call_of_any  # noqa: F401 - a fixture
from tests.api.conftest import problem
from tests.factories import a_member

from .making import a_card, a_requisition, an_application, an_interview, scored
from .test_api import call  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def una(harbour):
    return a_member(harbour, "Una")


@pytest.fixture
def application(lee):
    return an_application(lee, a_requisition(lee))


@pytest.fixture
def interview(lee, ana, una, application) -> Interview:
    return an_interview(lee, application, {ana: "lead", una: "scorer"})


def refuses(call, method, path, body, ana, zed):  # noqa: F811
    """Whoever is only on the panel, and whoever is of another company."""
    problem(call(method, path, body, by=zed), 404)
    problem(call(method, path, body, by=ana), 403)


def test_facts_of_a_candidate(call, lee, ana, zed, interview):  # noqa: F811
    candidate = interview.application.candidate
    path = f"candidates/{candidate.id}/"
    refuses(call, "patch", path, {"name": "x"}, ana, zed)
    changed = call("patch", path, {"phone": "+31 6", "version": 1}, by=lee)
    assert (changed.status_code, changed.json()["phone"], changed["ETag"]) == (200, "+31 6", '"2"')
    assert changed.json()["name"] == candidate.name
    problem(call("patch", path, {"phone": "x", "version": 1}, by=lee), 409)
    problem(call("patch", path, {"name": "", "email": "no"}, by=lee), 400, "name", "email")
    problem(call("patch", path, {"member_email": zed.email}, by=lee), 400, "member_email")


def test_two_entries_of_a_candidate(call, lee, mo, ana, zed, interview):  # noqa: F811
    kept = interview.application.candidate
    gone = an_application(lee, a_requisition(lee, "Other")).candidate
    Candidate.objects.filter(id=gone.id).update(external_id="x-1")
    path = f"candidates/{kept.id}/"
    refuses(call, "post", path + "merging/", {"other": gone.id}, ana, zed)
    hidden = an_application(mo, a_requisition(mo)).candidate
    problem(call("post", path + "merging/", {"other": hidden.id}, by=lee), 400, "other")
    problem(call("post", path + "merging/", {"other": gone.id, "other_version": 9}, by=lee), 409)
    body = {"other": gone.id, "from_other": ["email"]}
    first = call("post", path + "merging/", body, by=lee, idempotency_key="k")
    assert first.status_code == call("post", path + "merging/", body, by=lee, idempotency_key="k").status_code
    assert call("get", path, by=lee).json()["email"] == gone.email
    # Whoever knows the entry that went by its number or address finds the one that stays.
    for asked in ("external_id=x-1", f"email={gone.email}"):
        (row,) = call("get", f"candidates/?{asked}", by=lee).json()["results"]
        assert row["id"] == kept.id
    problem(call("get", f"candidates/{gone.id}/", by=lee), 404)
    refuses(call, "post", path + "separation/", {"other": gone.id}, ana, zed)
    assert call("post", path + "separation/", {"other": gone.id}, by=lee).json() == {"id": gone.id}
    problem(call("post", path + "separation/", {"other": gone.id}, by=lee), 400, "other")


def test_states_of_a_requisition(call, lee, ana, zed, application):  # noqa: F811
    path = f"requisitions/{application.requisition_id}/state/"
    for reader in (ana, zed):
        problem(call("post", path, {"state": "filled"}, by=reader), 404)
    problem(call("post", path, {"state": "lost"}, by=lee), 400, "state")
    for state in ("on_hold", "filled", "cancelled", "open"):
        assert call("post", path, {"state": state}, by=lee).json()["state"] == state
    assert Requisition.objects.get().closed_at is None
    application.refresh_from_db()
    assert application.is_active


def test_an_interview_moves_and_gets_another_panel(call, lee, ana, mo, zed, application):  # noqa: F811
    planned = {
        "application": application.id,
        "stage": "Panel",
        "starts_at": "2090-01-01T10:00:00Z",
        "ends_at": "2090-01-01T10:45:00Z",
        "panel": [{"email": ana.email, "role": "lead"}],
    }
    path = f"interviews/{call('post', 'interviews/', planned, by=lee).json()['id']}/"
    refuses(call, "patch", path, {"place": "x"}, ana, zed)
    later = {"starts_at": "2090-01-02T10:00:00Z", "ends_at": "2090-01-02T11:00:00Z", "version": 1}
    moved = call("patch", path, later, by=lee)
    assert (moved.json()["ends_at"][:16], moved["ETag"]) == ("2090-01-02T11:00", '"2"')
    problem(call("patch", path, later, by=lee), 409)
    problem(call("patch", path, {"starts_at": "2090-01-03T10:00:00Z"}, by=lee), 400, "ends_at")
    problem(call("patch", path, {"zone": "Mars/Base"}, by=lee), 400, "zone")

    both = {"panel": [{"email": ana.email}, {"email": mo.email, "role": "lead"}]}
    refuses(call, "post", path + "panel/", both, ana, zed)
    changed = call("post", path + "panel/", both | {"version": 2}, by=lee).json()["panel"]
    assert {row["email"]: row["role"] for row in changed} == {ana.email: "scorer", mo.email: "lead"}
    problem(call("post", path + "panel/", both | {"version": 2}, by=lee), 409)
    problem(call("post", path + "panel/", {"panel": []}, by=lee), 400, "panel")
    problem(call("post", path + "panel/", {"panel": [{"email": zed.email}]}, by=lee), 400, "panel")
    refuses(call, "post", path + "cancellation/", {}, ana, zed)
    assert call("post", path + "cancellation/", {"why": "Ill"}, by=lee).json()["state"] == "cancelled"
    problem(call("post", path + "panel/", both, by=lee), 409)
    problem(call("patch", path, later | {"version": 4}, by=lee), 409)


def test_a_debrief_is_read_and_decided_by_two(call, lee, mo, rae, ana, una, zed, application):  # noqa: F811
    interview = an_interview(lee, application, {ana: "lead", una: "scorer", rae: "scorer"})
    path = f"applications/{application.id}/debrief/"
    asked_for = interview.kit.attributes.select_related("attribute")
    weights = {each.attribute: Decimal(1) for each in asked_for}
    set_weights(actor=lee, requisition=application.requisition, weights=weights)
    scored(a_card(interview, ana))
    scored(a_card(interview, una))
    closed = call("get", path, by=lee).json()
    assert (closed["is_open"], closed["submitted"], closed["total"]) == (False, 2, 3)
    assert closed["composite"] is closed["seen"] is None and closed["lines"] == []
    asked = {"application": application.id, "outcome": "hire", "seen": "x", "reason": ""}
    # Rae, whose own is out, reads nothing of it, be it an admin, and decides nothing.
    assert call("get", path, by=rae).json()["composite"] is None
    problem(call("post", "decisions/", asked, by=rae), 409)
    scored(a_card(interview, rae))

    page = call("get", path, by=ana).json()
    assert (page["is_open"], page["composite"], page["is_enough"]) == (True, "4.000", True)
    assert {line["n"] for line in page["lines"]} == {3}
    problem(call("get", path, by=zed), 404)
    problem(call("post", "decisions/", asked, by=ana), 403)
    problem(call("post", "decisions/", asked, by=zed), 400, "application")
    problem(call("post", "decisions/", asked, by=lee), 409)
    asked["seen"] = page["seen"]
    problem(call("post", "decisions/", asked | {"outcome": "no_hire"}, by=lee), 400, "reason")
    made = call("post", "decisions/", asked, by=lee, idempotency_key="k")
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    assert set(IdempotencyKey.objects.get().answer) == {"id", "state"}

    deed = f"decisions/{made.json()['id']}/"
    for reader in (lee, ana):
        problem(call("post", deed + "approval/", {}, by=reader), 403)
        problem(call("post", deed + "return/", {"answer": "x"}, by=reader), 403)
    problem(call("post", deed + "approval/", {}, by=zed), 404)
    problem(call("post", deed + "return/", {"answer": ""}, by=mo), 400, "answer")
    assert call("post", deed + "return/", {"answer": "Look again"}, by=mo).json()["state"] == "refused"
    assert call("get", deed, by=ana).json()["answer"] == "Look again"
    problem(call("post", deed + "approval/", {}, by=mo), 409)
    second = call("post", "decisions/", asked, by=lee).json()["id"]
    assert call("post", f"decisions/{second}/approval/", {}, by=mo).json()["state"] == "approved"
    assert Decision.objects.get(id=second).approved_by == mo


def test_a_decision_is_not_there_for_who_still_has_to_score(call, lee, ana, interview):  # noqa: F811
    decision = Decision.objects.create(
        company=lee.company,
        application=interview.application,
        outcome="hire",
        threshold="3.5",
        decided_by=lee,
    )
    for deed in ("approval/", "return/"):
        problem(call("post", f"decisions/{decision.id}/{deed}", {"answer": "x"}, by=ana), 404)
