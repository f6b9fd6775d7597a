"""Writing time: given, told, taken into a calendar, taken back."""

from datetime import date

import icalendar
import pytest
from django.test import Client

from accounts.models import Notification
from accounts.outbox import react_once
from customers.models import Shift
from playbooks.models import WritingSlot
from playbooks.queries.writing import next_morning
from tests.factories import at

from .making import a_scenario

pytestmark = pytest.mark.django_db


def of(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def scenario(lee, set_clock):
    set_clock("2026-03-06T10:00")  # a Friday
    return a_scenario(lee, "Delivery late")


def given(of_scenario, **fields) -> dict:
    return {
        "scenario": of_scenario.id,
        "member": "ana@harbour.example",
        "starts_at": "2026-03-09T09:00",
        "hours": 4,
    } | fields


def test_it_gives_hours_and_tells_who_writes(ana, lee, scenario):
    page = of(lee).get(f"/playbooks/writing/?scenario={scenario.id}&member={ana.id}").content.decode()
    assert 'value="2026-03-09T09:00"' in page and 'value="ana@harbour.example"' in page

    assert of(ana).post("/playbooks/writing/", given(scenario)).status_code == 403
    for _ in range(2):  # sent twice, given once
        assert of(lee).post("/playbooks/writing/", given(scenario)).status_code == 302
    (slot,) = WritingSlot.objects.all()
    assert (slot.member, slot.minutes, slot.given_by) == (ana, 240, lee)
    assert slot.starts_at == at("2026-03-09T08:00")  # 9:00 in Berlin

    for _ in range(3):
        react_once()
    (notice,) = Notification.objects.filter(member=ana)
    listed = of(ana).get("/notifications/").content.decode()
    assert "gave you time to write a playbook" in listed and "Delivery late" in listed
    assert notice.url == "/playbooks/writing/"
    assert "Delivery late" in of(ana).get("/playbooks/writing/").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"starts_at": "2026-03-01T09:00"}, "lies ahead"),
        ({"starts_at": "soon"}, "Write a day"),
        ({"starts_at": "9999-12-31T23:00"}, "between 1970 and 2100"),
        ({"hours": 99}, "Select a valid choice"),
        ({"member": "zed@elsewhere.example"}, "Nobody to choose"),
        ({"member": ""}, "required"),
        ({"scenario": 10**9}, "Select a valid choice"),
        ({"member": "a\0b"}, "Null characters"),
    ],
)
def test_it_refuses_what_it_cannot_read_and_keeps_the_text(ana, lee, zed, scenario, fields, words):
    answer = of(lee).post("/playbooks/writing/", given(scenario, **fields))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not WritingSlot.objects.exists()


def test_it_gives_nobody_two_things_to_write_at_once(ana, lee, scenario):
    of(lee).post("/playbooks/writing/", given(scenario))
    other = a_scenario(lee, "Lost password")
    for start, status in (("2026-03-09T12:00", 422), ("2026-03-09T08:30", 422), ("2026-03-09T13:00", 302)):
        assert of(lee).post("/playbooks/writing/", given(other, starts_at=start)).status_code == status


def test_it_goes_into_a_calendar_and_is_taken_back(ana, lee, zed, scenario):
    of(lee).post("/playbooks/writing/", given(scenario))
    slot = WritingSlot.objects.get()
    url = f"/playbooks/writing/{slot.id}/calendar.ics"
    sent = of(ana).get(url)
    assert sent["Content-Type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(sent.content).walk("VEVENT")
    assert event.decoded("dtstart") == at("2026-03-09T08:00")
    assert event.decoded("dtend") == at("2026-03-09T12:00")
    assert "Delivery late" in str(event["summary"])
    assert of(zed).get(url).status_code == 404

    removal = f"/playbooks/writing/{slot.id}/removal/"
    assert of(zed).post(removal).status_code == 404
    assert of(ana).post(removal).status_code == 403
    assert of(lee).post(removal).status_code == 302
    assert not WritingSlot.objects.exists()


def test_it_offers_the_next_morning_of_a_shift(ana, scenario):
    assert next_morning(ana) == at("2026-03-09T08:00")  # Monday
    for start, end in (("2026-03-08T14:00", "2026-03-08T20:00"), ("2026-03-10T06:30", "2026-03-10T14:30")):
        Shift.objects.create(company=ana.company, member=ana, started_at=at(start), ended_at=at(end))
    assert next_morning(ana) == at("2026-03-10T06:30")
    WritingSlot.objects.create(
        company=ana.company, member=ana, scenario=scenario, starts_at=at("2026-03-10T06:30"), minutes=240
    )
    assert next_morning(ana).date() == date(2026, 3, 9)
