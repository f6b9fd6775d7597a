"""What the demo shows of playbooks: each state once, made up and labelled so."""

import pytest

from accounts.models import Role
from customers.actions import resolve_ticket
from metrics import rollup
from playbooks import demo
from playbooks.models import Playbook, Run, Scenario, Version
from playbooks.queries.coverage import coverage
from tests.factories import a_category, a_company, a_member, a_ticket

pytestmark = pytest.mark.django_db


def test_it_makes_playbooks_of_every_state_once():
    company = a_company("demo")
    manager = a_member(company, "Manager", Role.MANAGER)
    rep = a_member(company, "Rep", manager=manager)
    for number in range(12):
        category = a_category(company, f"Category {number:02}")
        for _ in range(13 - number):
            ticket = a_ticket(rep, category=category, assignee=rep)
            if number < 3:
                resolve_ticket(actor=rep, ticket=ticket)
    rollup.drain(company.id)
    said: list[str] = []

    for _ in range(2):
        demo.add(company, said.append)

    assert len(said) == 1 and Scenario.objects.count() == 12
    parts = coverage(company, company.today()).parts
    assert all(parts[part] for part in ("verified", "due", "lapsed", "draft", "none"))
    assert parts["unmapped"] == 0
    assert Version.objects.filter(state="in_review").count() == 1
    states = list(Run.objects.values_list("state", flat=True))
    assert states.count("completed") > 20 and states.count("active") > 2
    assert Playbook.objects.filter(verifier=manager).count() == 10
    company.refresh_from_db()
    assert "made up" in company.demo_note


def test_it_leaves_other_companies_alone(harbour, ana):
    demo.add(harbour, print)
    assert not Scenario.objects.exists()
