"""From an approved decision to somebody in the organisation."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.actions import create_team
from accounts.models import Member, ReportingLine, Role
from accounts.queries.org import reports_on
from cs_platform.lib import clock
from hiring.actions.decisions import approve_decision, decide
from hiring.actions.offers import answer_offer, hire, make_offer
from hiring.models import Application, Attribute, Offer, PanelRole, StageMove
from hiring.queries.reckoning import reckon
from tests.factories import a_member
from tests.hiring.making import a_card, a_requisition, an_application, an_interview, scored

pytestmark = pytest.mark.django_db
STARTS = date(2027, 3, 1)


def to_be_hired(mo, rae, lee, requisition=None, **fields) -> Application:
    """Three scorers agree, and two people decide."""
    requisition = requisition or a_requisition(mo, manager=lee, starts_on=STARTS)
    requisition.criteria.filter(
        attribute__in=Attribute.objects.exclude(key__in=["drive", "empathy", "coachability", "positivity"])
    ).delete()
    application = an_application(mo, requisition, **fields)
    panel = {a_member(mo.company, f"Scorer{n}"): PanelRole.SCORER for n in range(3)}
    interview = an_interview(mo, application, panel)
    for member in panel:
        scored(a_card(interview, member))
    decision = decide(
        actor=mo, application=application, outcome="hire", reason="", seen=reckon(application).seen
    )
    approve_decision(actor=rae, decision=decision)
    return application


def offered(mo, application, lee, **fields) -> Offer:
    fields = {"role": Role.REP, "manager": lee, "team": None, "starts_on": STARTS} | fields
    return make_offer(actor=mo, application=application, **fields)


def accepted(mo, application, lee, **fields) -> Offer:
    offer = offered(mo, application, lee, **fields)
    return answer_offer(actor=mo, offer=offer, state="accepted")


def test_an_offer_follows_two_people_s_decision(mo, rae, lee):
    application = an_application(mo)
    with pytest.raises(ValidationError, match="two people"):
        offered(mo, application, lee)
    application = to_be_hired(mo, rae, lee)
    offer = offered(mo, application, lee)
    application.refresh_from_db()
    assert (offer.state, application.stage.kind) == ("out", "offer")
    with pytest.raises(ValidationError, match="an offer already"):
        offered(mo, application, lee)
    with pytest.raises(ValidationError, match="has accepted"):
        hire(actor=mo, offer=offer, email="lena@harbour.example")
    assert answer_offer(actor=mo, offer=offer, state="declined").state == "declined"
    with pytest.raises(ValidationError, match="is over"):
        answer_offer(actor=mo, offer=offer, state="accepted")
    again = offered(mo, application, lee)
    with pytest.raises(ValidationError, match="Only admins"):
        answer_offer(actor=mo, offer=again, state="taken_back")
        offered(mo, application, lee, role=Role.ADMIN)


def test_the_hire_is_in_the_organisation_from_the_first_day(mo, rae, lee):
    team = create_team(actor=rae, name="Phone desk")
    application = to_be_hired(mo, rae, lee, name="Lena Fischer")
    offer = accepted(mo, application, lee, team=team)
    person = hire(actor=mo, offer=offer, email="Lena@Harbour.example ")
    application.refresh_from_db()

    assert (person.email, person.name, person.started_on) == ("lena@harbour.example", "Lena Fischer", STARTS)
    assert person.user is None
    line = ReportingLine.objects.get(member=person)
    assert (line.manager, line.team, line.valid_from) == (lee, team, STARTS)
    day_before = STARTS - timedelta(days=1)
    assert person.id in reports_on(mo.company_id, STARTS)[lee.id]
    assert person.id not in reports_on(mo.company_id, day_before).get(lee.id, set())
    client = Client()
    client.force_login(mo.user)
    for day, is_there in ((STARTS, True), (day_before, False)):
        page = client.get(reverse("accounts:person_index"), {"on": day.isoformat()}).content.decode()
        assert ("Lena Fischer" in page) == is_there
    assert (application.state, application.candidate.member) == ("hired", person)
    assert StageMove.objects.filter(application=application, outcome="hired").count() == 1
    application.requisition.refresh_from_db()
    assert application.requisition.state == "filled"
    # Twice is once.
    assert hire(actor=rae, offer=offer, email="other@harbour.example") == person
    assert Member.objects.filter(name="Lena Fischer").count() == 1
    with pytest.raises(ValidationError, match="is hired"):
        answer_offer(actor=mo, offer=offer, state="declined")


def test_a_job_with_more_seats_stays_open(mo, rae, lee):
    requisition = a_requisition(mo, seats=2)
    application = to_be_hired(mo, rae, lee, requisition)
    hire(actor=mo, offer=accepted(mo, application, lee), email="one@harbour.example")
    requisition.refresh_from_db()
    assert requisition.state == "open"


def test_somebody_from_inside_gets_a_new_line_only(mo, rae, lee, ana):
    other = a_member(mo.company, "Other", Role.MANAGER)
    application = to_be_hired(mo, rae, lee, member=ana)
    before = Member.objects.count()
    offer = accepted(mo, application, other, role=Role.MANAGER)
    assert hire(actor=mo, offer=offer) == ana
    ana.refresh_from_db()

    assert Member.objects.count() == before
    # The role counts at once, so it waits for its day.
    assert ana.role == Role.REP
    assert ana.id in reports_on(mo.company_id, STARTS)[other.id]
    assert ana.id in reports_on(mo.company_id, STARTS - timedelta(days=1))[lee.id]


def test_it_is_all_or_nothing(mo, rae, lee, ana):
    application = to_be_hired(mo, rae, lee)
    offer = accepted(mo, application, lee)
    for email in ("", "nonsense", ana.email):
        with pytest.raises(ValidationError) as refused:
            hire(actor=mo, offer=offer, email=email)
        assert "email" in refused.value.error_dict
    # A line that would make a circle: Mo leads Lee, who cannot lead Mo.
    circle = to_be_hired(mo, rae, lee, a_requisition(rae), member=None)
    circle.candidate.member = mo
    circle.candidate.save()
    offer = accepted(rae, circle, lee)
    with pytest.raises(ValidationError, match="line cannot be"):
        hire(actor=rae, offer=offer)
    circle.refresh_from_db()
    assert circle.is_active


def test_through_the_pages(mo, rae, lee, ana, zed):
    application = to_be_hired(mo, rae, lee)
    page = reverse("hiring:offer", args=[application.id])
    sent = {"role": "rep", "manager": lee.email, "team": "", "starts_on": "2027-03-01"}

    def post(member, path, **data):
        client = Client()
        client.force_login(member.user)
        return client.post(path, data)

    assert post(zed, page, **sent).status_code == 404
    assert post(ana, page, **sent).status_code == 404
    assert post(mo, page, **sent | {"starts_on": "soon"}).status_code == 422
    assert post(lee, page, **sent).status_code == 302
    offer = Offer.objects.get()
    answer = reverse("hiring:offer_answer", args=[offer.id])
    assert post(mo, answer, state="out").status_code == 422
    assert post(lee, answer, state="accepted").status_code == 302
    hiring = reverse("hiring:offer_hire", args=[offer.id])
    # Whoever enters people finishes it.
    assert post(lee, hiring, email="lena@harbour.example").status_code == 403
    assert post(mo, hiring, email=ana.email).status_code == 422
    assert post(mo, hiring, email="lena@harbour.example").status_code == 302
    assert Member.objects.get(email="lena@harbour.example").started_on == STARTS
    assert clock.now().date() < STARTS
