"""Live sessions: set up, repeated, called off; who came, and what it counts for."""

from datetime import UTC, datetime

import icalendar
import pytest
from django.core import mail

from accounts.actions import set_line
from accounts.models import Team
from accounts.outbox import react_once
from tests.factories import a_member, at
from tests.training.making import a_draft, an_enrolment
from training.actions.programmes import publish_programme
from training.actions.session_mails import send_session_mail
from training.actions.sessions import close_session, note_attendance
from training.models import Entry, Item, Seat, Session
from training.repeating import next_month

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """What the outbox has a worker send, sent at once: {address: (method, event, mail)}."""

    def send() -> dict:
        mail.outbox.clear()
        names = ("session_id", "member_id", "sequence", "method", "is_new", "site")
        monkeypatch.setattr(
            "training.reactions.current_app.send_task",
            lambda _task, given, **_options: send_session_mail(**dict(zip(names, given, strict=True))),
        )
        while react_once():
            pass
        found = {}
        for letter in mail.outbox:
            (part,) = [part for part, kind in letter.alternatives if "calendar" in kind]
            calendar = icalendar.Calendar.from_ical(part)
            (event,) = calendar.walk("VEVENT")
            found[letter.to[0]] = (calendar["METHOD"], event, letter)
        return found

    return send


def _fields(host, *people, **fields) -> dict:
    return {
        "title": "Refunds in practice",
        "host": host.email,
        "starts_at": "2026-10-13T10:00",
        "minutes": "60",
        "zone": "Europe/Berlin",
        "place": "Room 4",
        "people": "\n".join(person.email for person in people),
    } | fields


def _held(client, lee, *people, **fields) -> Session:
    client.force_login(lee.user)
    answer = client.post("/training/sessions/new/", _fields(lee, *people, **fields))
    assert answer.status_code == 302, answer.context["form"].errors
    return Session.objects.latest("id")


def test_it_keeps_the_weekday_of_the_month_and_the_hour_of_the_clock():
    berlin = "Europe/Berlin"
    # Second Tuesday, 10:00, over the end of summer time.
    assert next_month(datetime(2026, 10, 13, 8, tzinfo=UTC), berlin) == datetime(2026, 11, 10, 9, tzinfo=UTC)
    # A fifth Friday that the next month has not: the last.
    assert next_month(datetime(2026, 1, 30, 9, tzinfo=UTC), berlin) == datetime(2026, 2, 27, 9, tzinfo=UTC)
    assert next_month(datetime(2026, 12, 1, 9, tzinfo=UTC), berlin) == datetime(2027, 1, 5, 9, tzinfo=UTC)
    # Half past two on the last Sunday of March is left out: it moves forward.
    assert next_month(datetime(2026, 2, 22, 1, 30, tzinfo=UTC), berlin) == datetime(
        2026, 3, 22, 1, 30, tzinfo=UTC
    )
    assert next_month(datetime(2027, 2, 28, 1, 30, tzinfo=UTC), berlin) == datetime(
        2027, 3, 28, 1, 30, tzinfo=UTC
    )


def test_it_is_set_up_for_a_team_and_by_name_and_changed_and_called_off(
    client, harbour, lee, ana, mo, sent, set_clock
):
    set_clock("2026-10-01T08:00")
    team = Team.objects.create(company=harbour, name="Billing")
    ben, cleo = a_member(harbour, "Ben", manager=lee), a_member(harbour, "Cleo", manager=lee)
    for person in (ben, cleo):
        set_line(actor=None, member=person, manager=lee, team=team, valid_from=at("2026-01-01T00:00").date())
    session = _held(client, lee, ana, teams=[team.id])
    again = client.post("/training/sessions/new/", _fields(lee, ana, teams=[team.id]))
    assert again["Location"].endswith(f"/{session.id}/") and Session.objects.count() == 1
    assert session.starts_at == at("2026-10-13T08:00") and session.zone == "Europe/Berlin"

    first = sent()
    assert set(first) == {ana.email, ben.email, cleo.email}
    method, event, letter = first[ana.email]
    assert (method, event["SEQUENCE"], event["DTSTART"].dt) == ("REQUEST", 0, session.starts_at)
    assert (
        "Room 4" in letter.body
        and "10:00" in letter.body
        and f"/training/sessions/{session.id}/" in letter.body
    )

    place = f"/training/sessions/{session.id}/"
    moved = _fields(lee, ana, mo, starts_at="2026-10-14T10:00", version=1)
    assert client.post(f"{place}edit/", moved).status_code == 302
    told = sent()
    assert {address: method for address, (method, _e, _l) in told.items()} == {
        ana.email: "REQUEST", mo.email: "REQUEST", ben.email: "CANCEL", cleo.email: "CANCEL",
    }  # fmt: skip
    assert told[ana.email][1]["SEQUENCE"] == 1 and "Changed" in told[ana.email][2].subject
    assert "Changed" not in told[mo.email][2].subject
    stale = client.post(f"{place}edit/", _fields(lee, ana, title="Mine", version=1))
    assert stale.status_code == 409 and b"Mine" in stale.content

    assert client.post(f"{place}cancellation/").status_code == 302
    assert client.post(f"{place}cancellation/").status_code == 302
    assert {method for method, _event, _letter in sent().values()} == {"CANCEL"}
    assert b"called off" in client.get(place).content
    assert b"STATUS:CANCELLED" in client.get(f"{place}calendar/").content


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"people": ""}, "people"),
        ({"people": "nobody@x.example"}, "people"),
        ({"starts_at": "2026-10-25T02:30"}, "starts_at"),
        ({"starts_at": "2026-03-29T02:30"}, "starts_at"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"zone": "Mars"}, "zone"),
        ({"minutes": "0"}, "minutes"),
        ({"title": "x\0"}, "title"),
        ({"item": "none"}, "item"),
    ],
)
def test_it_refuses_what_cannot_be_meant(client, lee, ana, wrong, named):
    client.force_login(lee.user)
    answer = client.post("/training/sessions/new/", _fields(lee, ana, **wrong))
    assert answer.status_code == 422 and named in answer.context["form"].errors
    assert not Session.objects.exists()


def test_it_counts_on_the_path_of_who_came_once_it_is_closed(client, harbour, lee, ana, mo, zed, set_clock):
    set_clock("2026-10-01T08:00")
    draft = a_draft(mo)
    item = Item.objects.create(
        company=harbour,
        module=draft.modules.first(),
        key="monthly",
        position=90,
        kind="session",
        title="Monthly",
    )
    publish_programme(actor=mo, draft=draft)
    enrolment = an_enrolment(mo, ana, draft.programme)
    ben = a_member(harbour, "Ben", manager=lee)
    session = _held(client, lee, ana, ben, lee, item="monthly")
    place = f"/training/sessions/{session.id}/"
    seats = {seat.member_id: seat.id for seat in session.seats.all()}
    came = {f"came_{seats[ana.id]}": "on", f"minutes_{seats[ana.id]}": "45", "version": 1}

    assert client.post(f"{place}attendance/", came).status_code == 422, "it has not begun"
    set_clock("2026-10-13T09:30")
    client.force_login(ana.user)
    assert client.post(f"{place}attendance/", came).status_code == 403
    assert client.post(f"{place}closing/").status_code == 403
    assert b"Ben" not in client.get(place).content
    client.force_login(zed.user)
    assert client.post(f"{place}attendance/", came).status_code == 404

    client.force_login(lee.user)
    assert client.post(f"{place}attendance/", came | {f"minutes_{seats[ana.id]}": "90"}).status_code == 422
    assert client.post(f"{place}attendance/", came).status_code == 302
    assert client.post(f"{place}attendance/", came).status_code == 409
    with pytest.raises(Exception, match="Somebody else"):
        note_attendance(actor=lee, session=session, came={seats[lee.id]: 60})
    client.post(f"{place}closing/")
    session.refresh_from_db()
    assert session.closed_at is None, "the own seat waits for another's word"
    session.seats.filter(member=lee).delete()

    assert client.post(f"{place}closing/").status_code == 302
    close_session(actor=lee, session=session)
    entry = Entry.objects.get(enrolment=enrolment, item=item)
    assert (entry.outcome, entry.by, entry.minutes, entry.shown) == (
        "passed",
        lee,
        45,
        {"session": session.id},
    )
    states = {seat.member: seat.state for seat in Seat.objects.filter(session=session)}
    assert states == {ana: "attended", ben: "missed"}
    assert client.post(f"{place}attendance/", came | {"version": 3}).status_code == 422
    client.force_login(ana.user)
    assert b"came, 45 min" in client.get(place).content


def test_it_repeats_next_month_once(client, lee, ana, zed, set_clock):
    set_clock("2026-10-01T08:00")
    session = _held(client, lee, ana)
    first = client.post(f"/training/sessions/{session.id}/repetition/")
    again = client.post(f"/training/sessions/{session.id}/repetition/")
    assert first["Location"] == again["Location"] and Session.objects.count() == 2
    other = Session.objects.latest("id")
    assert other.starts_at == at("2026-11-10T09:00") and other.seats.get().member == ana
    page = client.get("/training/sessions/").content.decode()
    assert page.index("Tue 13 Oct") < page.index("Tue 10 Nov")
    client.force_login(ana.user)
    assert client.post(f"/training/sessions/{session.id}/repetition/").status_code == 403
    assert client.get("/training/sessions/new/").status_code == 403
    client.force_login(zed.user)
    assert client.get(f"/training/sessions/{session.id}/").status_code == 404
    assert b"Refunds" not in client.get("/training/sessions/").content
