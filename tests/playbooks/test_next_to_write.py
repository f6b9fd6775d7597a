"""What to write next: by tickets times handle time; proposed is who resolved the most."""

import pytest

from customers.actions import answer_survey, resolve_ticket
from metrics import rollup, timers
from playbooks.actions import map_category
from playbooks.queries.coverage import coverage
from playbooks.queries.next_to_write import next_to_write
from tests.factories import a_category, a_member, a_ticket

from .making import a_draft, a_playbook, a_scenario

pytestmark = pytest.mark.django_db


def everybody(_member_id: int) -> bool:
    return True


@pytest.fixture
def worked(harbour, ana, lee, set_clock):
    """Two scenarios nobody has written down, one that is written, with tickets of each and who resolved them."""
    ben = a_member(harbour, "Ben", manager=lee)
    set_clock("2026-03-02T09:00")
    late, access, billing = (a_category(harbour, name) for name in ("Late", "Access", "Billing"))
    map_category(actor=lee, scenario=a_scenario(lee, "Delivery late", senior=lee), category=late)
    map_category(actor=lee, scenario=a_draft(ana, "Lost access").playbook.scenario, category=access)
    map_category(actor=lee, scenario=a_playbook(ana, lee).scenario, category=billing)
    for who, category, minutes, n in (
        (ana, late, 10, 2),
        (ben, late, 20, 12),
        (ana, access, 60, 6),
        (ana, billing, 5, 20),
    ):
        for _ in range(n):
            ticket = a_ticket(ana, category=category, assignee=who)
            resolve_ticket(actor=who, ticket=ticket, seconds=60 * minutes)
            if category == late:
                answer_survey(actor=lee, company_id=harbour.id, kind="csat", score=5, ticket=ticket)
    set_clock("2026-03-20T09:00")
    timers.fire_due()
    rollup.drain(harbour.id)
    return ben


def test_it_ranks_by_tickets_times_handle_time(harbour, worked):
    found = coverage(harbour, harbour.today())
    rows = next_to_write(found, everybody)

    assert [row.scenario.name for row in rows] == ["Lost access", "Delivery late"]
    access, late = rows
    assert (access.hours, access.seconds, access.points) == (6, 3600, 100 * 6 / 40)
    assert late.hours == pytest.approx((2 * 10 + 12 * 20) / 60)
    assert (late.width, access.width) == ("72.2", "100.0")
    assert late.scenario.senior == "Lee"


def test_it_proposes_who_resolved_the_most_with_what_became_of_it(harbour, ana, worked):
    late = next_to_write(coverage(harbour, harbour.today()), everybody)[1].author

    assert (late.member, late.solved) == (worked, 12)
    assert (late.csat.good, late.csat.n, late.csat.value) == (12, 12, 1.0)
    assert late.fcr.n == 12
    assert late.text.startswith("solved 12, CSAT 100 % (") and late.text.endswith("n 12")

    access = next_to_write(coverage(harbour, harbour.today()), everybody)[0].author
    assert access.text == "solved 6, FCR n 6, too few to tell"
    assert next_to_write(coverage(harbour, harbour.today()), lambda _id: False)[0].author is None


def test_it_proposes_nobody_who_has_left(harbour, worked):
    type(worked).objects.filter(id=worked.id).update(is_active=False)
    late = next_to_write(coverage(harbour, harbour.today()), everybody)[1]
    assert late.author.member.name == "Ana"
