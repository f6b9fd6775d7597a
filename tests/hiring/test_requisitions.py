"""Jobs: opened, changed, held and closed; their stages and weights; seats in the organisation; who may interview."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.middleware import find_member
from accounts.models import Activity
from cs_platform.lib import clock
from hiring.actions.candidates import move_application
from hiring.actions.interviews import cancel_interview
from hiring.actions.requisitions import set_requisition_state
from hiring.actions.settings import note_training
from hiring.models import HiringSettings, Offer, Requisition
from hiring.queries.interviewers import interviewers
from hiring.queries.requisitions import own_cards, waiting
from hiring.queries.seats import planned_seats
from tests.factories import a_member

from .making import a_card, a_requisition, an_application, an_interview, scored

pytestmark = pytest.mark.django_db
URL = "/hiring/"
A_JOB = {
    "title": "Customer success rep",
    "place": "Amsterdam",
    "seats": "2",
    "role": "rep",
    "threshold": "3.5",
}


@pytest.fixture
def lees(client, lee):
    client.force_login(lee.user)
    return client


@pytest.fixture
def job(lee):
    return a_requisition(lee, seats=2, manager=lee)


def page_of(job) -> str:
    return f"/hiring/requisitions/{job.id}/"


# --- The job ------------------------------------------------------------------------------------------------------


def test_a_manager_opens_a_job_with_its_seats_and_people(lees, lee, ana, mo):
    sent = A_JOB | {
        "owner": "Lee",
        "manager": lee.email,
        "people": [mo.email, f"Ana <{ana.email.upper()}>"],
        "starts_on": "2026-03-01",
    }
    answer = lees.post("/hiring/requisitions/new/", sent, follow=True)

    job = Requisition.objects.get()
    assert answer.redirect_chain[-1][0] == page_of(job)
    assert (job.seats, job.owner, job.manager, job.starts_on) == (2, lee, lee, date(2026, 3, 1))
    assert set(job.team_rows.values_list("member_id", flat=True)) == {ana.id, mo.id}
    assert job.stages.count() == 6
    assert "Front line, version 1" in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": ""}, "required"),
        ({"seats": "0"}, "greater than or equal to 1"),
        ({"people": "Nobody Here"}, "Nobody to choose here is called “Nobody Here”."),
        ({"manager": "zed@elsewhere.example"}, "Nobody to choose here"),
        ({"threshold": "6"}, "less than or equal to 5"),
        ({"starts_on": "0001-01-01"}, "between 2000 and 2100"),
    ],
)
def test_what_is_wrong_with_a_job_is_said_and_what_was_typed_stays(lees, zed, wrong, told):
    answer = lees.post("/hiring/requisitions/new/", A_JOB | {"owner": "Lee", "place": "Porto"} | wrong)

    page = answer.content.decode()
    assert (answer.status_code, Requisition.objects.count()) == (422, 0)
    assert told in page
    assert 'value="Porto"' in page


def test_people_are_picked_one_after_the_other_and_are_shown_by_name(lees, lee, mo, ana, zed):
    pick = "/hiring/requisitions/new/?pick=1"
    typed = {"title": "Half typed", "people": [mo.email, "ana", ""]}
    answer = lees.post(pick, typed)
    page = answer.content.decode()
    assert answer.status_code == 200 and not Requisition.objects.exists()
    assert 'value="Half typed"' in page and "field is required" not in page
    for member in (mo, ana):
        assert f"<bdi>{member.name}</bdi>" in page and f'id="team-{member.id}"' in page
    wrong = lees.post(pick, typed | {"people": [mo.email, zed.email, "x" * 5000]})
    page = wrong.content.decode()
    assert wrong.status_code == 422 and f'id="team-{mo.id}"' in page
    assert f"Nobody to choose here is called “{zed.email}”." in page

    sent = A_JOB | {"owner": "Lee", "version": "1"}
    job = a_requisition(lee, team_ids=[mo.id, ana.id])
    page = lees.get(f"{page_of(job)}edit/").content.decode()
    assert f'id="team-{mo.id}"' in page and f"<bdi>{ana.name}</bdi>" in page
    assert lees.post(f"{page_of(job)}edit/", sent | {"people": [ana.email, ""]}).status_code == 302
    assert list(job.team_rows.values_list("member_id", flat=True)) == [ana.id]


def test_a_change_on_a_stale_page_changes_nothing(lees, job):
    sent = A_JOB | {"owner": "Lee", "title": "Senior rep", "version": "1"}
    assert lees.post(f"{page_of(job)}edit/", sent).status_code == 302
    answer = lees.post(f"{page_of(job)}edit/", sent | {"title": "Other"})

    assert answer.status_code == 422
    assert "Somebody has changed this meanwhile" in answer.content.decode()
    job.refresh_from_db()
    assert job.title == "Senior rep"


def test_whoever_gives_a_job_away_comes_back_to_the_list(lees, job, mo):
    sent = A_JOB | {"owner": mo.email, "version": "1"}
    answer = lees.post(f"{page_of(job)}edit/", sent)

    assert answer["Location"] == URL
    assert lees.get(page_of(job)).status_code == 404


def test_a_job_is_held_filled_cancelled_and_opened_and_each_can_be_undone(lees, lee, job):
    an_application(lee, job)
    for deed, state, back in (
        ("hold", "on_hold", "opening"),
        ("fill", "filled", "opening"),
        ("cancellation", "cancelled", "opening"),
    ):
        page = lees.post(f"{page_of(job)}{deed}/", follow=True).content.decode()
        job.refresh_from_db()
        assert job.state == state
        assert f'action="{page_of(job)}{back}/"' in page
        assert job.applications.get().is_active
        lees.post(f"{page_of(job)}{back}/")
        job.refresh_from_db()
        assert (job.state, job.closed_at) == ("open", None)


def test_interviews_to_come_are_asked_about_before_a_job_ends(lees, lee, ana, job):
    application = an_application(lee, job, name="Noor Aziz")
    soon = clock.now() + timedelta(days=1)
    interview = an_interview(lee, application, {ana: "lead"}, begins=soon)
    held = an_interview(lee, application, {ana: "lead"})
    asked = lees.post(f"{page_of(job)}fill/")
    page = asked.content.decode()
    job.refresh_from_db()
    assert (asked.status_code, job.state) == (422, "open")
    assert "An interview is planned" in page and "Noor Aziz" in page
    assert f'href="/hiring/interviews/{interview.id}/"' in page and f"/interviews/{held.id}/" not in page

    lees.post(f"{page_of(job)}fill/", {"interviews": "keep"})
    job.refresh_from_db()
    interview.refresh_from_db()
    assert (job.state, interview.state) == ("filled", "planned")
    lees.post(f"{page_of(job)}opening/")
    lees.post(f"{page_of(job)}cancellation/", {"interviews": "cancel"})
    interview.refresh_from_db()
    assert (interview.state, application.interviews.get(id=held.id).state) == ("cancelled", "planned")
    assert interview.mails.filter(kind="cancellation", member=None).exists()


def test_only_those_who_hire_for_a_job_find_it(client, job, ana, mo, zed):
    for member, status in ((ana, 404), (mo, 200), (zed, 404)):
        client.force_login(member.user)
        assert client.get(page_of(job)).status_code == status


# --- Stages -------------------------------------------------------------------------------------------------------


def names(job) -> list[str]:
    return list(job.stages.order_by("position").values_list("name", flat=True))


def test_stages_are_added_changed_and_put_into_order(lees, job):
    at = f"{page_of(job)}stages/"
    lees.post(at, {"name": "Second call", "kind": "screen", "limit_days": "4"})
    assert names(job)[-1] == "Second call"
    added = job.stages.get(name="Second call")
    lees.post(f"{at}{added.id}/position/", {"by": "up"})
    assert names(job)[-2:] == ["Second call", "Offer"]

    kit = job.stages.get(kind="panel").kit
    sent = {"name": "Team", "kind": "panel", "limit_days": "9", "kit": kit.id}
    assert lees.post(f"{at}{added.id}/", sent).status_code == 302
    added.refresh_from_db()
    assert (added.name, added.limit_days, added.kit) == ("Team", 9, kit)


def test_two_stages_of_a_job_have_two_names(lees, job):
    answer = lees.post(f"{page_of(job)}stages/", {"name": "Offer", "kind": "offer", "limit_days": "4"})

    assert answer.status_code == 422
    assert "Another stage of this job has this name." in answer.content.decode()


def test_only_a_stage_through_which_nobody_came_goes(lees, lee, job):
    application = an_application(lee, job)
    applied, screen, offer = (job.stages.get(kind=kind) for kind in ("applied", "screen", "offer"))
    move_application(actor=lee, application=application, stage=screen, version=application.version)
    for stage in (applied, screen, offer):
        lees.post(f"{page_of(job)}stages/{stage.id}/removal/")

    assert names(job) == ["Applied", "Screen", "Work sample", "Panel", "Debrief"]
    page = lees.get(f"{page_of(job)}stages/").content.decode()
    assert f"stages/{applied.id}/removal/" not in page


# --- Weights ------------------------------------------------------------------------------------------------------


def test_weights_are_parts_and_shown_as_per_cents(lees, job):
    rows = list(job.criteria.order_by("attribute__position"))
    sent = {f"weight_{row.attribute_id}": "" for row in rows}
    sent |= {f"weight_{rows[0].attribute_id}": "3", f"weight_{rows[1].attribute_id}": "1"}
    assert lees.post(f"{page_of(job)}weights/", sent).status_code == 302

    assert dict(job.criteria.values_list("attribute__name", "weight")) == {
        "Drive": Decimal(3),
        "Coachability": Decimal(1),
    }
    page = lees.get(page_of(job)).content.decode()
    assert "75 %" in page
    assert "25 %" in page


def test_nothing_can_not_weigh_everything(lees, job):
    rows = list(job.criteria.all())
    answer = lees.post(f"{page_of(job)}weights/", {f"weight_{row.attribute_id}": "0" for row in rows})

    assert answer.status_code == 422
    assert job.criteria.count() == len(rows)


def test_stages_and_weights_that_somebody_changed_meanwhile_are_not_overwritten(lees, job):
    at, first = f"{page_of(job)}stages/", job.stages.get(kind="applied")
    seen = {"version": "1"}
    assert 'name="version" value="1"' in lees.get(at).content.decode()
    weights = {f"weight_{row.attribute_id}": "2" for row in job.criteria.all()} | seen
    assert lees.post(f"{page_of(job)}weights/", weights).status_code == 302

    stage = {"name": "Typed words", "kind": "screen", "limit_days": "4"} | seen
    for address, sent in (
        (
            f"{page_of(job)}weights/",
            weights | {f"weight_{first.requisition.criteria.first().attribute_id}": "77"},
        ),
        (at, stage),
        (f"{at}{first.id}/", stage),
    ):
        answer = lees.post(address, sent)
        page = answer.content.decode()
        assert answer.status_code == 422 and "Somebody has changed this meanwhile" in page
        assert "Typed words" in page or 'value="77"' in page
    offer = job.stages.get(kind="offer")
    for address in (f"{at}{first.id}/position/", f"{at}{offer.id}/removal/"):
        told = lees.post(address, {"by": "down"} | seen, follow=True).content.decode()
        assert "Somebody has changed the stages meanwhile" in told
    assert names(job)[0] == "Applied" and names(job)[-1] == "Offer"
    assert lees.post(f"{at}{first.id}/", stage | {"version": "2"}).status_code == 302


# --- What waits ---------------------------------------------------------------------------------------------------


def test_interviews_to_come_with_somebody_not_qualified_are_named(lees, lee, ana, mo, rae, job):
    application = an_application(lee, job, name="Noor Aziz")
    soon = clock.now() + timedelta(days=1)
    planned = an_interview(lee, application, {ana: "lead", rae: "scorer", mo: "shadow"}, begins=soon)
    an_interview(lee, application, {ana: "lead"})
    HiringSettings.objects.create(company=lee.company, shadows_needed=0, reverse_shadows_needed=0)
    note_training(actor=lee, member=rae, done_on=lee.company.today(), today=lee.company.today())

    assert "1 interview with somebody not qualified" in lees.get(URL).content.decode()
    page = lees.get(page_of(job)).content.decode()
    named = page[page.index('id="unready"') :].split("</ul>")[0]
    assert f'href="/hiring/interviews/{planned.id}/"' in named and "Noor Aziz" in named
    assert "still needs the module on interviewing" in named
    assert ana.name in named and rae.name not in named and mo.name not in named

    note_training(actor=lee, member=ana, done_on=lee.company.today(), today=lee.company.today())
    assert 'id="unready"' not in lees.get(page_of(job)).content.decode()


def test_the_list_says_what_waits(lees, lee, ana, mo, job):
    application = an_application(lee, job)
    interview = an_interview(lee, application, {ana: "lead", mo: "scorer"})
    application.stage_since = clock.now() - timedelta(days=6)
    application.save()
    scored(a_card(interview, mo))

    waits = waiting(lee, [job.id])[job.id]
    assert (waits.people, waits.over, waits.cards, waits.decisions, waits.offers) == (1, 1, 1, 0, 0)
    page = lees.get(URL).content.decode()
    assert "1 over the limit" in page
    assert "1 scorecard missing" in page


def test_a_rep_sees_the_own_interviews_only_and_the_navigation_counts_them(client, lee, ana, mo, job):
    over = an_interview(lee, an_application(lee, job, "Lena Fischer"), {ana: "lead", mo: "scorer"})
    ahead = an_interview(
        lee, an_application(lee, job, "Owen Blake"), {ana: "lead"}, begins=clock.now() + timedelta(days=2)
    )
    gone = an_interview(lee, an_application(lee, job, "Noor Aziz"), {ana: "lead"})
    cancel_interview(actor=lee, interview=gone)

    own = own_cards(ana)
    assert [card.interview_id for card in own.due] == [over.id]
    assert [card.interview_id for card in own.ahead] == [ahead.id]
    assert find_member(ana.user, None).counts == {"scorecards": 1}
    client.force_login(ana.user)
    page = client.get(URL).content.decode()
    assert "Lena Fischer" in page
    assert "Owen Blake" in page
    assert "Noor Aziz" not in page
    assert "Jobs you hire for" not in page
    assert 'href="/hiring/" aria-current="page" data-go="h"' in page
    scored(a_card(over, ana))
    assert find_member(ana.user, None).counts == {"scorecards": 0}


def test_nobody_is_told_of_the_own_application(lees, lee, job):
    an_application(lee, job, member=lee)

    assert waiting(lee, [job.id])[job.id].people == 0


# --- Seats --------------------------------------------------------------------------------------------------------


def test_seats_of_open_jobs_and_accepted_offers_are_planned_by_manager(lees, lee, mo, job):
    today = lee.company.today()
    begins = today + timedelta(days=30)
    a_requisition(mo, "Held", manager=lee, seats=5)
    set_requisition_state(actor=mo, requisition=Requisition.objects.get(title="Held"), state="on_hold")
    for number, state in enumerate(("accepted", "out")):
        Offer.objects.create(
            company=lee.company,
            application=an_application(lee, job, f"C{number}"),
            state=state,
            manager=mo,
            starts_on=begins,
        )

    by = {each.manager: (each.open, each.accepted) for each in planned_seats(lee.company, today)}
    assert by == {lee: (1, 0), mo: (0, 1)}
    assert {each.manager for each in planned_seats(lee.company, begins)} == {lee}
    page = lees.get("/hiring/plan/").content.decode()
    assert "Lee" in page  # Lee's own tree: what comes to Mo is not there
    assert "Accepted, from" not in page


# --- Interviewers -------------------------------------------------------------------------------------------------


def test_somebody_is_qualified_by_module_shadow_and_reverse_shadow(lee, ana, mo, job, harbour):
    HiringSettings.objects.create(company=harbour, shadows_needed=1, reverse_shadows_needed=1)
    today = harbour.today()
    for number, role in enumerate(("shadow", "reverse_shadow", "shadow")):
        interview = an_interview(lee, an_application(lee, job, f"C{number}"), {ana: role, mo: "lead"})
        if number < 2:
            scored(a_card(interview, ana))
    an_interview(lee, an_application(lee, job), {ana: "scorer"}, begins=clock.now() + timedelta(days=20))

    found = {row.member.name: row for row in interviewers(harbour, today)}
    assert (found["Ana"].shadows, found["Ana"].reverse_shadows, found["Ana"].load) == (1, 1, 3)
    assert found["Ana"].missing == ["the module on interviewing"]
    assert found["Mo"].missing == ["the module on interviewing", "1 shadow", "1 reverse shadow"]
    note_training(actor=lee, member=ana, done_on=today, today=today)
    (row,) = interviewers(harbour, today, [ana.id])
    assert row.is_qualified


def test_the_module_is_noted_and_taken_back(lees, lee, ana, harbour):
    at = "/hiring/interviewers/"
    assert "Nobody has interviewed yet" in lees.get(at).content.decode()
    assert lees.post(at, {"person": "ana"}).status_code == 302
    assert "2 shadows" in lees.get(at).content.decode()
    late = lees.post(at, {"person": "ana", "done_on": harbour.today() + timedelta(days=2)})
    assert (late.status_code, "not come yet" in late.content.decode()) == (422, True)
    lees.post(f"{at}{ana.id}/module/removal/")

    assert interviewers(harbour, harbour.today()) == []
    assert set(
        Activity.objects.filter(subject_type="interviewertraining").values_list("verb", flat=True)
    ) == {
        "interviewer.trained",
        "interviewer.untrained",
    }


def test_people_of_another_company_are_no_interviewers(lee, zed, harbour):
    a_member(zed.company, "Zoe")

    assert interviewers(harbour, harbour.today(), [zed.id]) == []


# --- Settings -----------------------------------------------------------------------------------------------------

RULES = {
    "version": "1",
    "threshold": "3.8",
    "promise_days": "3",
    "keep_months": "12",
    "shadows_needed": "1",
    "reverse_shadows_needed": "0",
}


def test_leaders_set_how_the_company_hires_and_new_jobs_take_it_over(client, mo, harbour):
    client.force_login(mo.user)
    assert client.post("/hiring/settings/", RULES).status_code == 302
    assert client.post("/hiring/settings/", RULES).status_code == 422  # a page from before
    assert client.post("/hiring/settings/", RULES | {"version": "2", "keep_months": "0"}).status_code == 422

    assert HiringSettings.objects.get().threshold == Decimal("3.80")
    assert 'value="3.80"' in client.get("/hiring/requisitions/new/").content.decode()
