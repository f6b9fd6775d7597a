"""How many people report to somebody: one answer on every page."""

from datetime import date

import pytest

from accounts.models import Member, Role
from metrics.queries.people import tree_on
from tests.factories import a_member

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 20)


@pytest.fixture(autouse=True)
def _now(set_clock):
    set_clock("2026-03-20T12:00")


def spans(client, person, other) -> set[int]:
    """What person, tree, table, preview of a move and the board say of somebody's span today."""
    page = client.get(f"/people/{person.id}/").context["facts"].span
    chart = client.get(f"/people/?under={person.id}").context["chart"]
    [row] = client.get("/people/?view=table&q=lee").context["rows"]
    move = {"manager": other.email, "valid_from": TODAY.isoformat()}
    moves = client.get(f"/people/{person.id}/handover/", move).context["move"].spans
    board = tree_on(person.company_id, TODAY).reports[person.id]
    return {page.count, chart.trees[0].span.count, row.span.count, moves[0].before.count, len(board)}


@pytest.mark.parametrize(
    ("is_counted", "fields"),
    [
        (True, {}),
        (True, {"left_on": TODAY}),
        (True, {"left_on": TODAY, "is_active": False}),
        (False, {"left_on": date(2026, 3, 19), "is_active": False}),
        (False, {"left_on": date(2026, 3, 19)}),
        (False, {"is_active": False}),
        (False, {"started_on": date(2026, 3, 21)}),
        (False, {"is_bot": True}),
        (False, {"is_stub": True}),
    ],
)
def test_every_page_counts_the_same_reports(client, harbour, lee, mo, ana, is_counted, fields):
    una = a_member(harbour, "Una", Role.MANAGER, manager=mo)
    eva = a_member(harbour, "Eva", manager=lee)
    Member.objects.filter(id=eva.id).update(**fields)
    client.force_login(mo.user)

    assert spans(client, lee, una) == {1 + is_counted}


def test_a_leaver_with_reports_is_in_the_tree_but_in_no_span(client, harbour, lee, mo, ana):
    a_member(harbour, "Una", Role.MANAGER, manager=mo)
    Member.objects.filter(id=lee.id).update(left_on=date(2026, 3, 19), is_active=False)
    client.force_login(mo.user)
    tree = next(tree for tree in client.get("/people/").context["chart"].trees if tree.person == mo)

    assert [branch.person.name for branch in tree.leads] == ["Lee"]
    assert tree.span.count == 1, "Una alone"
