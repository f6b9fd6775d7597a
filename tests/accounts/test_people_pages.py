"""The people of a company in the browser: who reads, who changes, what is said."""

from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from accounts.actions import enter_member, set_line
from accounts.models import Activity, ApiKey, Member, ReportingLine, Role, Team
from tests.factories import a_member, a_ticket

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _now(set_clock):
    set_clock("2026-03-20T12:00")


@pytest.fixture
def as_(client, request):
    def come(who: str):
        client.force_login(request.getfixturevalue(who).user)
        return client

    return come


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("who", ["ana", "lee", "mo", "rae"])
def test_everybody_reads_the_tree_the_table_and_a_person(as_, ana, who):
    client = as_(who)

    assert "1 under 4" not in text(client.get("/people/?view=table&q=ana"))
    assert "Ana" in text(client.get("/people/"))
    assert ana.email in text(client.get(f"/people/{ana.id}/"))


def test_the_tree_is_as_of_a_day(as_, ana, lee, mo, harbour):
    una = a_member(harbour, "Una", Role.MANAGER, manager=mo)
    set_line(actor=None, member=ana, manager=una, valid_from=MARCH)
    client = as_("ana")

    def reports(day: str) -> dict[str, list[str]]:
        chart = client.get(f"/people/?on={day}").context["chart"]
        [tree] = chart.trees
        return {branch.person.name: [leaf.person.name for leaf in branch.reports] for branch in tree.leads}

    assert reports("2026-02-28") == {"Lee": ["Ana"]}
    assert reports("2026-03-01") == {"Una": ["Ana"]}


@pytest.mark.parametrize(
    "query", ["on=x", "on=0001-01-01", "under=x", "page=x&view=table", "state=x&role=x", "q=%00"]
)
def test_a_strange_address_is_no_error(as_, ana, query):
    assert as_("ana").get(f"/people/?{query}").status_code == 200


def test_the_table_finds_people_by_state(as_, rae, harbour, ana):
    enter_member(actor=rae, company=harbour, email="new@harbour.example", name="Newcomer")
    Member.objects.create(
        company=harbour, email="old@x.example", name="old@x.example", is_stub=True, is_active=False
    )
    client = as_("ana")

    def names(state: str) -> list[str]:
        return [row.person.name for row in client.get(f"/people/?state={state}").context["rows"]]

    assert names("no_sign_in") == ["Newcomer"]
    assert names("stub") == ["old@x.example"]
    assert "old@x.example" not in names("here")


def test_a_person_is_added_with_a_manager_and_without_an_invitation(as_, lee, rae, harbour):
    sent = {
        "email": "Eva@Harbour.example",
        "name": "Eva",
        "role": "rep",
        "started_on": "2026-03-01",
        "manager": "lee",
    }
    answer = as_("rae").post("/people/new/", sent)

    eva = Member.objects.get(email="eva@harbour.example")
    assert answer["Location"] == reverse("accounts:person", args=[eva.id])
    assert eva.lines.get().manager == lee
    assert eva.lines.get().valid_from == MARCH
    assert not Activity.objects.filter(verb="invitation.made").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "ana@harbour.example"}, "email"),
        ({"name": ""}, "name"),
        ({"name": "N" * 201}, "name"),
        ({"name": "N\0"}, "name"),
        ({"role": "king"}, "role"),
        ({"started_on": "tomorrow"}, "started_on"),
        ({"started_on": "9999-01-01"}, "started_on"),
        ({"manager": "zed@elsewhere.example"}, "manager"),
        ({"manager": "nobody@harbour.example"}, "manager"),
    ],
)
def test_a_refusal_names_the_field_and_keeps_the_rest(as_, ana, zed, wrong, field):
    sent = {"email": "eva@harbour.example", "name": "<b>Eva", "role": "rep"} | wrong
    answer = as_("mo").post("/people/new/", sent)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "<b>" not in answer.content.decode()
    assert not Member.objects.filter(email="eva@harbour.example").exists()


def test_a_stub_becomes_a_real_person(as_, rae, harbour):
    stub = Member.objects.create(
        company=harbour, email="eva@x.example", name="eva@x.example", is_stub=True, is_active=False
    )
    client = as_("rae")
    assert "/people/new/?email=eva%40x.example" in text(client.get(f"/people/{stub.id}/"))
    client.post("/people/new/", {"email": "eva@x.example", "name": "Eva", "role": "rep"})

    stub.refresh_from_db()
    assert (stub.name, stub.is_stub, stub.is_active) == ("Eva", False, True)


def edit(client, person, **changes):
    page = client.get(f"/people/{person.id}/edit/")
    sent = {
        name: page.context["form"][name].value() or ""
        for name in ("name", "role", "started_on", "left_on", "seen")
    }
    return client.post(f"/people/{person.id}/edit/", sent | changes)


def test_a_leader_changes_name_role_and_dates(as_, ana):
    answer = edit(as_("mo"), ana, name="Anna", role="manager", started_on="2025-01-01")

    assert answer.status_code == 302
    ana.refresh_from_db()
    assert (ana.name, ana.role, ana.started_on) == ("Anna", "manager", date(2025, 1, 1))


def test_a_leader_neither_makes_an_admin_nor_changes_one(as_, ana, rae):
    client = as_("mo")

    assert edit(client, ana, role="admin").context["form"].errors.keys() == {"role"}
    assert client.post(f"/people/{rae.id}/edit/", {"name": "x", "role": "rep"}).status_code == 403
    assert client.post(f"/people/{rae.id}/departure/", {"left_on": "2026-03-20"}).status_code == 403
    assert edit(as_("rae"), ana, role="admin").status_code == 302


def test_a_change_of_what_another_has_changed_meanwhile_is_refused(as_, ana):
    client = as_("mo")
    seen = client.get(f"/people/{ana.id}/edit/").context["form"]["seen"].value()
    edit(client, ana, name="Anna")

    answer = edit(client, ana, name="Hanna", seen=seen)
    assert answer.status_code == 422
    assert "changed this person meanwhile" in text(answer)
    assert Member.objects.get(id=ana.id).name == "Anna"


def test_the_last_admin_stays(as_, rae):
    client = as_("rae")

    answer = edit(client, rae, role="rep")
    assert (answer.status_code, "last admin" in text(answer)) == (422, True)
    answer = client.post(f"/people/{rae.id}/departure/", {"left_on": "2026-03-20"})
    assert (answer.status_code, "last admin" in text(answer)) == (422, True)
    rae.refresh_from_db()
    assert (rae.role, rae.is_active) == ("admin", True)


def test_somebody_leaves_and_it_is_taken_back(as_, ana, lee, key_of, client):
    key_of(ana)
    client = as_("mo")
    page = text(client.get(f"/people/{lee.id}/departure/"))
    assert "1 person still reports to them" in page
    answer = client.post(f"/people/{ana.id}/departure/", {"left_on": "2026-03-19"}, follow=True)

    ana.refresh_from_db()
    assert (ana.is_active, ana.left_on) == (False, date(2026, 3, 19))
    assert "Undo" in text(answer)
    assert client.post(f"/people/{ana.id}/return/").status_code == 302
    ana.refresh_from_db()
    assert (ana.is_active, ana.left_on) == (True, None)
    assert ApiKey.objects.get().revoked_at, "a key does not come back"
    assert Activity.objects.filter(verb="member.returned", subject_id=ana.id).exists()


def test_a_last_day_before_the_first_is_refused_at_the_field(as_, ana):
    Member.objects.filter(id=ana.id).update(started_on=MARCH)
    answer = as_("mo").post(f"/people/{ana.id}/departure/", {"left_on": "2026-02-01"})

    assert (answer.status_code, "last day cannot be before" in text(answer)) == (422, True)


@pytest.mark.parametrize("path", ["edit/", "departure/", "return/", "line/", "handover/", "invitation/"])
@pytest.mark.parametrize(("who", "status"), [("ana", 403), ("zed", 404)])
def test_a_rep_changes_nobody_and_another_company_finds_nobody(as_, lee, who, status, path):
    before = Member.objects.values().get(id=lee.id)

    assert (
        as_(who).post(f"/people/{lee.id}/{path}", {"name": "x", "left_on": "2026-03-20"}).status_code
        == status
    )
    assert Member.objects.values().get(id=lee.id) == before


def test_teams_are_made_renamed_and_deleted_while_nobody_was_in_them(as_, ana, lee, zed):
    client = as_("mo")
    client.post("/people/teams/", {"name": "Night shift"})
    team = Team.objects.get()
    again = client.post("/people/teams/", {"name": "Night shift"})
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["name"])
    client.post(f"/people/teams/{team.id}/", {"name": "Late shift"})
    set_line(actor=None, member=ana, manager=lee, valid_from=MARCH, team=team)
    assert "stays" in text(client.post(f"/people/teams/{team.id}/deletion/", follow=True))
    team.refresh_from_db()
    assert team.name == "Late shift"
    Team.objects.create(company=ana.company, name="Empty")
    client.post(f"/people/teams/{Team.objects.get(name='Empty').id}/deletion/")
    assert [each.name for each in Team.objects.all()] == ["Late shift"]
    assert as_("ana").post("/people/teams/", {"name": "x"}).status_code == 403
    assert as_("zed").post(f"/people/teams/{team.id}/", {"name": "x"}).status_code == 404


def test_a_leavers_open_tickets_are_one_link_away(as_, ana):
    a_ticket(ana, assignee=ana, subject="Printer on fire")
    client = as_("mo")
    page = unescape(text(client.get(f"/people/{ana.id}/departure/")))
    [link] = [part.split('"')[0] for part in page.split('href="') if part.startswith("/tickets/?")]

    assert "Printer on fire" in text(client.get(link))


def test_a_team_counts_who_is_at_work_and_is_deleted_only_unused(as_, lee, ana, harbour):
    client = as_("mo")
    team = Team.objects.create(company=harbour, name="Nights")
    for name, fields in (("Ben", {}), ("Gil", {"left_on": date(2026, 3, 19), "is_active": False})):
        person = a_member(harbour, name, **fields)
        set_line(actor=None, member=person, manager=lee, team=team, valid_from=date(2026, 1, 1))
    page = client.get("/people/teams/")
    assert [(row.team.name, row.count) for row in page.context["rows"]] == [("Nights", 1)]

    for person in ReportingLine.objects.in_force().filter(team=team):
        set_line(actor=None, member=person.member, manager=lee, valid_from=date(2026, 1, 1))
    page = client.get("/people/teams/")
    assert [row.count for row in page.context["rows"]] == [0]
    assert f"/people/teams/{team.id}/deletion/" not in text(page), "lines of the past name it"
