"""Hours by person and quarter, from what happened."""

from datetime import timedelta

import pytest

from tests.factories import a_member, at
from tests.training.making import a_draft, an_enrolment
from training.actions.entries import judge, mark_done
from training.actions.programmes import publish_programme
from training.actions.sessions import close_session, note_attendance, plan_session
from training.models import Item, RideAlong
from training.queries.hours import Minutes, Quarter, minutes_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def trained(harbour, lee, ana, mo, set_clock):
    """Ana: a lesson of 20 minutes, a role-play noted with 25, a ride-along of 90, a session of 45."""
    set_clock("2026-10-01T08:00")
    draft = a_draft(mo)
    module = draft.modules.first()

    def item(kind: str, **fields) -> Item:
        return Item.objects.create(
            company=harbour,
            module=module,
            key=kind[:12],
            position=80 + module.items.count(),
            kind=kind,
            title=kind,
            **fields,
        )

    lesson, play = item("lesson", minutes=20), item("role_play", minutes=30)
    ride, live = item("ride_along", form="observe"), item("session")
    publish_programme(actor=mo, draft=draft)
    enrolment = an_enrolment(mo, ana, draft.programme)
    mark_done(actor=ana, enrolment=enrolment, item=lesson)
    judge(actor=lee, enrolment=enrolment, item=play, outcome="passed", minutes=25)
    start = at("2026-10-05T08:00")
    RideAlong.objects.create(
        company=harbour, enrolment=enrolment, item=ride, host=lee, state="held", starts_at=start,
        ends_at=start + timedelta(minutes=90), zone="UTC",
        entry=judge(actor=lee, enrolment=enrolment, item=ride, outcome="passed", minutes=90),
    )  # fmt: skip
    session = plan_session(
        actor=lee, people=[ana.id], title="S", host=lee, starts_at=at("2026-10-06T08:00"),
        ends_at=at("2026-10-06T09:00"), zone="UTC", item=live.key,
    )  # fmt: skip
    set_clock("2026-10-06T10:00")
    note_attendance(actor=lee, session=session, came={session.seats.get().id: 45})
    close_session(actor=lee, session=session)
    return enrolment


def test_each_kind_counts_once(harbour, ana, trained):
    found = minutes_in(harbour.id, at("2026-09-30T22:00"), at("2026-12-31T23:00"))
    assert found == {ana.id: Minutes(own=20, seen=25, rides=90, sessions=45)}
    assert minutes_in(harbour.id, at("2026-12-31T23:00"), at("2027-03-31T22:00")) == {}


def test_a_quarter_is_read_and_has_neighbours():
    assert (Quarter.read("2026-Q4").next, Quarter.read("2026-Q1").before) == (
        Quarter(2027, 1),
        Quarter(2025, 4),
    )
    assert [Quarter.read(text) for text in ("", "2026-Q5", "26-Q1", "x-Q1", "²-Q1")] == [None] * 5


def test_people_see_their_own_hours_and_those_below(client, harbour, lee, ana, mo, zed, trained):
    a_member(harbour, "Otto")
    for who, ana_s, otto_s in ((ana, True, False), (lee, True, False), (mo, True, True), (zed, False, False)):
        client.force_login(who.user)
        page = client.get("/training/hours/?quarter=2026-Q4")
        names = {row.person.name for row in page.context["page"].rows}
        assert ("Ana" in names, "Otto" in names) == (ana_s, otto_s), who
    client.force_login(lee.user)
    assert b"3.0 h" in client.get("/training/hours/").content
    assert b"No hours in this quarter" in client.get("/training/hours/?quarter=2026-Q3").content
    file = client.get("/training/hours/?quarter=2026-Q4&csv=1").getvalue().decode()
    assert "Ana,ana@harbour.example,,2026-Q4,20,25,90,45,180" in file
    assert client.get("/training/hours/?quarter=x&team=%00&page=-1").status_code == 200
