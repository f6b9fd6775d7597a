"""Coverage of the demo's records: the product's figure equals a count in DuckDB that shares no statement with it."""

from datetime import date, timedelta

import pytest

from accounts.models import Company, Member
from customers.demo import desk, seeding
from customers.models import Category
from metrics import rollup
from playbooks.demo import DUE_IN
from playbooks.queries.coverage import DAYS, coverage
from tests.customers.few_records import few_records
from tests.factories import a_ticket
from tests.playbooks.tickets import counted_apart

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 15)
# Now, the last day of the one that is due, the day after it, and a day on which the others are due.
AHEAD = (0, DUE_IN.days, DUE_IN.days + 1, 76)


@pytest.fixture
def demo(db, set_clock, settings, tmp_path, monkeypatch) -> Company:
    """The service desk alone, of few of its records, with the playbooks that are made up for it."""
    settings.VAR = str(tmp_path)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(seeding, "DEMOS", seeding.DEMOS[:1])
    set_clock(f"{TODAY}T10:00")
    seeding.seed(lambda line: None, few_records(tmp_path / "records"))
    return Company.objects.get(slug="demo")


def test_it_equals_a_count_of_its_own_before_and_after_expiry(demo, client, key_of, set_clock):
    headers = key_of(Member.objects.get(company=demo, email=desk.LEADER))

    def covered(ahead: int) -> int:
        """Tickets that are covered some days from now, of which product, API and the count tell the same."""
        day = TODAY + timedelta(days=ahead)
        counted = counted_apart(demo, day)
        assert {part.value: n for part, n in coverage(demo, day).parts.items() if n} == counted, day

        period = f"from={day - timedelta(days=DAYS - 1)}&to={day}"
        found = client.get(f"/api/v1/metrics/playbook_coverage/?{period}", headers=headers).json()
        (point,) = found["points"]
        n = counted.get("verified", 0) + counted.get("due", 0)
        assert (point["numerator"], point["n"]) == (n, sum(counted.values())), day
        return n

    holding = []
    for ahead in AHEAD:
        set_clock(f"{TODAY + timedelta(days=ahead)}T12:00")
        holding.append(covered(ahead))
    assert holding[0] == holding[1] > holding[2] > 0, "one was due, and has expired"

    # A year later, when the same things are asked again, nothing holds any more.
    set_clock(f"{TODAY + timedelta(days=365)}T12:00")
    rep = Member.objects.get(company=demo, email=desk.REP)
    for category in Category.objects.filter(company=demo):
        a_ticket(rep, category=category)
    rollup.drain(demo.id)
    assert covered(365) == 0
    assert counted_apart(demo, TODAY + timedelta(days=365))["lapsed"] > 0
