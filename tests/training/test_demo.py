"""What the demo shows of training: a path, people at several stages of it, certificates, a session and a plan."""

import pytest

from accounts.models import Member, Role
from playbooks.actions import create_playbook, create_scenario, publish, save_graph, send_to_review
from playbooks.models import Playbook
from playbooks.starters import starters
from tests.factories import a_company, a_member
from training import demo
from training.calendar import business_days
from training.models import (
    Certificate,
    DevelopmentPlan,
    Enrolment,
    Entry,
    Item,
    Programme,
    Question,
    RideAlong,
    Seat,
    Session,
)
from training.queries.signoffs import waiting_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    made = a_company("demo")
    leader = a_member(made, "Leader", Role.LEADER)
    manager = a_member(made, "Manager", Role.MANAGER, manager=leader)
    rep = a_member(made, "Rep", manager=manager)
    for name in ("password-and-access", "angry-customer", "invoice-question"):
        scenario = create_scenario(actor=manager, name=str(starters()[name].title))
        draft = create_playbook(actor=rep, scenario=scenario, owner=rep, verifier=manager)
        draft = save_graph(actor=rep, draft=draft, graph=starters()[name].graph)
        publish(actor=manager, version=send_to_review(actor=rep, draft=draft, change="material"))
    return made


def test_it_makes_a_path_with_people_at_several_stages_once(company):
    said: list[str] = []

    for _ in range(2):
        demo.add(company, said.append)

    assert len(said) == 1 and Programme.objects.count() == 1
    assert Question.objects.exclude(step="").count() == Question.objects.count() == 7
    paths = {each.member.name: each for each in Enrolment.objects.select_related("member", "company")}
    mei, daniel, sofia, rep = (paths[name] for name in (demo.MEI, demo.DANIEL, demo.SOFIA, "Rep"))
    assert {name: path.state for name, path in paths.items()} == dict.fromkeys(paths, "active") | {
        mei.member.name: "completed"
    }
    assert sofia.done < rep.done < daniel.done < mei.done == mei.total
    assert (
        business_days(sofia.starts_on, company.today())
        <= 5
        < 11
        <= business_days(daniel.starts_on, company.today())
    )
    assert mei.completed_at and (company.today() - mei.completed_at.date()).days > 14

    certificates = Certificate.objects.filter(member=mei.member)
    assert certificates.count() == Certificate.objects.count() == 3
    (refreshed,) = certificates.exclude(refresh_by=None)
    assert refreshed.standing(company.today()) == "refresh"
    (asked,) = waiting_for(Member.objects.get(name="Manager"))
    assert (asked.member, asked.item.kind) == (daniel.member, Item.Kind.SIGN_OFF)
    not_yet = Entry.objects.filter(enrolment=daniel, outcome="not_yet", kind="judged")
    assert not_yet.filter(item__title="The furious customer").exists()
    tries = Entry.objects.filter(enrolment=daniel, kind="try").order_by("id")
    assert [each.outcome for each in tries] == ["not_yet", "passed"]
    assert (
        not Entry.objects.filter(by=None).exists()
        and not Entry.objects.filter(words="", kind="judged").exists()
    )
    for path in paths.values():
        times = list(
            path.entries.exclude(shown__has_key="session").order_by("id").values_list("at", flat=True)
        )
        assert times == sorted(times)


def test_it_has_rides_a_session_and_a_plan(company):
    demo.add(company, lambda line: None)

    assert RideAlong.objects.filter(state="held", entry__isnull=False).count() > 10
    planned = RideAlong.objects.get(state="planned")
    assert (planned.enrolment.member.name, planned.host.name) == ("Rep", demo.MEI)
    held, following = Session.objects.order_by("starts_at")
    assert held.closed_at and held.title == following.title
    assert sorted(Seat.objects.filter(session=held).values_list("state", flat=True)) == ["attended"] * 2 + [
        "missed"
    ]
    assert Entry.objects.filter(item__kind="session").count() == 2
    plan = DevelopmentPlan.objects.get()
    assert (plan.member.name, plan.goals.count(), plan.reviews.count()) == ("Rep", 3, 1)
    company.refresh_from_db()
    assert "made up" in company.demo_note


def test_it_leaves_other_companies_alone(harbour, lee, mo, ana, company):
    demo.add(harbour, print)
    Playbook.objects.update(verified_until=None)
    demo.add(company, print)
    assert not Programme.objects.exists()
