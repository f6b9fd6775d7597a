"""Interviews: planned, moved, cancelled; who is invited, reminded and told."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.core import mail

from accounts.actions import deactivate_member
from accounts.models import Notification, Outbox
from accounts.outbox import react_once
from cs_platform.lib import clock
from hiring.actions.invitations import deliver
from hiring.actions.reminders import remind_of_scorecards
from hiring.models import Interview, InterviewMail, PanelRole, Scorecard
from hiring.queries.mails import mails_due
from tests.hiring.making import a_card, an_application, an_interview, scored

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(mo):
    return an_application(mo, name="Lena Fischer")


def _sent():
    """Everything that waits, as (recipient, event, mail)."""
    mail.outbox.clear()
    for mail_id in mails_due():
        deliver(mail_id=mail_id)
    found = {}
    for letter in mail.outbox:
        (part,) = [part for part, kind in letter.alternatives if "calendar" in kind]
        found[letter.to[0]] = (icalendar.Calendar.from_ical(part), letter)
    return found


def _react():
    while react_once():
        pass


def _plan(client, application, people, **fields):
    stage = application.requisition.stages.get(kind="panel")
    rows = {f"person_{n}": person.email for n, person in enumerate(people)}
    roles = {f"role_{n}": "scorer" if n else "lead" for n in range(len(people))}
    sent = {
        "stage": stage.id,
        "starts_at": "2027-03-01T14:00",
        "tells_candidate": "on",
        **rows,
        **roles,
        **fields,
    }
    return client.post(f"/hiring/applications/{application.id}/interviews/new/", sent)


def test_it_is_planned_moved_and_cancelled_by_mail(client, application, mo, lee, ana):
    client.force_login(mo.user)
    assert (
        b"not qualified yet" in client.get(f"/hiring/applications/{application.id}/interviews/new/").content
    )
    planned = _plan(client, application, [lee, ana], place="Room 4")
    interview = Interview.objects.get()
    assert planned["Location"] == f"/hiring/interviews/{interview.id}/"
    assert interview.starts_at == datetime(2027, 3, 1, 13, tzinfo=UTC)
    assert interview.ends_at - interview.starts_at == timedelta(minutes=45)
    assert interview.kit == interview.stage.kit and interview.zone == "Europe/Berlin"

    first = _sent()
    assert set(first) == {lee.email, ana.email, application.candidate.email}
    uids = set()
    for address, (calendar, letter) in first.items():
        (event,) = calendar.walk("VEVENT")
        uids.add(str(event["UID"]))
        assert (calendar["METHOD"], event["SEQUENCE"], event["DTSTART"].dt) == (
            "REQUEST",
            0,
            interview.starts_at,
        )
        assert ("Lena" in letter.message().as_string()) == (address == application.candidate.email)
        for secret in ("Drive", "Coachability", "Front line", "worst boss"):
            assert secret not in letter.message().as_string()
        assert "14:00 – 14:45 (Europe/Berlin)" in letter.body
    assert len(uids) == 1 and not _sent()

    place = f"/hiring/interviews/{interview.id}/"
    moved = {"starts_at": "2027-03-02T09:30", "minutes": "30", "version": "1"}
    assert client.post(f"{place}time/", moved).status_code == 302
    assert client.post(f"{place}time/", moved).status_code == 409
    assert {str(c.walk("VEVENT")[0]["SEQUENCE"]) for c, _ in _sent().values()} == {"1"}
    interview.refresh_from_db()
    assert a_card(interview, lee).due_at == interview.ends_at + timedelta(hours=24)

    new = {"person_0": lee.email, "role_0": "lead", "person_1": mo.email, "role_1": "shadow", "version": "2"}
    assert client.post(f"{place}panel/", new).status_code == 302
    told = {address: str(calendar["METHOD"]) for address, (calendar, _) in _sent().items()}
    assert told == {ana.email: "CANCEL", mo.email: "REQUEST"}
    assert b"Lena Fischer" in client.get(place).content
    file = client.get(f"{place}interview.ics")
    assert str(icalendar.Calendar.from_ical(file.content).walk("VEVENT")[0]["UID"]) in uids

    client.post(f"{place}cancellation/", {"why": "Ill"})
    assert {str(c["METHOD"]) for c, _ in _sent().values()} == {"CANCEL"}
    assert set(interview.scorecards.values_list("state", flat=True)) == {Scorecard.State.EXCUSED}


def test_it_stands_at_one_instant_over_a_change_of_the_clocks(client, application, mo, lee):
    """In Berlin the clocks go back at three on 31 October 2027, and forward at two on 28 March."""
    client.force_login(mo.user)
    for hour in ("2027-10-31T02:30", "2027-03-28T02:30"):
        refused = _plan(client, application, [lee], starts_at=hour)
        assert refused.status_code == 422 and b"clocks change" in refused.content
    _plan(client, application, [lee], starts_at="2027-10-31T01:30", minutes="120")
    interview = Interview.objects.get()
    # Two hours pass, of which the clock shows one.
    assert interview.starts_at == datetime(2027, 10, 30, 23, 30, tzinfo=UTC)
    assert interview.ends_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    (event,) = _sent()[lee.email][0].walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (interview.starts_at, interview.ends_at)
    assert "01:30 – 02:30" in mail.outbox[0].body


def test_it_refuses_a_panel_that_cannot_be(client, application, mo, lee, ana, zed):
    client.force_login(mo.user)
    for people in ([], [lee, lee], [zed]):
        assert _plan(client, application, people).status_code == 422
    assert _plan(client, application, [lee, ana], role_1="lead").status_code == 422
    application.candidate.member = ana
    application.candidate.save()
    assert _plan(client, application, [ana]).status_code == 422
    assert not Interview.objects.exists() and not InterviewMail.objects.exists()
    client.force_login(lee.user)
    assert _plan(client, application, [lee]).status_code == 404


def test_a_mail_is_tried_again_and_then_by_hand(client, application, mo, lee, monkeypatch, set_clock):
    def refuse(*_args, **_kwargs):
        raise ConnectionRefusedError("no server")

    client.force_login(mo.user)
    _plan(client, application, [lee], tells_candidate="")
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    for _ in range(6):
        (waiting,) = InterviewMail.objects.filter(state="waiting")
        set_clock(waiting.due_at)
        deliver(mail_id=waiting.id)
    failed = InterviewMail.objects.get()
    assert (failed.state, failed.tries) == ("failed", 6)
    place = f"/hiring/interviews/{failed.interview_id}/"
    assert b"No mail server took" in client.get(place).content
    monkeypatch.undo()
    client.post(f"{place}mailing/")
    assert set(_sent()) == {lee.email}


def test_a_scorer_is_reminded_once_when_it_is_due(application, mo, lee, ana, set_clock):
    interview = an_interview(mo, application, {lee: PanelRole.LEAD, ana: PanelRole.SCORER})
    scored(a_card(interview, ana))
    assert remind_of_scorecards() == 0
    set_clock(interview.ends_at + timedelta(hours=24, minutes=1))
    assert remind_of_scorecards() == 1 and remind_of_scorecards() == 0
    (told,) = Notification.objects.filter(verb="scorecard.due")
    assert told.member == lee and told.url == f"/hiring/scorecards/{a_card(interview, lee).id}/"
    for mail_id in mails_due():
        deliver(mail_id=mail_id)
    (letter,) = mail.outbox
    assert letter.to == [lee.email] and "Lena" not in letter.message().as_string()
    assert a_card(interview, lee).is_late


def test_the_owner_hears_that_all_are_in_and_nothing_else(client, application, mo, lee, ana):
    interview = an_interview(mo, application, {lee: PanelRole.LEAD, ana: PanelRole.SCORER})
    scored(a_card(interview, lee), words="Secret", value=1)
    _react()
    assert not Notification.objects.filter(verb="debrief.opened").exists()
    client.force_login(ana.user)
    card = a_card(interview, ana)
    client.post(f"/hiring/interviews/{interview.id}/panel/{card.id}/excuse/", {"why": "My cousin"})
    _react()
    Outbox.objects.all().delete()
    told = Notification.objects.filter(member=mo).order_by("id")
    assert set(told.values_list("verb", flat=True)) == {"scorecard.excused", "debrief.opened"}
    client.force_login(mo.user)
    page = client.get("/notifications/").content.decode()
    assert "All scorecards are in" in page and "Secret" not in page and "cousin" not in page


def test_a_leaver_is_not_waited_for(application, mo, lee, ana):
    interview = an_interview(mo, application, {lee: PanelRole.LEAD, ana: PanelRole.SCORER})
    deactivate_member(actor=mo, member=ana, left_on=clock.now().date())
    _react()
    assert a_card(interview, ana).state == Scorecard.State.EXCUSED
    assert a_card(interview, lee).state == Scorecard.State.ASSIGNED


def test_my_day_has_what_is_outstanding(client, application, mo, lee):
    interview = an_interview(mo, application, {lee: PanelRole.LEAD})
    later = clock.now() + timedelta(days=3)
    an_interview(mo, an_application(mo), {lee: PanelRole.LEAD}, begins=later)
    client.force_login(lee.user)
    page = client.get("/my-day/").content.decode()
    assert f"/hiring/scorecards/{a_card(interview, lee).id}/" in page
    # Its title and its button; the one in three days is not due.
    assert page.count("/hiring/scorecards/") == 2
