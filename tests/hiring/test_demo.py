"""What the demo shows of hiring: a pipeline in all stages, a panel under way, a debrief with a spread, an offer."""

import pytest

from accounts.models import Role
from hiring import demo
from hiring.models import Application, Candidate, Offer, Requisition, Scorecard
from hiring.queries.reckoning import reckon
from hiring.queries.sealing import is_debrief_open
from tests.factories import a_company, a_member

pytestmark = pytest.mark.django_db


def test_it_makes_a_job_in_full_swing_once():
    company = a_company("demo")
    for name, role in (("Manager", "manager"), ("Leader", "leader"), ("Admin", "admin"), ("Rep", Role.REP)):
        a_member(company, name, role)
    a_member(company, "Zoe")
    said: list[str] = []

    for _ in range(2):
        demo.add(company, said.append)

    assert len(said) == 1 and Candidate.objects.count() == 24
    by_stage = [stage.applications.count() for stage in Requisition.objects.get().stages.all()]
    assert by_stage == [11, 4, 3, 3, 2, 1]
    lena = Scorecard.objects.filter(application__candidate__name="Lena Fischer")
    assert sorted(lena.values_list("state", flat=True)) == ["assigned", "assigned", "submitted", "submitted"]
    debrief = Application.objects.get(candidate__name="Inês Duarte")
    assert is_debrief_open(debrief) and reckon(debrief).is_enough
    assert any(line.is_apart for line in reckon(debrief).composite.lines)
    consented = Candidate.objects.exclude(consented_at=None)
    assert 15 < consented.count() < 24 and not consented.filter(consent_text="").exists()
    assert Offer.objects.get(state="out").application.candidate.name == "Kavya Menon"
    company.refresh_from_db()
    assert "made up" in company.demo_note


def test_it_leaves_other_companies_alone(harbour, lee, mo, rae, ana):
    demo.add(harbour, print)
    assert not Requisition.objects.exists()
