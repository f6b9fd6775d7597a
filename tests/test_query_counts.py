"""How many queries each page and route takes, recorded in query_counts.json; more of them fail.

RECORD_QUERY_COUNTS=1 pytest tests/test_query_counts.py -n 0 writes the file anew.
"""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ReportingLine
from accounts.outbox import react_once
from cs_platform.lib import clock
from customers.actions import add_note, answer_survey, reply_to_ticket, resolve_ticket
from customers.models import Customer, Ticket
from hiring.models import Kit, Requisition, Scorecard
from metrics import rollup
from metrics.definitions import METRICS
from playbooks.actions import map_category, open_draft, send_to_review
from playbooks.actions.runs import start_run
from playbooks.models import Playbook, Run, Version
from tests.factories import a_category, a_customer, a_member, a_ticket
from tests.hiring.making import a_card, a_requisition, an_application, an_interview, scored
from tests.playbooks.making import a_playbook
from tests.training.making import a_draft as a_programme_draft
from tests.training.making import a_process, a_question, a_quiz, an_enrolment, items_of, passed
from training.actions.entries import ask_for
from training.actions.plans import add_goal, open_plan
from training.actions.programmes import open_draft as open_programme_draft
from training.actions.programmes import publish_programme
from training.actions.rides import plan_ride
from training.actions.sessions import plan_session
from training.actions.voices import keep_voice
from training.models import (
    Certificate,
    DevelopmentPlan,
    Enrolment,
    Entry,
    Item,
    ItemQuestion,
    Programme,
    RideAlong,
    Session,
)

pytestmark = pytest.mark.django_db

RECORDED = Path(__file__).parent / "query_counts.json"
ALLOWED = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
DAYS = "from=2026-03-01&to=2026-03-10"
TREE = "level=manager&person=mo@harbour.example&scope=tree"
CUSTOMERS = ["/customers/", "/customers/CUSTOMER/"]
BOARDS = [
    "/company/?period=month&metric=first_response_time",
    "/dashboards/team/MANAGER/",
    "/dashboards/team/MANAGER/?scope=tree",
    "/dashboards/rep/PERSON/",
    f"/figures/csat/?{DAYS}",
    f"/figures/csat/rows/?{DAYS}",
    f"/figures/backlog/rows/?{DAYS}",
    f"/figures/csat/trend/?{DAYS}",
]
PAGES = [
    "/my-day/",
    "/team/",
    "/company/",
    "/notifications/",
    "/profile/",
    "/people/",
    "/people/?view=table",
    "/people/PERSON/",
    "/settings/company/",
    "/settings/keys/",
    "/settings/activity/",
    "/mail/",
    "/ping/",
    "/imports/",
    "/imports/new/",
    "/accounts/password/change/",
    "/tickets/",
    "/tickets/?q=help",
    "/tickets/filters/",
    "/tickets/views/",
    "/search/?q=help",
    "/tickets/new/",
    "/tickets/ID/",
    "/playbooks/",
    "/playbooks/writing/",
]
# What opens from those pages: forms, previews and parts.
PARTS = [
    "/people/new/",
    "/people/teams/",
    "/people/PERSON/edit/",
    "/people/PERSON/departure/",
    "/people/PERSON/line/?valid_from=2026-03-05&manager=mo@harbour.example",
    "/people/MANAGER/handover/?valid_from=2026-03-05&manager=mo@harbour.example",
    "/settings/zone/",
    "/tickets/bulk/?ticket=ID&do=assign",
    "/tickets/new/customers/?q=customer",
    "/tickets/new/peek/?customer=CUSTOMER",
    "/tickets/ID/stream/",
    "/tickets/ID/merge/",
    "/tickets/ID/properties/",
    "/customers/?q=customer",
    "/customers/new/",
    "/customers/CUSTOMER/edit/",
    "/customers/CUSTOMER/contacts/",
    "/customers/CUSTOMER/revenue/",
    "/customers/CUSTOMER/merge/?q=customer",
    "/customers/CUSTOMER/erasure/",
    "/mentions/?q=a",
]
PLAYBOOKS = ["/playbooks/scenarios/", "/playbooks/reviews/", "/playbooks/reviews/REVIEW/"]
PLAYBOOKS += ["/playbooks/BOOK/draft/", "/playbooks/BOOK/versions/", "/playbooks/BOOK/versions/1/compare/2/"]
PLAYBOOKS += ["/playbooks/BOOK/", "/playbooks/new/", "/playbooks/archived/"]
NOUNS = ["people", "reporting-lines", "customers", "contacts", "notes", "tickets", "surveys"]
PLAYBOOKS += ["/playbooks/search/?q=dup", "/playbooks/at-hand/?ticket=ID", "/playbooks/runs/RUN/"]
NOUNS += ["playbooks", "playbook-versions", "scenarios", "scenario-mappings"]
LISTS = [f"/api/v1/{name}/" for name in NOUNS]
FIGURES = [
    *(f"/api/v1/metrics/{metric}/?{DAYS}" for metric in METRICS),
    *(
        f"/api/v1/metrics/{metric}/?{DAYS}&{TREE}"
        for metric in ("csat", "resolution_time", "backlog", "churn")
    ),
    f"/api/v1/metrics/resolution_time/?{DAYS}&grain=day",
    f"/api/v1/metrics/backlog/?{DAYS}&grain=day",
    f"/api/v1/metrics/csat/?{DAYS}&level=rep&person=ana@harbour.example",
]
HIRING = [
    "/hiring/",
    "/hiring/plan/",
    "/hiring/requisitions/JOB/",
    "/hiring/requisitions/JOB/stages/",
    "/hiring/requisitions/JOB/board/",
    "/hiring/requisitions/JOB/board/?view=table",
    "/hiring/requisitions/JOB/candidates/new/",
    "/hiring/applications/DEBRIEF/",
    "/hiring/library/",
    "/hiring/library/questions/",
    "/hiring/library/kits/KIT/",
    "/hiring/interviewers/",
    "/hiring/applications/DEBRIEF/debrief/",
    "/hiring/applications/DEBRIEF/letters/",
    "/hiring/letters/templates/",
    "/hiring/reports/",
    "/hiring/interviews/TALK/",
    "/hiring/scorecards/CARD/",
]
TRAINING = [
    "/training/",
    "/training/signoffs/",
    "/training/paths/new/",
    "/training/paths/PATH/",
    "/training/paths/PATH/items/PART/",
    "/training/paths/PATH/items/QUIZ/quiz/",
    "/training/paths/PATH/items/WATCH/rides/",
    "/training/rides/",
    "/training/rides/TOGETHER/",
    "/training/questions/",
    "/training/questions/QUESTION/",
    "/training/requirements/",
    "/training/programmes/",
    "/training/programmes/PROGRAMME/",
    "/training/picture/",
    "/training/picture/scenarios/",
    "/training/ramp/",
    "/training/programmes/PROGRAMME/draft/",
    "/training/settings/",
    "/training/certificates/",
    "/training/certificates/CERTIFICATE/",
    "/training/sessions/",
    "/training/sessions/new/",
    "/training/sessions/SESSION/",
    "/training/plans/",
    "/training/plans/PLAN/",
    "/training/hours/",
    "/training/voices/",
    "/training/voices/new/",
]
# One world of rows for each group; GROWING: what more rows may not make longer.
GROUPS = {
    "pages": [*PAGES, *BOARDS, *CUSTOMERS, "/healthz", "/accounts/login/"],
    "parts": PARTS,
    "playbooks": PLAYBOOKS,
    "hiring": HIRING,
    "training": TRAINING,
    "api": ["/api/v1/metrics/", *LISTS, "/api/v1/tickets/ID/", *FIGURES],
}
GROWING = {
    "pages": [*PAGES[:4], *PAGES[5:11], *BOARDS, *CUSTOMERS],
    "parts": PARTS,
    "playbooks": PLAYBOOKS,
    "hiring": HIRING,
    "training": TRAINING,
    "api": [*LISTS, "/api/v1/tickets/ID/", *FIGURES[-4:]],
}
ADDRESSES = [address for group in GROUPS.values() for address in group]


@pytest.fixture
def work(harbour, ana, lee, rae, set_clock, request):
    """Adds a customer, a person, and two tickets with everything that can hang on them; a job only for its pages."""
    set_clock("2026-03-05T10:00")
    hires = request.node.callspec.params["group"] == "hiring"
    trains = request.node.callspec.params["group"] == "training"

    def add(times: int = 1) -> None:
        for number in range(times):
            person = a_member(harbour, f"P{Ticket.objects.count()}-{number}", manager=lee)
            customer = a_customer(rae, owner=person)
            for _ in range(2):
                ticket = a_ticket(
                    person, assignee=person, customer=customer, category=a_category(harbour, f"C{number}")
                )
                reply_to_ticket(actor=person, ticket=ticket, body="Hello", seconds=60)
                resolve_ticket(actor=person, ticket=ticket)
                answer_survey(
                    actor=person,
                    company_id=harbour.id,
                    kind="csat",
                    score=5,
                    ticket=ticket,
                    customer=customer,
                )
            _a_playbook(person, lee, f"Playbook {Playbook.objects.count()}")
            if hires:
                _a_job(lee, person, rae)
            if trains:
                _a_path(lee, person)
                _what_goes_on(lee, person, customer)
        while react_once():
            pass
        rollup.drain(harbour.id)

    add()
    return add


def _a_job(owner, *panel) -> None:
    """With candidates, an interview that was held, whose scorecards are missing, and one whose debrief is open."""
    job = a_requisition(owner, manager=owner)
    interview = an_interview(owner, an_application(owner, job), dict.fromkeys(panel, "scorer"))
    for member in panel:
        scored(a_card(interview, member))
    an_interview(owner, an_application(owner, job), dict.fromkeys(panel, "scorer"))


def _a_path(owner, trainee) -> None:
    """Of the one programme, with a part that was done and one that waits for a word."""
    programme = Programme.objects.first()
    if programme is None:
        a_process(owner, owner.company.members.get(name="Mo"), "Process")
        draft = a_programme_draft(owner)
        a_quiz(owner, draft, [a_question(owner)])
        programme = publish_programme(actor=owner, draft=draft).programme
        open_programme_draft(actor=owner, programme=programme)
    enrolment = an_enrolment(owner, trainee, programme)
    items = items_of(enrolment)
    passed(enrolment, items[0], owner)
    ask_for(actor=trainee, enrolment=enrolment, item=items[1])
    a_question(owner, playbook=Playbook.objects.latest("id"))
    held = {"member": trainee, "playbook": Playbook.objects.get(title="Process"), "level": "independent"}
    until = owner.company.today() + timedelta(days=90)
    Certificate.objects.create(company=owner.company, until=until, enrolment=enrolment, **held)
    _a_ride(owner, enrolment, next(item for item in items if item.kind == Item.Kind.RIDE_ALONG))


def _a_ride(owner, enrolment, item) -> None:
    """Beside the admin, who has run the playbook."""
    host = owner.company.members.get(role="admin")
    ended = {"state": "completed", "step_key": "end", "ended_at": clock.now()}
    version = item.module.playbook.versions.first()
    Run.objects.create(company=owner.company, version=version, holder=host, **ended)
    starts_at = clock.now() + timedelta(days=1 + RideAlong.objects.count())
    given = {"enrolment": enrolment, "item": item, "host": host, "starts_at": starts_at}
    plan_ride(actor=owner, minutes=60, zone="UTC", **given)


def _what_goes_on(owner, trainee, customer) -> None:
    """A session to come, a plan with a goal, and what a customer said, kept and not kept."""
    begins = clock.now() + timedelta(days=1)
    times = {"starts_at": begins, "ends_at": begins + timedelta(hours=1), "zone": "UTC"}
    title = f"Session {Session.objects.count()}"
    plan_session(actor=owner, people=[owner.id, trainee.id], title=title, host=owner, **times)
    plan = open_plan(actor=owner, member=trainee, title="Better calls", every_days=30)
    add_goal(actor=owner, plan=plan, text="Fewer holds")
    notes = [add_note(actor=trainee, customer=customer, body="It worked", type="call") for _ in range(2)]
    agreed = {"quote": "It worked", "consent_on": owner.company.today(), "consent_by": owner}
    keep_voice(actor=owner, source=f"note:{notes[0].id}", **agreed)


def _a_playbook(writer, approver, title: str) -> None:
    """One that is published, with the tickets of a category, and its next version in review."""
    playbook = a_playbook(writer, approver, title)
    category = a_category(writer.company, title)
    map_category(actor=approver, scenario=playbook.scenario, category=category)
    a_ticket(writer, category=category)
    start_run(actor=writer, version=playbook.versions.get())
    draft = open_draft(actor=writer, playbook=playbook)
    send_to_review(actor=writer, draft=draft, change="material")


@pytest.fixture
def count(rae, work, key_of):
    browser, headers = Client(), key_of(rae)
    browser.force_login(rae.user)

    def queries(address: str) -> list[str]:
        """The statements of one call, after a first one that fills what is kept for good."""
        address = address.replace("ID", str(Ticket.objects.earliest("id").id))
        address = address.replace("RUN", str(Run.objects.earliest("id").id))
        address = address.replace("BOOK", str(Playbook.objects.earliest("id").id))
        address = address.replace("REVIEW", str(Version.objects.filter(state="in_review").earliest("id").id))
        in_debrief = Scorecard.objects.filter(state="submitted").order_by("id").first()
        address = address.replace("DEBRIEF", str(getattr(in_debrief, "application_id", "")))
        own = Scorecard.objects.filter(member=rae, state="assigned").order_by("id")
        own.update(declared_at=clock.now())
        address = address.replace("CARD", str(getattr(own.first(), "id", "")))
        address = address.replace("TALK", str(getattr(own.first(), "interview_id", "")))
        address = address.replace("SESSION", str(getattr(Session.objects.first(), "id", "")))
        address = address.replace("PLAN", str(getattr(DevelopmentPlan.objects.first(), "id", "")))
        address = address.replace("CERTIFICATE", str(getattr(Certificate.objects.first(), "id", "")))
        address = address.replace("PATH", str(getattr(Enrolment.objects.first(), "id", "")))
        part = Entry.objects.filter(kind="asked").first()
        address = address.replace("PART", str(getattr(part, "item_id", "")))
        quiz = Item.objects.filter(kind="quiz").order_by("id").first()
        address = address.replace("QUIZ", str(getattr(quiz, "id", "")))
        ride = RideAlong.objects.order_by("id").first()
        address = address.replace("WATCH", str(getattr(ride, "item_id", "")))
        address = address.replace("TOGETHER", str(getattr(ride, "id", "")))
        asked = ItemQuestion.objects.order_by("id").first()
        address = address.replace("QUESTION", str(getattr(asked, "question_id", "")))
        address = address.replace("JOB", str(getattr(Requisition.objects.first(), "id", "")))
        address = address.replace("KIT", str(getattr(Kit.objects.first(), "id", "")))
        address = address.replace("PROGRAMME", str(getattr(Programme.objects.first(), "id", "")))
        address = address.replace("PERSON", str(rae.id))
        address = address.replace("MANAGER", str(rae.company.members.get(name="Lee").id))
        address = address.replace("CUSTOMER", str(Customer.objects.earliest("id").id))
        by_key = address.startswith("/api/v1/")
        for _ in range(2):
            with CaptureQueriesContext(
                connection,
            ) as captured:
                client = Client() if by_key or address == "/accounts/login/" else browser
                answer = client.get(address, headers=headers if by_key else {})
            assert answer.status_code in (200, 204, 503), answer.status_code
        return [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]

    return queries


@pytest.mark.parametrize("group", GROUPS)
def test_it_takes_no_more_queries_than_recorded(count, group):
    found = {address: count(address) for address in GROUPS[group]}
    if os.environ.get("RECORD_QUERY_COUNTS"):
        known = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
        known |= {address: len(queries) for address, queries in found.items()}
        RECORDED.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n")
        return

    assert set(found) <= set(ALLOWED), (
        "record it: RECORD_QUERY_COUNTS=1 pytest tests/test_query_counts.py -n 0"
    )
    more = {address: queries for address, queries in found.items() if len(queries) > ALLOWED[address]}
    assert not more, told(more)


def told(found: dict[str, list[str]]) -> str:
    return "\n\n".join("\n".join([f"{address}: {len(its)}", *its]) for address, its in found.items())


def test_it_records_no_address_that_is_gone():
    assert set(ALLOWED) == set(ADDRESSES)


@pytest.mark.parametrize("group", GROWING)
def test_it_takes_no_more_queries_with_more_rows(count, work, ana, group):
    before = {address: count(address) for address in GROWING[group]}
    work(3)
    ticket = Ticket.objects.earliest("id")
    for _ in range(3):
        reply_to_ticket(actor=ana, ticket=ticket, body="Again")
    rollup.drain(ana.company_id)
    assert ReportingLine.objects.count() > 4

    after = {address: count(address) for address in before}
    more = {address: queries for address, queries in after.items() if len(queries) > len(before[address])}
    assert not more, told(more)
