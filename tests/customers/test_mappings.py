"""Ready mappings, on tables as the other programs export them, and what a mapping may say."""

import csv
import json
import shutil
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Member
from customers.imports.engine import Report, import_file
from customers.imports.mapping import SHIPPED, Mapping
from customers.imports.readers import Unreadable
from customers.models import Channel, Contact, Customer, ImportRun, Status, Ticket
from tests.factories import a_company, at

EXPORTS = Path(__file__).resolve().parent.parent / "data/exports"
pytestmark = pytest.mark.django_db


@pytest.fixture
def kolkata():
    """Far from UTC, so that a time read in the wrong zone shows."""
    return a_company("kolkata", "Asia/Kolkata")


@pytest.fixture
def zendesk(tmp_path) -> Path:
    return Path(shutil.copytree(EXPORTS / "zendesk", tmp_path / "zendesk"))


@pytest.fixture
def intercom(tmp_path) -> Path:
    return Path(shutil.copytree(EXPORTS / "intercom", tmp_path / "intercom"))


def run(company, path: Path, mapping: str | Path, kind: str = "tickets") -> Report:
    return import_file(company, path, kind, mapping=Mapping.find(Path(mapping)))


def write(path: Path, *rows: dict) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def edit(path: Path, change) -> None:
    """Rewrites a table: `change` takes each row."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        change(row)
    write(path, *rows)


def a_mapping(folder: Path, **data) -> Path:
    path = folder / "own.json"
    path.write_text(json.dumps(data))
    return path


def ticket(number: str) -> Ticket:
    return Ticket.objects.get(external_id=number)


# Zendesk


def test_zendesk_tickets_come_in_with_times_in_utc(kolkata, zendesk):
    report = run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    assert (report.failure, report.added, report.refused) == ("", 10, 0)
    assert ticket("16988").opened_at == at("2020-12-22T00:19:23")
    assert dict(Ticket.objects.values_list("external_id", "status")) == {
        "1595": Status.SPAM,
        "11013": Status.SPAM,
        "16988": Status.RESOLVED,
        **dict.fromkeys(("14173", "11071", "1966", "1404", "4721", "6171", "6605"), Status.CLOSED),
    }
    assert ticket("1595").channel == Channel.WEB
    assert ticket("16988").channel == Channel.EMAIL
    assert ticket("1595").category.name == "incident"
    assert (ticket("1595").subject, ticket("1595").body) == ("subject1", "description1")
    assert ticket("1595").customer.external_id == "370295712714"
    assert (ticket("11071").customer, ticket("11071").priority) == (None, "urgent")


def test_zendesk_requesters_are_addresses_where_the_users_file_knows_them_else_ids(kolkata, zendesk):
    report = run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    requesters = dict(Ticket.objects.values_list("external_id", "requester_email"))
    assert requesters["11071"] == "example@email.com"  # requester 2222
    assert requesters["16988"] == "1500656884401"
    assert report.remarks["nothing for “requester_id” in user_data.csv, kept as it is"] == 9


def test_zendesk_assignees_come_from_the_users_file_or_stay_nobody(kolkata, zendesk):
    run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    with (zendesk / "user_data.csv").open(newline="") as file:
        users = list(csv.DictReader(file))
    users[0] |= {"id": "418284131934", "email": "Ana@Example.com"}
    write(zendesk / "user_data.csv", *users)
    before = dict(Ticket.objects.values_list("external_id", "assignee__email"))
    report = run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    after = dict(Ticket.objects.values_list("external_id", "assignee__email"))
    assert (before["16988"], after["16988"]) == (None, "ana@example.com")
    assert after["14173"] is None
    assert report.changed and not report.added
    assert Member.objects.get(email="ana@example.com").is_stub


def test_zendesk_resolutions_and_tags_come_from_the_files_beside(kolkata, zendesk):
    write(
        zendesk / "ticket_tag_data.csv",
        {"ticket_id": "11071", "tag": "refund"},
        {"ticket_id": "11071", "tag": "vip"},
        {"ticket_id": "1", "tag": "other"},
    )
    run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    found = ticket("11071")
    assert found.tags == ["refund", "vip"]
    assert found.resolved_at == at("2020-11-14T11:01:27")
    assert found.closed_at == at("2020-11-15T11:01:27")
    assert found.reopened_count == 0
    assert (ticket("16988").resolved_at, ticket("16988").tags) == (None, [])


def test_a_second_solving_in_zendesks_history_is_a_reopening(kolkata, zendesk):
    solved = {"field_name": "status", "ticket_id": "11071", "value": "solved"}
    write(
        zendesk / "ticket_field_history_data.csv",
        solved | {"updated": "2020-09-09 10:00:00"},
        solved | {"updated": "2020-09-03 10:00:00"},
        solved | {"updated": "2020-09-03 10:00:00"},
        solved | {"updated": "2020-09-05 10:00:00", "value": "open"},
    )
    run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    found = ticket("11071")
    assert found.resolved_at == at("2020-09-03T10:00")
    assert found.last_resolved_at == at("2020-09-09T10:00")
    assert found.reopened_count == 1


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("new", Status.OPEN),
        ("open", Status.OPEN),
        ("pending", Status.PENDING),
        ("hold", Status.ON_HOLD),
        ("solved", Status.RESOLVED),
        ("closed", Status.CLOSED),
        ("deleted", Status.SPAM),
    ],
)
def test_zendesk_statuses(kolkata, zendesk, theirs, ours):
    edit(zendesk / "ticket_data.csv", lambda row: row.update(status=theirs))
    run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    assert ticket("16988").status == ours


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("web", Channel.WEB),
        ("email", Channel.EMAIL),
        ("chat", Channel.CHAT),
        ("native_messaging", Channel.CHAT),
        ("voice", Channel.PHONE),
        ("api", Channel.API),
        ("twitter", Channel.SOCIAL),
        ("whatsapp", Channel.SOCIAL),
        ("sample_ticket", Channel.OTHER),
    ],
)
def test_zendesk_channels(kolkata, zendesk, theirs, ours):
    edit(zendesk / "ticket_data.csv", lambda row: row.update(via_channel=theirs))
    run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    assert ticket("16988").channel == ours


def test_zendesk_organizations_and_users_name_the_stubs(kolkata, zendesk):
    edit(
        zendesk / "organization_data.csv",
        lambda row: row["name"] == "name1" and row.update(id="370295712714"),
    )
    run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    assert run(kolkata, zendesk / "organization_data.csv", "zendesk", "customers").refused == 0
    assert Customer.objects.get(external_id="370295712714").name == "name1"
    assert run(kolkata, zendesk / "user_data.csv", "zendesk", "contacts").refused == 0
    assert Contact.objects.get(external_id="1111").email == "example@email.com"


def test_the_same_export_again_changes_nothing(kolkata, zendesk):
    run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    again = run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    assert (again.added, again.changed, again.refused) == (0, 0, 0)


def test_without_the_optional_files_tickets_come_in_and_the_report_says_so(kolkata, zendesk):
    (zendesk / "ticket_tag_data.csv").unlink()
    (zendesk / "ticket_field_history_data.csv").unlink()
    report = run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    assert (report.failure, report.added) == ("", 10)
    assert [text for text in report.remarks if "ticket_tag_data.csv" in text and "for tags" in text]


# Intercom


def test_intercom_conversations_come_in_as_they_stand(kolkata, intercom):
    report = run(kolkata, intercom / "conversation_history_data.csv", "intercom")
    assert (report.failure, report.read, report.added, report.refused) == ("", 9, 2, 0)
    assert report.remarks["left out by the mapping"] == 7
    found = ticket("156643300001372")
    assert found.status == Status.CLOSED
    assert found.opened_at == at("2020-11-04T03:12:03")
    assert found.channel == Channel.CHAT
    assert found.requester_email == "5f7295ca37f0d717d37dfddb"
    assert found.priority == "normal"


def test_addresses_that_an_export_hashed_are_nobodys(kolkata, intercom):
    report = run(kolkata, intercom / "conversation_history_data.csv", "intercom")
    assert ticket("156643300001372").assignee is None
    assert report.remarks["nothing for “assignee_id” in admin_data.csv"] == 2
    edit(intercom / "admin_data.csv", lambda row: row.update(email=f"{row['id']}@example.com"))
    run(kolkata, intercom / "conversation_history_data.csv", "intercom")
    assert ticket("156643300001372").assignee.email == "4077639@example.com"


def test_intercom_contacts_are_found_over_the_table_between(kolkata, intercom):
    number = "156643300001372"
    edit(
        intercom / "conversation_contact_history_data.csv",
        lambda row: row["contact_id"] == "5ed93beb39021efc4ccd4ea5" and row.update(conversation_id=number),
    )
    edit(
        intercom / "contact_history_data.csv",
        lambda row: (
            row["id"] == "5f19187f9c0ca3ba4e5f85a4"
            and row.update(id="5ed93beb39021efc4ccd4ea5", email="Pia@example.com")
        ),
    )
    edit(
        intercom / "contact_company_history_data.csv",
        lambda row: (
            row["company_id"] == "5ee8e49b8399064fd9ba8a06"
            and row.update(contact_id="5ed93beb39021efc4ccd4ea5")
        ),
    )
    run(kolkata, intercom / "conversation_history_data.csv", "intercom")
    assert ticket(number).requester_email == "pia@example.com"
    assert ticket(number).customer.external_id == "5ee8e49b8399064fd9ba8a06"


def test_an_admin_who_opens_a_conversation_is_not_its_requester(kolkata, intercom):
    edit(intercom / "conversation_history_data.csv", lambda row: row.update(source_author_type="admin"))
    run(kolkata, intercom / "conversation_history_data.csv", "intercom")
    assert ticket("156643300001372").requester_email == ""


def test_intercom_replies_and_closings_come_from_the_parts(kolkata, intercom):
    part = {"conversation_id": "156643300001372", "author_type": "admin", "part_type": "close"}
    write(
        intercom / "conversation_part_history_data.csv",
        part | {"created_at": "2020-11-04 05:00:00", "part_type": "comment", "author_type": "user"},
        part | {"created_at": "2020-11-04 06:00:00", "part_type": "comment"},
        part | {"created_at": "2020-11-06 13:55:00"},
        part | {"created_at": "2020-11-05 08:00:00"},
    )
    run(kolkata, intercom / "conversation_history_data.csv", "intercom")
    found = ticket("156643300001372")
    assert found.first_response_at == at("2020-11-04T06:00")
    assert found.resolved_at == at("2020-11-05T08:00")
    assert found.reopened_count == 1


# Freshdesk

FRESHDESK = {
    "Ticket ID": "4711",
    "Subject": "Where is my parcel?",
    "Status": "Waiting on Customer",
    "Priority": "Medium",
    "Source": "Feedback Widget",
    "Type": "Question",
    "Agent": "Ana Lind",
    "Group": "Parcels",
    "Created time": "2026-03-02 09:30:00",
    "Due by Time": "2026-03-04 09:30:00",
    "Resolved time": "",
    "Closed time": "",
    "Last update time": "2026-03-02 10:00:00",
    "Initial response time": "2026-03-02 09:45:00",
    "Time tracked": "00:10",
    "First response time (in hrs)": "00:15:00",
    "Agent interactions": "1",
    "Tags": "parcel, late",
    "Full name": "Cy Moss",
    "Email": "Cy@example.com",
    "Company Name": "Moss Ltd",
}
AGENTS = ({"Name": "Ana Lind", "Email": "ana@example.com"}, {"Name": "Bo", "Email": "bo@example.com"})


def test_freshdesks_screen_export_comes_in_with_the_companys_times(kolkata, tmp_path):
    write(tmp_path / "agents.csv", *AGENTS)
    path = write(tmp_path / "tickets.csv", FRESHDESK)
    report = run(kolkata, path, "freshdesk")
    assert (report.failure, report.added, report.refused) == ("", 1, 0)
    found = ticket("4711")
    assert found.opened_at == at("2026-03-02T04:00")
    assert found.first_response_at == at("2026-03-02T04:15")
    assert found.resolution_due_at == at("2026-03-04T04:00")
    assert (found.status, found.priority, found.channel) == (Status.PENDING, "normal", Channel.WEB)
    assert found.assignee.email == "ana@example.com"
    assert (found.requester_email, found.customer.external_id) == ("cy@example.com", "Moss Ltd")
    assert (found.category.name, found.tags) == ("Question", ["parcel", "late"])
    assert "group" in report.unknown_columns
    assert "agent" not in report.unknown_columns


def test_freshdesk_resolved_tickets_and_tickets_of_nobody(kolkata, tmp_path):
    write(tmp_path / "agents.csv", *AGENTS)
    resolved = {"Status": "Resolved", "Resolved time": "2026-03-03 12:00:00", "Agent": "Bo"}
    path = write(
        tmp_path / "tickets.csv",
        FRESHDESK | resolved,
        FRESHDESK | {"Ticket ID": "4712", "Agent": "No Agent", "Status": "Waiting on Third Party"},
    )
    report = run(kolkata, path, "freshdesk")
    assert (ticket("4711").resolved_at, ticket("4711").resolver.email) == (
        at("2026-03-03T06:30"),
        "bo@example.com",
    )
    assert (ticket("4712").assignee, ticket("4712").status) == (None, Status.ON_HOLD)
    assert not report.remarks


def test_two_agents_of_one_name_get_no_credit_for_each_other(kolkata, tmp_path):
    write(tmp_path / "agents.csv", *AGENTS, {"Name": "Ana Lind", "Email": "ana.lind@example.com"})
    report = run(kolkata, write(tmp_path / "tickets.csv", FRESHDESK), "freshdesk")
    assert ticket("4711").assignee is None
    assert report.remarks == {"nothing for “agent” in agents.csv": 1}


def test_freshdesks_api_answers_come_in_as_json_lines(kolkata, tmp_path):
    answer = json.loads((EXPORTS / "freshdesk/ticket_1.json").read_text())
    agents = json.loads((EXPORTS / "freshdesk/agents.json").read_text())
    agents[0]["id"] = answer["responder_id"]
    line = answer | answer["stats"]
    line |= {"email": answer["requester"]["email"], "description": answer["description_text"]}
    (tmp_path / "tickets.jsonl").write_text(json.dumps(line))
    (tmp_path / "agents.jsonl").write_text(
        "\n".join(json.dumps({"id": agent["id"], "email": agent["contact"]["email"]}) for agent in agents)
    )
    report = run(kolkata, tmp_path / "tickets.jsonl", "freshdesk")
    assert (report.failure, report.added, report.refused) == ("", 1, 0)
    found = ticket("1")
    assert found.opened_at == at("2016-05-18T04:36:04")
    assert found.resolved_at == at("2020-07-24T15:35:21")
    assert found.first_response_at == at("2020-06-17T20:23:43")
    assert found.first_response_due_at == at("2016-05-18T05:36:04")
    assert (found.requester_email, found.assignee.email) == ("dummyname@example.com", "abc@xyz.com")
    assert (found.status, found.priority, found.channel) == (Status.OPEN, "low", Channel.WEB)
    assert found.tags == ["foo", "bar"]


# What a mapping may say


def test_the_command_takes_the_name_of_a_shipped_mapping(kolkata, zendesk):
    out = StringIO()
    call_command(
        "import_records",
        str(zendesk / "ticket_data.csv"),
        company="kolkata",
        kind="tickets",
        mapping=Path("zendesk"),
        stdout=out,
        stderr=StringIO(),
    )
    assert "ticket_data.csv: 10 rows read, 10 added, 0 changed, 0 refused" in out.getvalue()


def test_the_command_ends_with_1_and_says_which_file_is_missing(kolkata, zendesk):
    (zendesk / "user_data.csv").unlink()
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "import_records",
            str(zendesk / "ticket_data.csv"),
            company="kolkata",
            kind="tickets",
            mapping=Path("zendesk"),
            stdout=out,
            stderr=StringIO(),
        )
    assert ended.value.code == 1
    assert "user_data.csv / user.csv / users.csv is missing beside the file" in out.getvalue()
    assert not Ticket.objects.exists()


def test_a_mapping_that_does_not_exist(kolkata, zendesk):
    with pytest.raises(CommandError, match="Ready: freshdesk, intercom, zendesk"):
        call_command(
            "import_records",
            str(zendesk / "ticket_data.csv"),
            company="kolkata",
            kind="tickets",
            mapping=Path("zendezk"),
        )


def test_a_file_goes_before_a_shipped_mapping_of_its_name(tmp_path, monkeypatch):
    (tmp_path / "zendesk").write_text('{"columns": {"no": "external_id"}}')
    monkeypatch.chdir(tmp_path)
    assert Mapping.find(Path("zendesk")).columns == {"no": "external_id"}


def test_a_lookup_file_without_its_column_is_named(kolkata, zendesk):
    write(zendesk / "user_data.csv", {"id": "1", "mail": "a@example.com"})
    report = run(kolkata, zendesk / "ticket_data.csv", "zendesk")
    assert report.failure == "user_data.csv: The column “email” is missing."
    assert ImportRun.objects.get().state == ImportRun.State.FAILED


def test_two_columns_of_one_name_are_refused(kolkata, tmp_path):
    path = write(
        tmp_path / "tickets.csv",
        {"no": "7", "external_id": "", "opened_at": "2026-03-02"},
    )
    report = run(kolkata, path, a_mapping(tmp_path, columns={"no": "external_id"}))
    assert report.failure == "The mapping makes two columns into “external_id”."
    own = a_mapping(tmp_path, columns={"no": "external_id", "external_id": None})
    assert run(kolkata, path, own).added == 1


def test_a_zone_holds_for_times_without_an_offset_only(kolkata, tmp_path):
    path = write(
        tmp_path / "tickets.csv",
        {"external_id": "1", "opened_at": "2026-07-02T10:00"},
        {"external_id": "2", "opened_at": "2026-07-02T10:00+05:30"},
    )
    run(kolkata, path, a_mapping(tmp_path, zone="America/New_York"))
    assert ticket("1").opened_at == at("2026-07-02T14:00")
    assert ticket("2").opened_at == at("2026-07-02T04:30")


def test_dates_of_a_mapping_without_a_zone_are_the_companys(kolkata, tmp_path):
    path = write(tmp_path / "tickets.csv", {"external_id": "1", "opened_at": "2026-07-02T00:00"})
    run(kolkata, path, a_mapping(tmp_path))
    assert kolkata.zones().day(ticket("1").opened_at) == date(2026, 7, 2)


@pytest.mark.parametrize(
    "data",
    [
        {"zone": "Mars/Olympus"},
        {"zome": "UTC"},
        {"lookups": [{"column": "a", "to": "b", "file": "../users.csv", "key": "id", "value": "email"}]},
        {"lookups": [{"column": "a", "to": "b", "file": "users.csv", "key": "id"}]},
        {
            "lookups": [
                {"column": "a", "to": "b", "file": "users.csv", "key": "id", "value": "x", "take": "any"}
            ]
        },
        {
            "lookups": [
                {"column": "a", "to": "b", "file": "users.csv", "key": "id", "value": "x", "keeps": True}
            ]
        },
        {"only": {"is_current": "true"}},
        [],
    ],
)
def test_a_mapping_that_cannot_be_is_refused(tmp_path, data):
    path = tmp_path / "own.json"
    path.write_text(json.dumps(data))
    with pytest.raises(Unreadable, match="own.json is not a mapping"):
        Mapping.read(path)


def test_the_signature_changes_with_everything_that_changes_the_outcome(tmp_path):
    users = write(tmp_path / "users.csv", {"id": "1", "email": "a@example.com"})
    lookup = {"column": "a", "to": "b", "file": "users.csv", "key": "id", "value": "email"}
    mappings = [
        {},
        {"columns": {"a": "b"}},
        {"columns": {"a": None}},
        {"values": {"status": {"a": "open"}}},
        {"zone": "UTC"},
        {"separators": {"tags": ","}},
        {"only": {"a": ["b"]}},
        {"lookups": [lookup]},
        *({"lookups": [lookup | more]} for more in ({"keep": True}, {"optional": True}, {"take": "last"})),
        *({"lookups": [lookup | {name: {"a": ["b"]}}]} for name in ("only", "when")),
    ]
    signatures = {Mapping.read(a_mapping(tmp_path, **data)).beside(tmp_path).signature() for data in mappings}
    assert len(signatures) == len(mappings)
    mapping = Mapping.read(a_mapping(tmp_path, lookups=[lookup]))
    before = mapping.beside(tmp_path).signature()
    assert mapping.beside(tmp_path).signature() == before
    write(users, {"id": "1", "email": "b@example.com"})
    assert mapping.beside(tmp_path).signature() != before


def test_every_shipped_mapping_can_be_read():
    assert {file.stem for file in SHIPPED.glob("*.json")} == {"zendesk", "freshdesk", "intercom"}
    for file in SHIPPED.glob("*.json"):
        assert Mapping.read(file).lookups
