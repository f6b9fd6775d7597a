"""Milestones against records that were counted by hand."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache

from customers.actions import log_ticket, reply_to_ticket, resolve_ticket
from metrics.models import RepDay
from tests.factories import a_company, a_member, at
from tests.metrics.desk import settle
from tests.training.making import a_process, a_programme, an_enrolment, items_of
from training.actions.entries import judge
from training.models import Entry, Item, Programme, TrainingSettings
from training.queries.ramp import milestones_of
from training.ramp import band_of, first_full_week, whole_weeks

START = date(2026, 3, 2)  # a Monday
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def test_it_counts_those_who_are_not_there_yet():
    # Four of four: the quarter after 3, half after 5, three quarters after 8.
    band = band_of([(3, True), (5, True), (8, True), (20, True)])
    assert (band.n, band.reached, band.low, band.middle, band.high) == (4, 4, 3, 5, 8)
    # By hand: after 3 there are 4/5 left, one of the others is followed for 4 days only, after 5 there are
    # 4/5 x 2/3 = 8/15, after 8 it is 4/15, and nobody knows when the last quarter is there.
    band = band_of([(3, True), (4, False), (5, True), (8, True), (20, False)])
    assert (band.n, band.reached, band.low, band.middle, band.high) == (5, 3, 5, 8, None)
    assert not band_of([(3, True), (5, True)]).is_shown
    # Half are there by day 5, but that would be one person's day.
    assert not band_of([(3, False), (3, False), (5, True)]).is_shown
    assert band_of([(9, False)] * 5).middle is None
    assert band_of([(3, True)] * 29).is_exploratory and not band_of([(3, True)] * 30).is_exploratory


def test_it_knows_a_whole_week_and_a_full_one():
    assert whole_weeks(START + DAY, date(2026, 3, 23)) == [date(2026, 3, 9), date(2026, 3, 16)]
    assert whole_weeks(START, date(2026, 3, 8)) == []
    weeks = whole_weeks(START, date(2026, 3, 30))
    own = {weeks[0]: 5, weeks[1]: 3, weeks[2]: 4}
    team = {weeks[0]: [5, 5], weeks[1]: [5, 4, 4], weeks[2]: [5, 4, 4], weeks[3]: [0, 0, 0]}
    assert first_full_week(weeks, own, lambda monday: team[monday]) == weeks[2]
    assert first_full_week(weeks, {}, lambda monday: team[monday]) is None


def _week(company, rep, manager, monday, days, tickets, answers=0, satisfied=0):
    """So many tickets on so many days of a week, and the answers on its first day."""
    for number in range(days):
        first = {"csat_n": answers, "csat_pos": satisfied} if number == 0 else {}
        RepDay.objects.create(
            company=company,
            rep_id=rep.id,
            manager_id=manager.id,
            day=monday + number * DAY,
            res_n=tickets // days + (number < tickets % days),
            **first,
        )


@pytest.fixture
def newcomer(harbour, ana, lee, mo, rae, set_clock):
    """Nia began on 2 March beside Ana, Ben and Cy; it is 13 April."""
    set_clock("2026-03-02T08:00")
    others = [ana, a_member(harbour, "Ben", manager=lee), a_member(harbour, "Cy", manager=lee)]
    fresh = a_member(harbour, "Di", manager=lee, started_on=date(2026, 1, 7))
    nia = a_member(harbour, "Nia", manager=lee, started_on=START)
    _tickets(nia, ana, mo, rae)
    set_clock("2026-04-13T10:00")
    settle(harbour)
    RepDay.objects.all().delete()
    for number in range(6):
        monday = START + number * WEEK
        for person in others:
            _week(harbour, person, lee, monday, 5, 20, answers=5, satisfied=4)
        # Three months there is no tenure: her figures are nobody's measure.
        _week(harbour, fresh, lee, monday, 5, 90, answers=20, satisfied=20)
    own = [(2, 3, 0, 0), (4, 8, 0, 0), (5, 15, 3, 3), (5, 25, 4, 4), (5, 22, 5, 5), (5, 5, 0, 0)]
    for number, row in enumerate(own):
        _week(harbour, nia, lee, START + number * WEEK, *row)
    return nia


def _tickets(nia, ana, mo, rae):
    """One with a reply of Ana's, one that is Ana's, one seen on a ride-along, and one of her own on 10 March."""
    hers = log_ticket(actor=ana, assignee=nia, subject="A", opened_at=at("2026-03-03T08:00"))
    reply_to_ticket(actor=ana, ticket=hers, body="Hello", at=at("2026-03-03T09:00"))
    resolve_ticket(actor=nia, ticket=hers, seconds=60, at=at("2026-03-04T09:00"))
    anas = log_ticket(actor=ana, assignee=ana, subject="B", opened_at=at("2026-03-04T08:00"))
    resolve_ticket(actor=nia, ticket=anas, seconds=60, at=at("2026-03-05T09:00"))
    beside = log_ticket(actor=nia, assignee=nia, subject="C", opened_at=at("2026-03-05T08:00"))
    resolve_ticket(actor=nia, ticket=beside, seconds=60, at=at("2026-03-06T09:00"))
    for day in ("10", "12"):
        own = log_ticket(actor=nia, assignee=nia, subject="D", opened_at=at("2026-03-09T08:00"))
        reply_to_ticket(actor=nia, ticket=own, body="Hello", seconds=30, at=at(f"2026-03-{day}T09:00"))
        resolve_ticket(actor=nia, ticket=own, seconds=60, at=at(f"2026-03-{day}T10:00"))
    a_process(mo, rae)
    enrolment = an_enrolment(mo, nia, a_programme(mo))
    ride = next(each for each in items_of(enrolment) if each.kind == Item.Kind.RIDE_ALONG)
    judge(
        actor=mo,
        enrolment=enrolment,
        item=ride,
        outcome=Entry.Outcome.PASSED,
        tickets=[beside.id],
    )


@pytest.mark.django_db
def test_it_computes_the_milestones(newcomer, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        ramp = milestones_of(newcomer)
    found = {key: (each.on, each.day) for key, each in ramp.of.items()}
    assert found == {
        "solo": (date(2026, 3, 10), 7),
        "full_week": (date(2026, 3, 20), 15),
        "certificate": (None, None),
        # In the fourth week there were 7 answers, too few; in the fifth 12, all good.
        "median": (date(2026, 4, 3), 25),
    }
    assert ramp.of["median"].weeks == 5
    assert ramp.today == 31


@pytest.mark.django_db
def test_it_leaves_out_days_off_and_small_teams(newcomer, harbour, lee):
    TrainingSettings.objects.create(company=harbour, holidays=[date(2026, 3, 3)])
    assert milestones_of(newcomer).of["solo"].day == 6
    RepDay.objects.filter(rep_id=harbour.members.get(name="Cy").id).delete()
    # Whatever moves a figure moves the version of what is remembered; this did not go that way.
    cache.clear()
    ramp = milestones_of(newcomer)
    assert ramp.of["full_week"].on is None and ramp.of["median"].on is None
    assert "too few to compare" in ramp.of["full_week"].why


@pytest.mark.django_db
def test_it_counts_nothing_of_another_company(newcomer, zed):
    other = a_company("third")
    RepDay.objects.filter(rep_id=newcomer.id).update(company=other)
    ramp = milestones_of(newcomer)
    assert ramp.of["full_week"].on is None and ramp.of["median"].on is None


@pytest.mark.django_db
def test_it_shows_a_ramp_to_who_may_see_it(newcomer, ana, lee, mo, zed, client):
    """Ana has been there for long; a path does not make her a newcomer."""
    an_enrolment(mo, ana, Programme.objects.get())
    seen = {}
    for person in (newcomer, ana, lee, mo, zed):
        client.force_login(person.user)
        seen[person.name] = client.get("/training/ramp/").content.decode()
    assert "You are on day 31" in seen["Nia"] and "You did not begin lately" in seen["Ana"]
    assert all("whole week 5" in seen[name] for name in ("Nia", "Lee", "Mo"))
    assert "whole week 5" not in seen["Ana"] and "Nobody began lately" in seen["Zed"]
    # Two began this quarter and the one before: of fewer than three nothing is told.
    assert "too few to show" in seen["Mo"]
