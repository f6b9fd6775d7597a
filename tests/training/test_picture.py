"""The big picture over HTTP: own figures, what is tried, what is kept with a lesson and compared by leaders."""

from datetime import date
from decimal import Decimal

import pytest

from customers.actions import set_revenue
from metrics.queries import Question, Scope, ask
from tests.factories import a_customer
from tests.metrics.desk import settle
from tests.training.making import an_enrolment
from training.models import Snapshot
from training.queries.picture import known

pytestmark = pytest.mark.django_db
URL = "/training/picture/"


def _revenue(actor, months: dict[str, list[int]]) -> None:
    """Of as many customers as a list is long, amounts in whole euros."""
    customers = [a_customer(actor) for _ in range(max(map(len, months.values())))]
    for month, amounts in months.items():
        for customer, amount in zip(customers, amounts, strict=False):
            set_revenue(
                actor=actor, customer=customer, month=date.fromisoformat(month), amount=Decimal(amount)
            )
    settle(actor.company)


@pytest.fixture
def earning(harbour, rae, ana, set_clock):
    """Ten customers of 100 a year ago, of whom eight are left; four came."""
    set_clock("2026-03-20T10:00")
    harbour.currency = "EUR"
    harbour.save()
    _revenue(rae, {"2025-02-01": [100] * 10, "2026-02-01": [100] * 8 + [0, 0] + [50] * 4})
    return harbour


def test_it_shows_the_figures_of_the_boards(earning, ana, client):
    found = known(earning)
    assert (found.given.customers, found.given.mrr, found.given.retention, found.given.new) == (
        12,
        100_000,
        0.8,
        4 / 12,
    )
    [board] = ask(
        earning, Scope(earning.id), [Question("logo_retention", date(2025, 2, 1), date(2026, 2, 28))]
    )
    assert found.figures["logo_retention"] == board.points[0]
    client.force_login(ana.user)
    page = client.get(URL).content.decode()
    assert "€1,000" in page and "80.0 %" in page and "February 2026" in page
    # 12 customers, 80 % kept and 1/3 new a month: 12 x 0.32768 + 1/3 x (1 - 0.32768) / (1 - 0.8^(1/12)).
    assert "More come than leave: from 12 customers to 16" in page


def test_it_works_out_what_is_tried(earning, ana, client):
    client.force_login(ana.user)
    page = client.get(URL, {"retention": "100", "accounts": "2", "cost": "60000"}).content.decode()
    assert "Nobody leaves, so there is no average time" in page
    assert "One point less would cost" in page
    # 2 a month, none of whom leaves: 120 there, 2 x 1830 months at 1000/12 a month.
    assert "120 customers are here who would be gone" in page and "€305,000" in page
    assert "The rep costs €300,000, so €5,000 are left." in page
    part = client.get(URL, {"retention": "50"}, headers={"hx-request": "true"}).content.decode()
    assert "50 % kept a year" in part and "<html" not in part
    wrong = client.get(URL, {"retention": "101", "cost": "1.005"})
    assert wrong.status_code == 422 and 'value="101"' in wrong.content.decode()
    assert client.get(URL, {"retention": "nan", "accounts": "1e999"}).status_code == 422


def test_it_says_in_words_what_nobody_knows(harbour, ana, client, set_clock):
    client.force_login(ana.user)
    page = client.get(URL).content.decode()
    assert "There are no customers and none come" in page and "No revenue is known" in page
    assert "an example, not your figure" in page
    assert client.get(URL, {"retention": "0", "accounts": "3", "cost": "5"}).status_code == 200


def test_it_keeps_figures_with_the_own_path(earning, ana, lee, mo, rae, zed, client):
    enrolment = an_enrolment(mo, ana)
    sent = {"retention": "90", "accounts": "1", "enrolment": enrolment.id}
    client.force_login(ana.user)
    assert client.post(URL + "snapshot/", sent | {"retention": "-1"}).status_code == 422
    answer = client.post(URL + "snapshot/", sent)
    assert answer.status_code == 302
    kept = Snapshot.objects.get()
    assert (kept.member, kept.enrolment, kept.given["mrr"]) == (ana, enrolment, 100_000)
    assert kept.tried["scenarios"][0]["retention"] == 0.9
    _revenue(rae, {"2026-02-01": [300]})
    page = client.get(answer["location"]).content.decode()
    assert "Kept with the lesson" in page and "€1,000" in page and "€1,300" in page
    for person, status in ((lee, 403), (zed, 404)):
        client.force_login(person.user)
        assert client.post(URL + "snapshot/", sent).status_code == status
    assert client.get(URL, {"enrolment": enrolment.id}).status_code == 404
    assert Snapshot.objects.count() == 1


def test_it_compares_scenarios_for_leaders(earning, ana, mo, zed, client):
    client.force_login(ana.user)
    assert client.get(URL + "scenarios/").status_code == 403
    assert client.post(URL + "scenarios/kept/", {"name": "A", "new_a": "3"}).status_code == 403
    client.force_login(mo.user)
    tried = {"retention_a": "80", "retention_b": "80", "new_b": "10", "retention_c": "95", "price_c": "-100"}
    page = client.get(URL + "scenarios/", tried).content.decode()
    assert page.count("Scenario C") > 1 and "€0" in page
    assert client.post(URL + "scenarios/kept/", tried).status_code == 422
    assert client.post(URL + "scenarios/kept/", {"name": "Nothing"}).status_code == 422
    answer = client.post(URL + "scenarios/kept/", tried | {"name": "<b>Next year</b>"})
    assert answer.status_code == 302
    page = client.get(answer["location"]).content.decode()
    assert "&lt;b&gt;Next year&lt;/b&gt;" in page and 'value="-100.0"' in page
    client.force_login(zed.user)
    assert client.get(answer["location"]).status_code == 404


def test_it_keeps_the_decimals_of_a_currency(harbour, rae, client, set_clock):
    set_clock("2026-03-20T10:00")
    harbour.currency = "JPY"
    harbour.save()
    _revenue(rae, {"2026-02-01": [1200]})
    client.force_login(rae.user)
    page = client.get(URL, {"cost": "500.5"})
    assert page.status_code == 422 and "At most 0 decimals" in page.content.decode()
    assert "¥1,200" in client.get(URL).content.decode()
