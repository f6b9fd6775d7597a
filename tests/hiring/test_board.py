"""The pipeline of a job: stages, who has waited too long, moves without dragging, the table and its file."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cs_platform.lib import clock
from hiring.actions.candidates import plan_next
from hiring.models import Application, Stage, StageMove
from hiring.queries.board import MOST_CARDS, board_of
from tests.hiring.making import a_card, a_requisition, a_sheet, an_application, an_interview, scored

pytestmark = pytest.mark.django_db
TURNED = "Ana\u202egnp.exe"


@pytest.fixture
def job(mo):
    return a_requisition(mo, place="Amsterdam")


def board_url(job) -> str:
    return f"/hiring/requisitions/{job.id}/board/"


def since(application, days: int) -> None:
    at = clock.now() - timedelta(days=days, hours=1)
    Application.objects.filter(id=application.id).update(stage_since=at, applied_at=at)


def test_it_says_who_has_waited_too_long_in_words(client, mo, lee, job):
    client.force_login(mo.user)
    page = client.get(board_url(job)).content.decode()
    assert "Nobody is in the pipeline yet" in page

    late = an_application(mo, job, name=TURNED)
    since(late, 6)
    plan_next(actor=mo, application=late, action="Read it", by=lee, on=mo.company.today() - timedelta(days=1))
    page = client.get(board_url(job)).content.decode()
    assert f"<bdi>{TURNED}</bdi>" in page
    assert "6 days, 1 over" in page and "1 candidate has waited longer than planned." in page
    assert "Read it" in page and "was due" in page
    assert "1 person waits for an answer" in page and "We promise 5" in page
    assert f"Longest: \u2068{TURNED}\u2069, 6 days" in page


def test_a_seal_tells_how_many_and_no_more(client, mo, lee, rae, job):
    application = an_application(mo, job)
    interview = an_interview(mo, application, {lee: "lead", rae: "scorer", mo: "shadow"})
    Application.objects.update(stage=interview.stage)
    scored(a_card(interview, lee), a_sheet(a_card(interview, lee), value=1, words="SECRETWORDS"))
    client.force_login(mo.user)

    for view in ("", "?view=table"):
        page = client.get(board_url(job) + view).content.decode()
        assert "1 of 3 submitted" in page and "SECRETWORDS" not in page
    file = b"".join(client.get(f"/hiring/requisitions/{job.id}/candidates.csv")).decode()
    assert "SECRETWORDS" not in file and ",1,3\r\n" in file


def test_a_button_moves_and_undo_moves_back(client, mo, job):
    application = an_application(mo, job)
    first, second = job.stages.order_by("position")[:2]
    client.force_login(mo.user)
    url = f"/hiring/applications/{application.id}/stages/{second.id}/"
    assert url in client.get(board_url(job)).content.decode()

    said = client.post(url, {"version": application.version, "next": board_url(job)}, follow=True)
    assert said.redirect_chain == [(board_url(job), 302)]
    back = f"/hiring/applications/{application.id}/stages/{first.id}/"
    assert f'action="{back}"' in said.content.decode()
    # The card that somebody else still has open is of an older version.
    third = job.stages.order_by("position")[2]
    stale = client.post(
        f"/hiring/applications/{application.id}/stages/{third.id}/", {"version": 1}, follow=True
    )
    assert "Somebody changed this meanwhile" in stale.content.decode()
    client.post(back)
    application.refresh_from_db()
    assert application.stage == first
    assert StageMove.objects.filter(application=application).count() == 3

    moved = client.post(f"/hiring/applications/{application.id}/move/", {"stage": third.id})
    application.refresh_from_db()
    assert moved.status_code == 302 and application.stage == third
    elsewhere = a_requisition(mo).stages.first()
    assert (
        client.post(f"/hiring/applications/{application.id}/move/", {"stage": elsewhere.id}).status_code
        == 422
    )
    assert client.post(f"/hiring/applications/{application.id}/stages/{elsewhere.id}/").status_code == 404


def test_undoing_a_move_brings_the_next_step_back(client, mo, lee, job):
    application, due = an_application(mo, job), mo.company.today() + timedelta(days=2)
    began = application.stage_since
    plan_next(actor=mo, application=application, action="Call, 20 min", by=lee, on=due)
    first, screen = job.stages.order_by("position")[:2]
    client.force_login(mo.user)
    place = f"/hiring/applications/{application.id}/stages/"
    client.post(f"{place}{screen.id}/", {"version": 1})
    application.refresh_from_db()
    assert (application.stage, application.next_action, application.next_on) == (screen, "", None)
    client.post(f"{place}{first.id}/")
    application.refresh_from_db()
    assert (application.next_action, application.next_by, application.next_on) == ("Call, 20 min", lee, due)
    assert (application.stage, application.stage_since) == (first, began)

    # What somebody has planned since is not overwritten.
    client.post(f"{place}{screen.id}/", {"version": application.version})
    plan_next(actor=mo, application=application, action="Newer", by=None, on=None)
    client.post(f"{place}{first.id}/")
    application.refresh_from_db()
    assert (application.stage, application.next_action) == (first, "Newer")
    # What a browser wrote into the drafts does not come back.
    client.post(f"{place}{screen.id}/", {"version": application.version})
    wrong = {"content": {"before": "forged"}}
    address = f"/drafts/application:{application.id}:moved/"
    client.put(address, wrong, content_type="application/json")
    client.post(f"{place}{first.id}/")
    application.refresh_from_db()
    assert (application.stage, application.next_action) == (first, "")


def test_it_stays_small_however_many_there_are(client, mo, job):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(board_url(job)).status_code == 200
        return len(captured)

    client.force_login(mo.user)
    first = an_application(mo, job)
    queries()
    before = queries()
    for _ in range(MOST_CARDS + 4):
        an_application(mo, job)
    assert queries() == before <= 13
    board = board_of(mo, job)
    assert (board.columns[0].count, len(board.columns[0].cards), board.columns[0].more) == (17, 12, 5)
    assert board.columns[0].cards[0].id == first.id
    page = client.get(board_url(job)).content.decode()
    assert "5 more" in page
    table = client.get(board_url(job) + f"?view=table&stage={board.columns[0].stage.id}").content.decode()
    assert "17 people" in table
    assert client.get(board_url(job) + "?view=table&stage=x&state=y&only=z&page=99").status_code == 200


def test_who_does_not_hire_for_it_does_not_find_it(client, mo, lee, ana, zed, job):
    application = an_application(mo, job)
    stage = job.stages.get(kind=Stage.Kind.SCREEN)
    an_interview(mo, application, {ana: "lead"})
    for member in (lee, zed, ana):
        client.force_login(member.user)
        assert client.get(board_url(job)).status_code == 404
        assert client.get(f"/hiring/requisitions/{job.id}/candidates.csv").status_code == 404
    # Ana interviews: she opens the page of the candidate and moves nobody.
    assert client.get(f"/hiring/applications/{application.id}/").status_code == 200
    assert client.post(f"/hiring/applications/{application.id}/stages/{stage.id}/").status_code == 403


def test_nobody_meets_the_own_file_on_a_board(client, mo, rae, job):
    application = an_application(mo, job, name="Rae herself", member=rae)
    client.force_login(rae.user)

    assert "Rae herself" not in client.get(board_url(job)).content.decode()
    assert client.get(f"/hiring/applications/{application.id}/").status_code == 404
