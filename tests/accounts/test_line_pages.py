"""Reporting lines in the browser: a preview first, then the change; a manager proposes."""

import re
from datetime import date

import pytest

from accounts.actions import set_line
from accounts.models import Activity, Member, Notification, ReportingLine, Role
from accounts.queries import manager_of
from tests.factories import a_member

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _now(set_clock):
    set_clock("2026-03-20T12:00")


@pytest.fixture
def una(harbour, mo) -> Member:
    return a_member(harbour, "Una", Role.MANAGER, manager=mo)


@pytest.fixture
def go(client, mo):
    client.force_login(mo.user)

    def to(person, page="line", **sent):
        return client.get(f"/people/{person.id}/{page}/", {"valid_from": "2026-04-01", **sent})

    return to


def save(client, person, preview, page="line"):
    context = preview.context
    return client.post(f"/people/{person.id}/{page}/", context["sent"] | {"seen": context["move"].seen})


def text(answer) -> str:
    """The words of the page, without what keeps a name's letters in their direction."""
    return " ".join(re.sub(r"</?bdi>", "", answer.content.decode()).split())


def test_it_says_what_would_happen_before_it_happens(go, client, ana, lee, una):
    preview = go(ana, manager=una.email)

    move = preview.context["move"]
    assert [(each.manager.name, each.before.count, each.after.count) for each in move.spans] == [
        ("Lee", 1, 0),
        ("Una", 0, 1),
    ]
    assert "days up to 31 March 2026 stay where they are; from 1 April 2026 on, days count for Una" in text(
        preview
    )
    assert manager_of(ana, APRIL) == lee.id, "nothing is saved yet"
    assert save(client, ana, preview).status_code == 302
    assert (manager_of(ana, date(2026, 3, 31)), manager_of(ana, APRIL)) == (lee.id, una.id)


def test_sent_twice_it_is_done_once(go, client, ana, una):
    preview = go(ana, manager=una.email)
    save(client, ana, preview)
    count = ReportingLine.objects.count()

    assert save(client, ana, preview).status_code == 422
    assert ReportingLine.objects.count() == count


def test_it_says_that_past_days_are_counted_again(go, ana, una):
    assert "counted again" in text(go(ana, manager=una.email, valid_from="2026-03-01"))
    assert "counted again" not in text(go(ana, manager=una.email))


def test_it_says_what_is_on_record_for_later(go, ana, lee, una):
    set_line(actor=None, member=ana, manager=lee, valid_from=date(2026, 5, 1))

    assert "From 1 May 2026 on, the line to Lee that is on record stays" in text(go(ana, manager=una.email))


def test_a_cycle_is_refused_with_its_path(go, client, ana, lee):
    preview = go(lee, manager=ana.email)

    assert preview.status_code == 422
    assert "cycle on 2026-04-01: lee@harbour.example" in text(preview)
    assert "Save the move" not in text(preview)
    assert (
        client.post(
            f"/people/{lee.id}/line/",
            {"manager": ana.email, "valid_from": "2026-04-01", "seen": preview.context["move"].seen},
        ).status_code
        == 422
    )


def test_what_another_has_changed_meanwhile_is_previewed_again(go, client, ana, lee, una):
    preview = go(ana, manager=una.email)
    set_line(actor=None, member=ana, manager=None, valid_from=date(2026, 3, 25))
    answer = save(client, ana, preview)

    assert answer.status_code == 422
    assert "Somebody has changed these lines meanwhile" in text(answer)
    assert save(client, ana, answer).status_code == 302


def test_nobody_above_makes_a_root(go, client, ana):
    save(client, ana, go(ana, manager=""))

    assert manager_of(ana, APRIL) is None


@pytest.mark.parametrize(
    "sent", [{"manager": "zed@elsewhere.example"}, {"valid_from": "x"}, {"team": "0"}, {"manager": "\0"}]
)
def test_it_names_the_field_that_is_refused(go, ana, zed, sent):
    answer = go(ana, **{"manager": ""} | sent)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(sent)


def test_a_whole_team_is_handed_over_in_one_step(go, client, ana, lee, una, harbour):
    ben = a_member(harbour, "Ben", manager=lee)
    preview = go(lee, page="handover", manager=una.email)
    assert [mover.name for mover in preview.context["move"].movers] == ["Ana", "Ben"]
    assert save(client, lee, preview, page="handover").status_code == 302

    assert {manager_of(each, APRIL) for each in (ana, ben)} == {una.id}
    assert manager_of(ana, date(2026, 3, 31)) == lee.id


def test_who_has_left_stays_where_they_were_when_a_team_is_handed_over(go, client, ana, lee, una, harbour):
    gone = a_member(harbour, "Gil", manager=lee, left_on=date(2026, 3, 31), is_active=False)
    off = a_member(harbour, "Ona", manager=lee, is_active=False)
    last_day = a_member(harbour, "Pia", manager=lee, left_on=APRIL)
    newcomer = a_member(harbour, "Wes", manager=lee, started_on=date(2026, 5, 1))
    preview = go(lee, page="handover", manager=una.email)
    assert [mover.name for mover in preview.context["move"].movers] == ["Ana", "Pia", "Wes"]
    assert save(client, lee, preview, page="handover").status_code == 302

    assert {manager_of(each, APRIL) for each in (ana, last_day, newcomer)} == {una.id}
    assert {manager_of(each, APRIL) for each in (gone, off)} == {lee.id}


def test_the_team_of_nobody_is_not_handed_over(go, una, lee):
    answer = go(una, page="handover", manager=lee.email)

    assert (answer.status_code, "Nobody reports to Una" in text(answer)) == (422, True)


def test_a_manager_proposes_and_leaders_decide(go, client, ana, lee, mo, rae, una):
    client.force_login(lee.user)
    preview = go(ana, manager=una.email)
    assert "Propose to the leaders" in text(preview)
    assert save(client, ana, preview).status_code == 302

    assert manager_of(ana, APRIL) == lee.id
    told = Notification.objects.filter(verb="reporting_line.proposed")
    assert {each.member_id for each in told} == {mo.id, rae.id}
    assert Activity.objects.get(verb="reporting_line.proposed").actor == lee
    client.force_login(mo.user)
    assert "Lee proposes that Ana reports to Una" in text(client.get("/notifications/"))
    assert "Save the move" in text(client.get(told.first().url))


@pytest.mark.parametrize(("length", "is_filled"), [(10, True), (200, False)])
def test_what_a_proposal_leads_to_is_whole_or_bare(go, client, harbour, ana, lee, mo, length, is_filled):
    local = "+" * length  # in a query each takes three characters
    boss = a_member(harbour, "Una", Role.MANAGER, manager=mo)
    Member.objects.filter(id=boss.id).update(email=f"{local}@x.example")
    client.force_login(lee.user)
    assert save(client, ana, go(ana, manager="Una")).status_code == 302

    url = Notification.objects.filter(verb="reporting_line.proposed").first().url
    assert (f"/people/{ana.id}/line/" == url) is not is_filled
    client.force_login(mo.user)
    answer = client.get(url)
    assert answer.context["form"]["valid_from"].value()
    if is_filled:
        assert answer.context["move"].new == boss


def test_a_leader_hands_over_no_admin(go, client, harbour, lee, rae, una, ana):
    a_member(harbour, "Ada", Role.ADMIN, manager=lee)
    preview = go(lee, page="handover", manager=una.email)
    assert save(client, lee, preview, page="handover").status_code == 403
    assert manager_of(ana, APRIL) == lee.id

    client.force_login(rae.user)
    assert save(client, lee, preview, page="handover").status_code == 302
    assert manager_of(ana, APRIL) == una.id
