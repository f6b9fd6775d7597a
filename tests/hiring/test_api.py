"""The API of hiring: the same rules and the same sealing as on the pages, scopes of its own."""

import pytest

from accounts.models import IdempotencyKey
from hiring.models import Application, Candidate, Decision, Interview, Requisition, Scorecard
from tests.api.conftest import call as call_of_any  # noqa: F401 - a fixture
from tests.api.conftest import problem
from tests.factories import a_member

from .making import a_card, a_requisition, an_application, an_interview, scored

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(call_of_any):  # noqa: F811
    def send(method, path, body=None, **options):
        options.setdefault("scopes", ("hiring:read", "hiring:write"))
        return call_of_any(method, path, body, **options)

    return send


@pytest.fixture
def requisition(lee) -> Requisition:
    return a_requisition(lee)


@pytest.fixture
def interview(lee, ana, mo, requisition) -> Interview:
    return an_interview(lee, an_application(lee, requisition), {ana: "lead", mo: "scorer"})


def test_it_asks_for_its_own_scopes(call, requisition, lee):
    problem(call("get", "requisitions/", by=lee, scopes=("read", "write", "admin")), 403)
    problem(call("post", "requisitions/", {"title": "x"}, by=lee, scopes=("hiring:read", "write")), 403)
    problem(call("get", "tickets/", by=lee), 403)
    (row,) = call("get", "requisitions/?state=open", by=lee).json()["results"]
    assert (row["title"], row["owner_email"]) == (requisition.title, lee.email)
    problem(call("get", "requisitions/?mood=good", by=lee), 400, "mood")


def test_it_takes_a_candidate_from_first_day_to_last(call, lee, ana, requisition):
    stages = call("get", f"requisitions/{requisition.id}/", by=lee).json()["stages"]
    assert [stage["name"] for stage in stages][:2] == ["Applied", "Screen"]
    body = {
        "name": "Lena",
        "email": "Lena@people.example",
        "requisition": requisition.id,
        "source": "referral",
    }
    first = call("post", "candidates/", body, by=lee, idempotency_key="k")
    again = call("post", "candidates/", body, by=lee, idempotency_key="k")
    assert (first.json(), again.json()) == (first.json(), first.json())
    assert (first.status_code, Candidate.objects.get().email) == (201, "lena@people.example")
    # What is kept for a repeated call says nothing of the person.
    assert "lena" not in str(IdempotencyKey.objects.get().answer).lower()

    path = f"applications/{first.json()['application']}/"
    moved = call("post", path + "move/", {"stage": "Panel", "version": 1}, by=lee)
    assert (moved.status_code, moved.json()["stage"], moved["ETag"]) == (201, "Panel", '"2"')
    problem(call("post", path + "move/", {"stage": "Screen", "version": 1}, by=lee), 409)
    problem(call("post", path + "move/", {"stage": "Nowhere"}, by=lee), 400, "stage")
    planned = {
        "application": Application.objects.get().id,
        "starts_at": "2090-01-01T10:00:00Z",
        "ends_at": "2090-01-01T10:45:00Z",
        "panel": [{"email": ana.email, "role": "lead"}],
    }
    interview = call("post", "interviews/", planned, by=lee).json()["id"]
    assert call("get", f"interviews/{interview}/", by=ana).json()["panel"] == [
        {"email": ana.email, "role": "lead", "scorecard": "waiting"}
    ]
    assert call("post", f"interviews/{interview}/cancellation/", {}, by=lee).json()["state"] == "cancelled"
    closed = call("post", path + "closure/", {"state": "rejected", "why": "Another one"}, by=lee)
    assert closed.json()["state"] == "rejected"
    assert call("post", path + "reopening/", {}, by=lee).json()["state"] == "active"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("candidates/", {"name": "x"}, "requisition"),
        ("candidates/", {"name": "a\0b", "requisition": 1}, "name requisition"),
        ("candidates/", {"name": "x", "email": "no", "requisition": 999999}, "email requisition"),
        ("requisitions/", {"title": "x" * 201}, "title"),
        ("requisitions/", {"title": "x", "manager_email": "zed@elsewhere.example"}, "manager_email"),
        ("interviews/", {"application": 999999, "panel": []}, "application panel starts_at ends_at"),
    ],
)
def test_it_names_what_is_wrong(call, lee, zed, path, body, field):
    problem(call("post", path, body, by=lee), 400, *field.split())
    assert not Candidate.objects.exists() and not Requisition.objects.exists()


def test_it_writes_on_the_own_scorecard_only(call, interview, ana, mo):
    card = a_card(interview, ana)
    path = f"scorecards/{card.id}/"
    heard = {each.attribute.name: each.good_signs[0] for each in interview.kit.questions.all()}
    rating = {"value": 4, "evidence": "Lets them finish"}
    ratings = [
        {"attribute": name, "signs": [{"label": label, "is_warning": False}]} | rating
        for name, label in heard.items()
    ]
    sheet = {"edits": 0, "ratings": ratings}
    problem(call("patch", path, sheet), 409)
    assert call("post", path + "declaration/", {}).status_code == 201
    own_words = [ratings[0] | {"signs": [{"label": "Spoke of her illness", "is_warning": True}]}]
    problem(call("patch", path, sheet | {"ratings": own_words}), 400, "signs")
    problem(call("patch", path, {"ratings": []}), 400, "edits")
    problem(call("patch", path, sheet | {"ratings": [{"attribute": "Charm"}]}), 400, "ratings")
    problem(call("patch", path, sheet, by=mo), 404)

    assert call("patch", path, sheet).json()["state"] == "draft"
    problem(call("patch", path, sheet), 409)
    problem(call("post", path + "submission/", {"edits": 1}), 409)
    assert call("patch", path, {"edits": 1, "recommendation": "yes", "summary": "Good"}).status_code == 200
    whole = call("get", path).json()
    assert {row["attribute"]: row["signs"][0]["label"] for row in whole["ratings"]} == heard
    assert {row["value"] for row in whole["ratings"]} == {4}
    done = call("post", path + "submission/", {"edits": 2}, idempotency_key="k")
    assert (done.status_code, done.json()["state"]) == (201, "submitted")
    assert "Good" not in str(IdempotencyKey.objects.get().answer)
    problem(call("patch", path, {"edits": 2, "summary": "Better"}), 409)


def test_it_seals_as_the_pages_do(call, interview, lee, ana, mo):
    card, other = a_card(interview, ana), a_card(interview, mo)
    Decision.objects.create(
        company=lee.company,
        application=interview.application,
        outcome="more",
        threshold="3.50",
        decided_by=lee,
    )
    scored(card, words="Blames others")

    # Lee hires and reads nothing yet; Mo has not put the own one in; how many are in is open to both.
    for reader in (lee, mo):
        problem(call("get", f"scorecards/{card.id}/", by=reader), 404)
        rows = call("get", "scorecards/", by=reader).json()["results"]
        assert [row["id"] for row in rows] == ([other.id] if reader == mo else [])
        application = call("get", f"applications/{interview.application_id}/", by=reader).json()
        assert [(row["submitted"], row["total"]) for row in application["scorecards"]] == [(1, 2)]
    assert call("get", "decisions/", by=mo).json()["results"] == []
    assert len(call("get", "decisions/", by=lee).json()["results"]) == 1
    scored(other)
    for reader in (lee, mo):
        read = call("get", f"scorecards/{card.id}/", by=reader).json()
        assert read["ratings"][0]["evidence"] == "Blames others"
    assert call("post", f"scorecards/{card.id}/excuse/", {"why": "x"}).status_code == 409
    assert Scorecard.objects.filter(state="submitted").count() == 2


def test_nobody_reads_the_own_file(call, interview, lee, harbour):
    ben = a_member(harbour, "Ben", "admin")
    candidate = interview.application.candidate
    candidate.member = ben
    candidate.save()
    for path in (f"candidates/{candidate.id}/", f"applications/{interview.application_id}/"):
        assert call("get", path, by=lee).status_code == 200
        problem(call("get", path, by=ben), 404)
