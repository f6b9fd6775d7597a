"""The API of training: the same rules as on the pages, scopes of its own."""

from datetime import timedelta

import pytest

from accounts.models import IdempotencyKey
from cs_platform.lib import clock
from tests.api.conftest import call as call_of_any  # noqa: F401 - a fixture
from tests.api.conftest import problem
from tests.factories import a_member, a_ticket
from training.models import Certificate, Enrolment, Entry, Item, Requirement, RideAlong, Standing
from training.queries.certificates import standing_on

from .making import a_process, a_programme, an_enrolment, items_of, passed

pytestmark = pytest.mark.django_db
Kind = Item.Kind


@pytest.fixture
def call(call_of_any):  # noqa: F811
    def send(method, path, body=None, **options):
        options.setdefault("scopes", ("training:read", "training:write"))
        return call_of_any(method, path, body, **options)

    return send


@pytest.fixture
def process(lee, mo):
    return a_process(lee, mo)


@pytest.fixture
def enrolment(lee, ana, process) -> Enrolment:
    return an_enrolment(lee, ana)


def first(enrolment: Enrolment, kind: str) -> Item:
    return next(item for item in items_of(enrolment) if item.kind == kind)


def test_what_a_role_is_to_know(call, lee, ana, zed, process):
    problem(call("get", "requirements/", by=lee, scopes=("read", "write", "hiring:read")), 403)
    problem(call("get", "requirements/", by=ana), 403)
    (row,) = call("get", "requirements/?role=rep", by=lee).json()["results"]
    assert (row["playbook_title"], row["level"], row["team"]) == (process.title, "independent", None)
    problem(call("get", "requirements/?mood=good", by=lee), 400, "mood")
    assert call("get", "requirements/", by=zed).json()["results"] == []

    body = {"role": "manager", "playbook": process.id, "level": "coach"}
    problem(call("post", "requirements/", body, by=ana), 403)
    problem(call("post", "requirements/", body, by=zed), 400, "playbook")
    problem(call("post", "requirements/", {"level": "wizard"}, by=lee), 400, "role", "playbook", "level")
    made = call("post", "requirements/", body, by=lee)
    assert made.status_code == 201
    assert Requirement.objects.get(id=made.json()["id"]).level == "coach"
    dropped = call("post", "requirements/", body | {"level": ""}, by=lee)
    assert (dropped.status_code, dropped.json()) == (201, {"id": None, "level": ""})
    assert Requirement.objects.count() == 1


def test_what_a_programme_asks_for(call, lee, ana, zed, process):
    programme = a_programme(lee)
    problem(call("get", "training-programmes/", by=ana), 403)
    problem(call("get", f"training-programmes/{programme.id}/", by=zed), 404)
    (row,) = call("get", "training-programmes/?role=rep", by=lee).json()["results"]
    assert (row["title"], row["published_number"]) == (programme.title, 1)
    whole = call("get", f"training-programmes/{programme.id}/", by=lee).json()
    assert [(each["number"], each["state"]) for each in whole["versions"]] == [(1, "published")]
    assert whole["modules"][-1]["playbook"] == process.id
    assert {each["kind"] for each in whole["modules"][-1]["items"]} == {"lesson", "ride_along", "sign_off"}


def test_it_puts_people_on_paths_and_takes_them_off(call, lee, ana, mo, zed, process, harbour):
    programme = a_programme(lee)
    body = {"member_email": ana.email, "programme": programme.id}
    problem(call("post", "enrolments/", body, by=ana), 403)
    problem(call("post", "enrolments/", body | {"member_email": lee.email}, by=lee), 403)
    problem(call("post", "enrolments/", body, by=zed), 400, "member_email", "programme")
    problem(call("post", "enrolments/", body | {"starts_on": "2020-01-06"}, by=lee), 400, "starts_on")
    one = call("post", "enrolments/", body, by=lee, idempotency_key="k")
    again = call("post", "enrolments/", body, by=lee, idempotency_key="k")
    assert (one.status_code, again.json()) == (201, one.json()) and Enrolment.objects.count() == 1
    problem(call("post", "enrolments/", body, by=lee), 400, "member_email")

    path = f"enrolments/{one.json()['id']}/"
    ben = a_member(harbour, "Ben", manager=lee)
    for reader, seen in ((ana, 1), (lee, 1), (mo, 1), (ben, 0), (zed, 0)):
        rows = call("get", f"enrolments/?programme={programme.id}&state=active", by=reader).json()["results"]
        assert len(rows) == seen
    assert call("get", f"enrolments/?member_email={ana.email.upper()}", by=lee).json()["results"]
    problem(call("get", path, by=ben), 404)
    whole = call("get", path, by=ana).json()
    assert whole["total"] == len(whole["items"]) and whole["done"] == 0
    assert min(each["due_on"] for each in whole["items"]) >= whole["starts_on"]

    problem(call("post", path + "withdrawal/", {"reason": "x"}, by=ana), 403)
    problem(call("post", path + "withdrawal/", {"reason": " "}, by=lee), 400, "reason")
    gone = call("post", path + "withdrawal/", {"reason": "Moved to sales"}, by=lee)
    assert (gone.status_code, gone.json()["state"]) == (201, "withdrawn")
    item = whole["items"][0]["item"]
    problem(call("post", path + "entries/", {"item": item, "kind": "waived", "words": "x"}, by=lee), 409)


def test_the_own_word(call, lee, ana, zed, enrolment):
    path = f"enrolments/{enrolment.id}/"
    lesson, checklist = first(enrolment, Kind.LESSON), first(enrolment, Kind.CHECKLIST)
    done = {"item": lesson.id, "kind": "done"}
    problem(call("post", path + "entries/", done, by=zed), 404)
    problem(call("post", path + "entries/", done, by=lee), 403)
    problem(call("post", path + "entries/", {"item": 999999, "kind": "done"}), 400, "item")
    problem(call("post", path + "entries/", {"item": lesson.id, "kind": "judged"}), 400, "outcome")
    problem(call("post", path + "entries/", {"item": lesson.id, "kind": "asked"}), 400, "kind")
    problem(call("post", path + "entries/", {"item": checklist.id, "kind": "done", "checks": [0]}), 409)
    bad = {"item": checklist.id, "kind": "done", "checks": [11, 12, 13, 14]}
    problem(call("post", path + "entries/", bad), 400, "checks")
    assert not Entry.objects.exists()
    assert call("post", path + "entries/", done).status_code == 201
    part = next(row for row in call("get", path).json()["items"] if row["item"] == lesson.id)
    assert (part["is_done"], part["last_outcome"]) == (True, "passed")
    assert call("get", path).json()["done"] == call("get", "enrolments/").json()["results"][0]["done"] == 1


def test_another_ones_word(call, lee, ana, enrolment):
    path = f"enrolments/{enrolment.id}/entries/"
    work = first(enrolment, Kind.ASSIGNMENT)
    ticket = a_ticket(ana, external_id="INC1")
    asked = {"item": work.id, "kind": "asked", "words": "My day", "ticket_external_ids": ["INC1"]}
    problem(call("post", path, asked | {"words": ""}), 400, "words")
    problem(call("post", path, asked | {"ticket_external_ids": ["INC2"]}), 400, "ticket_external_ids")
    assert call("post", path, asked).json()["outcome"] == "open"

    judged = {"item": work.id, "kind": "judged", "outcome": "not_yet", "words": "Say where it stopped"}
    problem(call("post", path, judged), 403)
    problem(call("post", path, judged, by=lee), 400, "next_step")
    sent = judged | {"next_step": "Add the third step", "checks": [0], "minutes": 20}
    answer = call("post", path, sent, by=lee, idempotency_key="k")
    assert set(answer.json()) == {"id", "kind", "outcome", "enrolment_state"}
    assert "stopped" not in str(IdempotencyKey.objects.get().answer)
    rows = call("get", path + f"?item={work.id}").json()["results"]
    assert [row["kind"] for row in rows] == ["asked", "judged"]
    assert (rows[0]["ticket_external_ids"], rows[1]["by_email"]) == ([ticket.external_id], lee.email)
    assert (rows[1]["checks"], rows[1]["minutes"], rows[1]["next_step"]) == ([0], 20, "Add the third step")

    waived = {"item": work.id, "kind": "waived", "words": "Worked there for years"}
    problem(call("post", path, waived), 403)
    problem(call("post", path, waived | {"words": " "}, by=lee), 400, "words")
    assert call("post", path, waived, by=lee).status_code == 201
    problem(call("get", path + "?mood=good"), 400, "mood")


def test_a_host_notes_the_ride_along_that_has_begun(call, lee, harbour, enrolment):
    host = a_member(harbour, "Ben", manager=lee)
    item, path = first(enrolment, Kind.RIDE_ALONG), f"enrolments/{enrolment.id}/entries/"
    begun = clock.now() - timedelta(hours=2)
    ride = RideAlong.objects.create(
        company=harbour, enrolment=enrolment, item=item, host=host, zone="UTC", starts_at=begun + timedelta(hours=4),
        ends_at=begun + timedelta(hours=5),
    )  # fmt: skip
    body = {"item": item.id, "kind": "judged", "outcome": "passed"}
    problem(call("post", path, body, by=host), 403)
    RideAlong.objects.update(starts_at=begun, ends_at=begun + timedelta(hours=1))
    assert call("post", path, body, by=host).status_code == 201
    problem(call("post", path, body, by=host), 403)
    ride.refresh_from_db()
    assert (ride.state, ride.entry.minutes) == ("held", 60)


def test_certificates_with_how_they_stand(call, lee, ana, mo, zed, harbour, process, enrolment):
    for item in items_of(enrolment):
        passed(enrolment, item, lee)
    held = Certificate.objects.get()
    path = f"certificates/{held.id}/"
    ben = a_member(harbour, "Ben", manager=lee)
    for reader in (ben, zed):
        problem(call("get", path, by=reader), 404)
        assert call("get", "certificates/", by=reader).json()["results"] == []
    query = f"certificates/?standing=valid&member_email={ana.email}&playbook={process.id}&is_newest=true"
    (row,) = call("get", query).json()["results"]
    assert (row["standing"], row["level"], row["enrolment"]) == ("valid", "independent", enrolment.id)

    problem(call("post", path + "renewal/", {"words": "x"}), 403)
    problem(call("post", path + "renewal/", {"words": ""}, by=lee), 400, "words")
    newer = call("post", path + "renewal/", {"words": "Ran it on two tickets"}, by=lee, idempotency_key="k")
    assert newer.status_code == 201
    problem(call("post", path + "renewal/", {"words": "x"}, by=lee), 409)
    (row,) = call("get", "certificates/?is_newest=true", by=mo).json()["results"]
    assert (row["id"], row["issued_by_email"]) == (newer.json()["id"], lee.email)

    problem(call("post", path + "revocation/", {"reason": "x"}), 403)
    problem(call("post", path + "revocation/", {}, by=lee), 400, "reason")
    assert call("post", path + "revocation/", {"reason": "Paid twice"}, by=lee).json() == newer.json()
    assert len(call("get", "certificates/?standing=revoked").json()["results"]) == 2


def test_the_condition_of_a_standing_says_what_the_certificate_says(ana, process):
    today = ana.company.today()
    for until in (-1, 0, 1):
        for refresh in (None, -1, 0, 1):
            for revoked in (False, True):
                Certificate.objects.create(
                    company=ana.company, member=ana, playbook=process, level="aware",
                    until=today + timedelta(days=until),
                    refresh_by=None if refresh is None else today + timedelta(days=refresh),
                    **({"revoked_at": clock.now(), "revoked_by": ana, "reason": "x"} if revoked else {}),
                )  # fmt: skip
    rows = list(Certificate.objects.all())
    for standing in Standing:
        found = set(Certificate.objects.filter(standing_on(standing, today)))
        assert found == {row for row in rows if row.standing(today) == standing} and found
