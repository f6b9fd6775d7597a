"""Ride-alongs: proposed, planned, moved, cancelled and held; who may, and what goes out by mail."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from accounts.actions import deactivate_member
from accounts.models import Notification
from accounts.outbox import react_once
from customers.actions import answer_survey, record_shift, resolve_ticket
from customers.models import Survey
from metrics import rollup
from playbooks.actions import map_category
from playbooks.models import Run
from tests.factories import a_category, a_member, a_ticket
from training.actions.enrolments import withdraw
from training.actions.ride_mails import send_ride_mail
from training.actions.rides import cancel_ride, plan_ride
from training.models import Certificate, Entry, Item, RideAlong
from training.queries.hosts import proposals_of

from .making import a_process, an_enrolment, items_of

pytestmark = pytest.mark.django_db
NOW = "2026-03-02T08:00"  # a Monday, nine in Berlin
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def path(harbour, lee, mo, set_clock):
    """(Tom's path, its first ride-along, the process): Tom begins to learn it."""
    set_clock(NOW)
    playbook = a_process(lee, mo)
    tom = a_member(harbour, "Tom", manager=lee)
    enrolment = an_enrolment(lee, tom)
    ride = next(item for item in items_of(enrolment) if item.kind == Item.Kind.RIDE_ALONG)
    return enrolment, ride, playbook


def ran(playbook, member, times: int) -> None:
    now = datetime(2026, 2, 20, 9, tzinfo=UTC)
    Run.objects.bulk_create(
        Run(
            company_id=member.company_id,
            version=playbook.versions.get(),
            state="completed",
            step_key="end",
            starter=member,
            holder=member,
            started_at=now,
            ended_at=now,
        )
        for _time in range(times)
    )


def certify(member, playbook, level: str = "independent") -> None:
    Certificate.objects.create(
        company_id=member.company_id, member=member, playbook=playbook, level=level, until=date(2027, 1, 1)
    )


def planned(path, host, actor, starts_at: datetime = TUESDAY, **fields) -> RideAlong:
    enrolment, item, _playbook = path
    given = {"minutes": 60, "zone": "Europe/Berlin", "site": "https://cs.example"} | fields
    return plan_ride(actor=actor, enrolment=enrolment, item=item, host=host, starts_at=starts_at, **given)


def react() -> None:
    while react_once():
        pass


def said(client, member, path, name="rides", **form):
    enrolment, item, _playbook = path
    client.force_login(member.user)
    url = reverse("training:rides", args=[enrolment.id, item.id])
    return client.post(url, form) if form else client.get(url)


# --- Proposals ----------------------------------------------------------------------------------------------------


def test_it_proposes_who_ran_it_is_certified_and_has_time(path, harbour, ana, lee, mo, client):
    enrolment, item, playbook = path
    ben, cleo = a_member(harbour, "Ben", manager=lee), a_member(harbour, "Cleo", manager=lee)
    assert "Nobody has run this playbook" in said(client, mo, path).text
    for member, times in ((ana, 3), (ben, 7), (cleo, 9), (enrolment.member, 20)):
        ran(playbook, member, times)
    certify(ana, playbook, "coach")
    certify(ben, playbook)
    certify(cleo, playbook, "assisted")
    found = proposals_of(enrolment, item)

    # Too little data for all: of the certified who ran it more often comes first; who only ran it comes last.
    assert [row.host.name for row in found.rows] == ["Ben", "Ana", "Cleo"]
    assert found.rows[0].starts_at == datetime(2026, 3, 3, 8, tzinfo=UTC) and not found.by_shifts
    words = [reason.text for reason in found.rows[0].reasons]
    assert "Ran this playbook 7 times in 90 days" in words and "Certified for it: Independent" in words
    assert "CSAT: too little data to go by, n 0" in words and "No other trainee that day" in words
    assert "Not certified for it yet" not in words

    # In a shift, on a day without another trainee, while they work here, and not while they learn themselves.
    for hour in (6, 30):
        start = datetime(2026, 3, 3, tzinfo=UTC) + timedelta(hours=hour)
        record_shift(actor=None, member=ben, started_at=start, ended_at=start + timedelta(hours=3))
    found = proposals_of(enrolment, item)
    assert [row.host.name for row in found.rows] == ["Ben"] and found.by_shifts
    assert found.rows[0].starts_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    planned(path, ben, lee)
    assert proposals_of(enrolment, item).rows[0].starts_at == datetime(2026, 3, 4, 8, tzinfo=UTC)
    assert proposals_of(enrolment, item, date(2026, 3, 3)).why_none
    ben.left_on = date(2026, 3, 3)
    ben.save()
    assert proposals_of(enrolment, item).rows == []
    assert "has no time then" in said(client, mo, path).text


def test_it_goes_by_the_lower_end_and_says_the_figures(path, harbour, ana, lee, mo):
    enrolment, item, playbook = path
    ben = a_member(harbour, "Ben", manager=lee)
    category = a_category(harbour)
    map_category(actor=lee, scenario=playbook.scenario, category=category, channel=None)
    # Ana: 20 of 20; Ben: 10 of 10, which is less certain though it is as high.
    for member, times in ((ana, 20), (ben, 10)):
        ran(playbook, member, 5)
        certify(member, playbook)
        for _time in range(times):
            ticket = a_ticket(member, category=category, assignee=member)
            resolve_ticket(actor=member, ticket=ticket)
            answer_survey(actor=None, company_id=harbour.id, kind=Survey.Kind.CSAT, score=5, ticket=ticket)
    rollup.drain(harbour.id)
    found = proposals_of(enrolment, item)
    assert [row.host.name for row in found.rows] == ["Ana", "Ben"]
    words = " | ".join(reason.text for reason in found.rows[0].reasons).replace("\N{NO-BREAK SPACE}", " ")
    assert "CSAT 100 %, n 20 for this scenario; others 100 %" in words
    assert "Tickets resolved: 1.6 a week, n 20 for this scenario" in words


# --- Planning -----------------------------------------------------------------------------------------------------


def test_it_is_booked_from_the_proposal_and_both_are_invited(path, ana, lee, mo, zed, client, monkeypatch):
    enrolment, item, playbook = path
    ran(playbook, ana, 4)
    certify(ana, playbook)
    sent = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, args, **_more: sent.append((name, args)))
    form = {"host": ana.email, "starts_at": "2026-03-03T10:00", "minutes": "60", "proposed": "1"}
    assert said(client, enrolment.member, path, **form).status_code == 302
    assert said(client, enrolment.member, path, **form).status_code == 302
    ride = RideAlong.objects.get()
    assert (ride.starts_at, ride.host, ride.sequence) == (TUESDAY, ana, 0)
    assert "Ran this playbook most: 4 times in 90 days" in ride.why
    react()
    mails = [args for name, args in sent if name == "training.tasks.mail_ride"]
    assert sorted(args[1] for args in mails) == sorted([ana.id, enrolment.member_id])
    for args in mails:
        assert send_ride_mail(**dict(zip(("ride_id", "member_id", "sequence", "site"), args, strict=True)))
    first = mail.outbox[0]
    calendar = first.attachments[0].content
    assert "METHOD:REQUEST" in calendar and f"UID:ride-along-{ride.company_id}-{ride.id}@" in calendar
    assert "DTSTART:20260303T090000Z" in calendar and "SEQUENCE:0" in calendar
    assert list(Notification.objects.filter(verb="ride.planned").values_list("member__name", flat=True)) == [
        "Ana"
    ]

    # The host moves it: the same entry of the calendar, the next number; a stale form is told.
    client.force_login(ana.user)
    url = reverse("training:ride_time", args=[ride.id])
    moved = {"version": "1", "starts_at": "2026-03-04T10:00", "minutes": "60"}
    assert client.post(url, moved).status_code == 302
    stale = client.post(url, moved | {"starts_at": "2026-03-05T10:00"})
    assert stale.status_code == 409 and "2026-03-05T10:00" in stale.text and 'value="2"' in stale.text
    assert not send_ride_mail(ride_id=ride.id, member_id=ana.id, sequence=0, site="")
    assert send_ride_mail(ride_id=ride.id, member_id=ana.id, sequence=1, site="")
    assert "SEQUENCE:1" in mail.outbox[-1].attachments[0].content

    # And is cancelled with a reason that both read.
    away = reverse("training:ride_cancellation", args=[ride.id])
    assert client.post(away, {"why": " "}).status_code == 422
    assert client.post(away, {"why": "I am at the dentist"}).status_code == 302
    assert send_ride_mail(ride_id=ride.id, member_id=enrolment.member_id, sequence=2, site="")
    assert "METHOD:CANCEL" in mail.outbox[-1].attachments[0].content
    assert "I am at the dentist" in mail.outbox[-1].body
    assert client.get(reverse("training:ride_calendar", args=[ride.id])).status_code == 200
    client.force_login(zed.user)
    for name in ("ride", "ride_time", "ride_calendar"):
        assert client.get(reverse(f"training:{name}", args=[ride.id])).status_code == 404


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"starts_at": "2026-03-29T02:30"}, "The clocks change at that hour"),
        ({"starts_at": "2026-10-25T02:30"}, "The clocks change at that hour"),
        ({"starts_at": "soon"}, "Write a day and a time"),
        ({"starts_at": "2026-03-03T10:30"}, "is at another ride-along at that time"),
        ({"starts_at": "2026-03-12T10:30"}, "does not work here any more on that day"),
        ({"host": "tom@harbour.example"}, "Nobody to choose here"),
        ({"host": "zed@elsewhere.example"}, "Nobody to choose here"),
        ({"minutes": "0"}, "greater than or equal to 5"),
    ],
)
def test_it_refuses_what_cannot_be(path, ana, lee, zed, client, given, refusal):
    planned(path, ana, lee)
    ana.left_on = date(2026, 3, 11)
    ana.save()
    form = {"host": ana.email, "starts_at": "2026-03-04T10:00", "minutes": "60"} | given
    answer = said(client, lee, path, **form)
    assert answer.status_code == 422 and refusal in answer.text
    assert RideAlong.objects.count() == 1


def test_over_the_night_of_the_change_it_takes_the_minutes_it_takes(path, ana, lee, client):
    form = {"host": ana.email, "starts_at": "2026-03-29T01:30", "minutes": "60"}
    assert said(client, lee, path, **form).status_code == 302
    ride = RideAlong.objects.get()
    assert (ride.starts_at, ride.ends_at) == (
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    )
    assert "01:30 – 03:30" in client.get(reverse("training:ride", args=[ride.id])).text


def test_who_neither_learns_nor_leads_plans_nothing(path, harbour, ana, lee, client):
    planned(path, ana, lee)
    # The host sees the path, and plans nothing on it; somebody else does not even see it.
    form = {"host": ana.email, "starts_at": "2026-03-04T10:00", "minutes": "60"}
    assert said(client, ana, path).status_code == 200
    assert said(client, ana, path, **form).status_code == 403
    assert said(client, a_member(harbour, "Uma"), path).status_code == 404


# --- Leavers ------------------------------------------------------------------------------------------------------


def test_when_the_host_leaves_it_is_cancelled_and_trainee_and_manager_hear(path, ana, lee, mo, client):
    ride = planned(path, ana, mo)
    react()
    deactivate_member(actor=mo, member=ana)
    react()
    ride.refresh_from_db()
    assert (ride.state, ride.cancelled_because, ride.sequence) == (
        "cancelled",
        "Ana has left the company.",
        1,
    )
    told = Notification.objects.filter(verb="ride.cancelled")
    assert sorted(told.values_list("member__name", flat=True)) == ["Lee", "Tom"]
    assert send_ride_mail(ride_id=ride.id, member_id=path[0].member_id, sequence=1, site="")
    assert not send_ride_mail(ride_id=ride.id, member_id=ana.id, sequence=1, site="")
    client.force_login(lee.user)
    assert "Ana has left the company" in client.get("/notifications/").text


def test_a_path_that_is_given_up_takes_its_rides_along(path, ana, lee):
    ride = planned(path, ana, lee)
    withdraw(actor=lee, enrolment=path[0], reason="Another team")
    react()
    ride.refresh_from_db()
    assert ride.cancelled_because == "The path was given up."


# --- Held ---------------------------------------------------------------------------------------------------------


def test_the_host_notes_it_once_and_the_trainee_reflects(path, ana, lee, client, set_clock):
    enrolment, item, _playbook = path
    ride = planned(path, ana, lee)
    notes, page = (reverse(f"training:{name}", args=[ride.id]) for name in ("ride_notes", "ride"))
    form = {"interactions": "6", "outcome": "passed", "words": "Asked good questions"}
    client.force_login(ana.user)
    early = client.post(notes, form)
    assert early.status_code == 422 and "It has not begun yet" in early.text
    set_clock("2026-03-03T10:30")
    assert "What came of it" in client.get(page).text
    assert "Ride-along with Tom at 10:00" in client.get("/my-day/").text
    refused = client.post(notes, {"interactions": "2", "outcome": "not_yet", "words": "Too fast"})
    assert (
        refused.status_code == 422
        and "Say it, so that it helps" in refused.text
        and "Too fast" in refused.text
    )
    for _twice in range(2):
        assert client.post(notes, form).status_code == 302
    assert Entry.objects.filter(item=item).count() == 1
    ride.refresh_from_db()
    assert (ride.state, ride.interactions, ride.entry.by, ride.entry.minutes) == ("held", 6, ana, 60)
    assert (
        client.post(reverse("training:ride_cancellation", args=[ride.id]), {"why": "No"}).status_code == 422
    )

    client.force_login(enrolment.member.user)
    assert client.post(notes, form).status_code == 403
    thought = {"reflection": "Look first, <b>then</b> speak"}
    assert client.post(reverse("training:ride_reflection", args=[ride.id]), thought).status_code == 302
    text = client.get(page).text
    assert "Asked good questions" in text and "&lt;b&gt;then" in text
    text = said(client, enrolment.member, path).text
    assert "1 of 2 passed" in text and ">Held</h2>" in text


def test_a_line_of_the_day_for_host_and_trainee(path, ana, lee, client, set_clock):
    ride = planned(path, ana, lee)
    set_clock("2026-03-03T07:00")
    for member, whom in ((ana, "Tom"), (path[0].member, "Ana")):
        client.force_login(member.user)
        assert f"Ride-along with {whom} at 10:00" in client.get("/my-day/").text
    client.force_login(ana.user)
    assert "Tom" in client.get(reverse("training:hosting")).text
    cancel_ride(actor=lee, ride=ride, why="Ill")
    assert "Nobody rides along with you" in client.get(reverse("training:hosting")).text
