"""The counting rules one by one, where a number can be worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.actions import change_zone, deactivate_member, set_line
from accounts.models import CompanyZone, Role
from customers.actions import (
    answer_survey,
    change_ticket,
    close_ticket,
    customers,
    mark_spam,
    merge_ticket,
    note_on_ticket,
    receive_reply,
    record_shift,
    reply_to_ticket,
    resolve_ticket,
    restore_ticket,
    set_owner,
    set_revenue,
)
from metrics import rollup
from metrics.kinds import Duration, Kind
from metrics.models import Fact, Timer
from metrics.percentiles import BUCKET, percentile, value_of
from metrics.queries import Level, Scope, answer
from metrics.rebuild import rebuild
from tests.factories import a_category, a_company, a_customer, a_member, a_ticket, at

from . import nasty
from .compare import assert_proven, snapshot
from .importing import import_rows, settle

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def now(set_clock):
    return set_clock("2026-03-20T12:00")


def point(company, metric, start: str, end: str, member=None, level=Level.REP, tree=False):
    """The one point of a period; of the company, or of a member as rep or manager (0 is nobody)."""
    settle(company)
    scope = (
        Scope(company.id) if member is None else Scope(company.id, level, getattr(member, "id", member), tree)
    )
    (found,) = answer(company, metric, scope, date.fromisoformat(start), date.fromisoformat(end)).points
    return found


def value(*arguments, **options):
    return point(*arguments, **options).value


def team(company, metric, start, end, member, tree=False):
    return value(company, metric, start, end, member, Level.MANAGER, tree)


# ---- people --------------------------------------------------------------------------------------------------------


def test_it_splits_the_month_of_somebody_who_moves_on_the_15th(harbour, mo, lee, ana):
    kim = a_member(harbour, "Kim", Role.MANAGER, manager=mo)
    for day in ("2026-02-10", "2026-03-14", "2026-03-15", "2026-03-16"):
        a_ticket(ana, assignee=ana, opened_at=at(f"{day}T12:00"))
    assert team(harbour, "tickets_opened", "2026-03-01", "2026-03-31", lee) == 3
    set_line(actor=None, member=ana, manager=kim, valid_from=date(2026, 3, 15))
    assert team(harbour, "tickets_opened", "2026-02-01", "2026-02-28", lee) == 1
    assert team(harbour, "tickets_opened", "2026-02-01", "2026-02-28", kim) == 0
    assert team(harbour, "tickets_opened", "2026-03-01", "2026-03-31", lee) == 1
    assert team(harbour, "tickets_opened", "2026-03-01", "2026-03-31", kim) == 2
    assert team(harbour, "tickets_opened", "2026-03-01", "2026-03-31", mo, tree=True) == 3
    assert value(harbour, "tickets_opened", "2026-03-01", "2026-03-31", ana) == 3
    assert_proven(harbour)


def test_it_moves_the_backlog_along_with_the_person(harbour, mo, lee, ana):
    kim = a_member(harbour, "Kim", Role.MANAGER, manager=mo)
    a_ticket(ana, assignee=ana, opened_at=at("2026-03-10T12:00"))
    set_line(actor=None, member=ana, manager=kim, valid_from=date(2026, 3, 15))
    assert team(harbour, "backlog", "2026-03-01", "2026-03-14", lee) == 1
    assert team(harbour, "backlog", "2026-03-01", "2026-03-15", lee) == 0
    assert team(harbour, "backlog", "2026-03-01", "2026-03-15", kim) == 1


def test_it_keeps_a_leaver_in_every_total(harbour, lee, ana):
    ticket = a_ticket(ana, assignee=ana)
    resolve_ticket(actor=ana, ticket=ticket)
    today = ("2026-03-20", "2026-03-20")
    before = [value(harbour, "tickets_resolved", *today), team(harbour, "tickets_resolved", *today, lee)]
    deactivate_member(actor=None, member=ana, left_on=date(2026, 3, 20))
    after = [value(harbour, "tickets_resolved", *today), team(harbour, "tickets_resolved", *today, lee)]
    assert before == after == [1, 1]
    assert value(harbour, "tickets_resolved", *today, ana) == 1


def test_it_counts_nobodys_work_in_the_company_and_in_nobodys_team(harbour, ana):
    a_ticket(ana)
    a_ticket(ana, assignee=ana)
    today = ("2026-03-20", "2026-03-20")
    assert value(harbour, "tickets_opened", *today) == 2
    assert value(harbour, "tickets_opened", *today, 0) == 1
    assert team(harbour, "tickets_opened", *today, 0) == 1


# ---- zones ---------------------------------------------------------------------------------------------------------


def test_it_counts_two_companies_each_in_its_zone_over_a_change_of_the_clock(set_clock):
    set_clock("2024-11-20T12:00")
    berlin, kolkata = a_company("north", "Europe/Berlin"), a_company("south", "Asia/Kolkata")
    # Berlin's 27 October 2024 has 25 hours: from 22:00 on the 26th until 23:00 on the 27th in UTC.
    instants = ["2024-10-26T21:59:59", "2024-10-26T22:00", "2024-10-27T22:59:59", "2024-10-27T23:00"]
    for company in (berlin, kolkata):
        rep = a_member(company, "Rep")
        for instant in instants:
            a_ticket(rep, assignee=rep, opened_at=at(instant))
        record_shift(
            actor=None, member=rep, started_at=at("2024-10-26T22:00"), ended_at=at("2024-10-27T23:00")
        )
    assert [
        value(berlin, "tickets_opened", day, day) for day in ("2024-10-26", "2024-10-27", "2024-10-28")
    ] == [1, 2, 1]
    assert [value(kolkata, "tickets_opened", day, day) for day in ("2024-10-27", "2024-10-28")] == [2, 2]
    assert point(berlin, "tickets_per_hour", "2024-10-27", "2024-10-27").denominator == 25
    assert point(kolkata, "tickets_per_hour", "2024-10-28", "2024-10-28").denominator == 4.5
    for company in (berlin, kolkata):
        assert_proven(company)


def test_it_has_one_day_with_two_midnights_in_havana(set_clock):
    set_clock("2024-12-01T12:00")
    company = a_company("havana", "America/Havana")
    rep = a_member(company, "Rep")
    # Midnight comes at 04:00 and, an hour after it, the clock shows midnight again at 05:00.
    for instant in ("2024-11-03T03:59:59", "2024-11-03T04:00", "2024-11-03T04:59:59", "2024-11-03T05:00"):
        a_ticket(rep, assignee=rep, opened_at=at(instant))
    record_shift(actor=None, member=rep, started_at=at("2024-11-03T03:30"), ended_at=at("2024-11-04T05:30"))
    days = [value(company, "tickets_opened", day, day) for day in ("2024-11-02", "2024-11-03", "2024-11-04")]
    hours = [point(company, "tickets_per_hour", day, day).denominator for day in ("2024-11-03", "2024-11-04")]
    assert (days, hours) == ([1, 3, 0], [25, 0.5])
    assert_proven(company)


def test_it_has_nothing_on_the_day_that_apia_left_out(set_clock):
    set_clock("2012-02-01T12:00")
    company = a_company("apia", "Pacific/Apia")
    rep = a_member(company, "Rep")
    # On 30 December at 10:00 in UTC the 29th ended and the 31st began.
    for instant in ("2011-12-30T09:59:59", "2011-12-30T10:00"):
        a_ticket(rep, assignee=rep, opened_at=at(instant))
    record_shift(actor=None, member=rep, started_at=at("2011-12-30T09:00"), ended_at=at("2011-12-30T12:00"))
    days = ("2011-12-29", "2011-12-30", "2011-12-31")
    assert [value(company, "tickets_opened", day, day) for day in days] == [1, 0, 1]
    assert [point(company, "tickets_per_hour", day, day).denominator for day in days] == [1, 0, 2]
    assert_proven(company)


def test_it_counts_in_another_zone_from_a_day_on(harbour, rae, ana, set_clock):
    before = a_ticket(
        ana, assignee=ana, opened_at=at("2026-03-19T23:30")
    )  # the 20th in Berlin, the 19th in UTC
    change_zone(actor=rae, zone="UTC", valid_from=date(2026, 3, 25))
    set_clock("2026-03-30T12:00")
    a_ticket(ana, assignee=ana, opened_at=at("2026-03-26T23:30"))
    settle(harbour)
    assert Fact.objects.get(company=harbour, kind=1, source_id=before.id).day == date(2026, 3, 20)
    assert value(harbour, "tickets_opened", "2026-03-26", "2026-03-26") == 1
    assert value(harbour, "tickets_opened", "2026-03-27", "2026-03-27") == 0
    assert_proven(harbour)


def test_it_counts_what_lies_ahead_in_the_zone_that_it_will_have(harbour, rae, ana, now):
    """A shift is planned for a night after which the company counts in another zone."""
    record_shift(actor=None, member=ana, started_at=at("2026-03-26T22:30"), ended_at=at("2026-03-26T23:30"))
    change_zone(actor=rae, zone="UTC", valid_from=date(2026, 3, 25))
    assert_proven(harbour)  # late, not wrong
    settle(harbour)
    assert point(harbour, "tickets_per_hour", "2026-03-26", "2026-03-26").denominator == 1
    assert_proven(harbour)


# ---- order and windows ---------------------------------------------------------------------------------------------


def test_it_takes_several_events_of_one_minute_in_their_order(harbour, ana, lee, set_clock):
    """Resolved, reopened and resolved again in one instant; the first resolver has the credit, the reopening counts."""
    opened = at("2026-03-02T09:00")
    ticket = a_ticket(ana, assignee=ana, opened_at=opened)
    for actor in (ana, lee):
        resolve_ticket(actor=actor, ticket=ticket, at=opened)
        if actor == ana:
            set_clock(opened)
            receive_reply(ticket=ticket, body="No", at=opened)
    set_clock("2026-03-20T12:00")
    march = ("2026-03-01", "2026-03-31")
    assert value(harbour, "tickets_resolved", *march, ana) == 1
    assert value(harbour, "tickets_resolved", *march) == 1
    assert value(harbour, "reopen_rate", *march) == 1.0
    assert value(harbour, "backlog", *march) == 0
    assert_proven(harbour)


def test_fcr_matures_after_the_window_by_the_timer(harbour, ana, now, set_clock):
    ticket = a_ticket(ana, assignee=ana, opened_at=now - DAY)
    resolve_ticket(actor=ana, ticket=ticket)
    march = ("2026-03-01", "2026-03-31")
    assert point(harbour, "fcr", *march).n == 0
    assert Timer.objects.get(company=harbour).due_at == now + 7 * DAY
    set_clock(now + 7 * DAY - timedelta(seconds=1))
    settle(harbour)
    assert not Fact.objects.filter(company=harbour, kind=3).exists()
    set_clock(now + 7 * DAY)
    settle(harbour)
    assert Fact.objects.get(company=harbour, kind=3).v1 == 1
    # The rest of that day may still mature, so the day is not complete.
    assert point(harbour, "fcr", *march).n == 0
    set_clock(now + 8 * DAY)
    assert (point(harbour, "fcr", *march).n, value(harbour, "fcr", *march, ana)) == (1, 1.0)
    assert not Timer.objects.filter(company=harbour).exists()


@pytest.mark.parametrize(("after", "fcr"), [(0, 1), (1, 0), (7 * 86_400, 0), (7 * 86_400 + 1, 1)])
def test_fcr_looks_at_other_tickets_up_to_the_end_of_the_window(after, fcr, harbour, ana, now):
    resolved = now - 15 * DAY
    ticket = a_ticket(ana, opened_at=resolved - DAY, requester_email="asker@x.example")
    resolve_ticket(actor=ana, ticket=ticket, at=resolved)
    a_ticket(ana, opened_at=resolved + timedelta(seconds=after), requester_email="asker@x.example")
    assert value(harbour, "fcr", "2026-03-01", "2026-03-10") == fcr
    assert_proven(harbour)


def test_service_level_is_missed_at_the_deadline_by_the_timer(harbour, ana, lee, now, set_clock):
    ticket = a_ticket(ana, assignee=ana, first_response_due_at=now + timedelta(hours=1))
    set_clock(now + timedelta(minutes=59))
    assert point(harbour, "service_level", "2026-03-20", "2026-03-20").n == 0
    set_clock(now + timedelta(hours=1))
    assert value(harbour, "service_level", "2026-03-20", "2026-03-20", ana) == 0.0
    reply_to_ticket(actor=lee, ticket=ticket, body="Sorry")
    # At the deadline is still in time, and then the credit is the replier's.
    assert value(harbour, "service_level", "2026-03-20", "2026-03-20", lee) == 1.0
    assert point(harbour, "service_level", "2026-03-20", "2026-03-20", ana).n == 0
    assert_proven(harbour)


def test_handle_time_after_a_reopening_is_seconds_without_a_second_ticket(harbour, ana, lee, set_clock, now):
    ticket = a_ticket(ana, assignee=ana)
    note_on_ticket(actor=lee, ticket=ticket, body="Hm", seconds=50)
    resolve_ticket(actor=ana, ticket=ticket, seconds=100)
    set_clock(now + DAY)
    receive_reply(ticket=ticket, body="No")
    resolve_ticket(actor=ana, ticket=ticket, seconds=30)
    first, both = ("2026-03-20", "2026-03-20"), ("2026-03-20", "2026-03-21")
    assert [point(harbour, "handle_time", *first).n, value(harbour, "handle_time", *first)] == [2, 75.0]
    assert [point(harbour, "handle_time", *both).n, value(harbour, "handle_time", *both)] == [2, 90.0]
    assert value(harbour, "handle_time", *both, ana) == 130.0
    assert_proven(harbour)


def test_merged_and_spam_count_in_nothing_until_restored(harbour, ana, now):
    kept, other = a_ticket(ana, assignee=ana), a_ticket(ana, assignee=ana, first_response_due_at=now)
    reply_to_ticket(actor=ana, ticket=other, body="Hello", seconds=5)
    close_ticket(actor=ana, ticket=other)
    today = ("2026-03-20", "2026-03-20")
    metrics = ("tickets_opened", "tickets_resolved", "backlog", "handle_time", "service_level")
    counted = [point(harbour, metric, *today).n for metric in metrics]
    merge_ticket(actor=ana, ticket=other, into=kept)
    assert [point(harbour, metric, *today).n for metric in metrics] == [1, 0, 1, 0, 0]
    restore_ticket(actor=ana, ticket=other)
    assert [point(harbour, metric, *today).n for metric in metrics] == counted == [2, 1, 1, 1, 1]
    mark_spam(actor=ana, ticket=other)
    assert [point(harbour, metric, *today).n for metric in metrics] == [1, 0, 1, 0, 0]
    assert_proven(harbour)


def test_an_answer_follows_the_category_of_its_ticket(harbour, ana):
    ticket = a_ticket(ana, assignee=ana)
    answer_survey(actor=None, company_id=harbour.id, kind="csat", score=5, ticket=ticket)
    category = a_category(harbour)
    change_ticket(actor=ana, ticket=ticket, category=category)
    assert Fact.objects.get(company=harbour, kind=Kind.CSAT).category_id == category.id


# ---- answers and money ---------------------------------------------------------------------------------------------


def test_nps_takes_0_and_refuses_11(harbour):
    for score in (0, 6, 7, 8, 9, 10):
        answer_survey(actor=None, company_id=harbour.id, kind="nps", score=score)
    for score in (11, -1):
        with pytest.raises(ValidationError):
            answer_survey(actor=None, company_id=harbour.id, kind="nps", score=score)
    found = point(harbour, "nps", "2026-03-20", "2026-03-20")
    assert (found.n, found.numerator, found.value) == (6, 0, 0.0)


def test_nps_refuses_11_in_a_file_and_takes_the_rest(harbour, tmp_path):
    rows = [
        {"kind": "nps", "score": score, "answered_at": "2026-03-20T10:00:00Z"} for score in ("0", "10", "11")
    ]
    report = import_rows(harbour, {"surveys": rows}, tmp_path)["surveys"]
    assert (report.added, report.refused) == (2, 1)
    assert point(harbour, "nps", "2026-03-20", "2026-03-20").n == 2


@pytest.mark.parametrize(("later", "csat"), [(30 * 86_400, 0.0), (30 * 86_400 + 1, 1.0)])
def test_an_answer_of_thirty_days_later_replaces_the_score_and_never_the_day(later, csat, harbour, now):
    first = now - 40 * DAY
    for at_instant, score in ((first, 5), (first + timedelta(seconds=later), 1)):
        options = {"kind": "csat", "identity": "S1", "answered_at": at_instant, "score": score}
        answer_survey(actor=None, company_id=harbour.id, **options)
    assert value(harbour, "csat", "2026-02-08", "2026-02-08") == csat
    assert point(harbour, "csat", "2026-02-09", "2026-03-20").n == 0


def test_retention_goes_to_the_owner_of_the_first_month(harbour, lee, ana, now):
    ben = a_member(harbour, "Ben", manager=lee)
    customer = a_customer(lee)
    set_owner(actor=lee, customer=customer, owner=ana, valid_from=date(2026, 1, 1))
    set_owner(actor=lee, customer=customer, owner=ben, valid_from=date(2026, 2, 10))
    for month, amount in ((1, "100"), (2, "40")):
        set_revenue(actor=lee, customer=customer, month=date(2026, month, 1), amount=Decimal(amount))
    period = ("2026-01-01", "2026-02-28")
    assert value(harbour, "net_revenue_retention", *period, ana) == 0.4
    assert point(harbour, "net_revenue_retention", *period, ben).n == 0
    assert value(harbour, "logo_retention", *period) == 1.0
    assert customers.CustomerOwner.objects.filter(customer=customer).count() == 2
    assert_proven(harbour)


def test_a_shift_of_split_seconds_is_whole_seconds_on_each_day(harbour, ana):
    midnight = datetime(2026, 3, 19, 23, tzinfo=UTC)
    half = timedelta(milliseconds=500)
    record_shift(actor=None, member=ana, started_at=midnight - 3 * half, ended_at=midnight + 3 * half)
    days = [
        Fact.objects.get(company=harbour, kind=11, day=day).v1
        for day in (date(2026, 3, 19), date(2026, 3, 20))
    ]
    assert days == [1, 1]
    assert_proven(harbour)


# ---- percentiles and rebuild ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("spread", [range(1, 4_000, 7), [0] * 30 + [5], [86_400 * 30] * 5, [1, 2, 3, 10**6]])
def test_the_histogram_is_within_five_percent(spread, share):
    from django.db import connection

    seconds = sorted(spread)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {BUCKET}, count(*) FROM unnest(%s::bigint[]) AS f (v1) GROUP BY 1", [seconds])
        about = percentile(dict(cursor.fetchall()), share)
    exact = seconds[int(share * (len(seconds) - 1))]
    assert about == pytest.approx(exact, rel=0.05)


def test_the_histogram_keeps_nothing_seconds_apart():
    assert value_of(0) == 0.0
    assert value_of(1) == pytest.approx(1, rel=0.051)
    assert percentile({}, 0.5) is None
    assert {int(duration) for duration in Duration} == {2, 4, 6}


@pytest.fixture
def nasty_company(set_clock, tmp_path):
    scene = nasty.SCENES[3]
    set_clock(scene.now)
    company = a_company("nasty", scene.zones[0][1])
    import_rows(company, nasty.records(7, scene), tmp_path)
    return company, scene


def test_rebuild_equals_drain(nasty_company):
    company, _scene = nasty_company
    drained = snapshot(company)
    rebuild(company.id)
    assert snapshot(company) == drained


def test_rebuild_of_some_days_equals_drain_and_leaves_the_others_their_marks(nasty_company):
    company, scene = nasty_company
    drained = snapshot(company)
    night = scene.night.date()
    with rollup.connection.cursor() as cursor:
        cursor.execute("UPDATE metrics_rep_day SET res_n = 99 WHERE company_id = %s", [company.id])
        cursor.execute("UPDATE metrics_org_day SET res_n = 99 WHERE company_id = %s", [company.id])
        cursor.execute(
            "INSERT INTO metrics_dirty (company_id, rep_id, day) SELECT company_id, rep_id, day FROM metrics_rep_day"
            " WHERE company_id = %s",
            [company.id],
        )
    rebuild(company.id, night - DAY, night + DAY)
    with rollup.connection.cursor() as cursor:
        days = "company_id = %s AND day BETWEEN %s AND %s"
        scope = [company.id, night - DAY, night + DAY]
        cursor.execute(f"SELECT count(*) FROM metrics_rep_day WHERE res_n = 99 AND {days}", scope)
        assert cursor.fetchone() == (0,)
        cursor.execute(f"SELECT count(*) FROM metrics_dirty WHERE {days}", scope)
        assert cursor.fetchone() == (0,)
    rollup.drain(company.id)
    assert snapshot(company) == drained


def test_it_keeps_the_zone_rule_alike_in_sql_and_python(set_clock, tmp_path):
    """Three zones in a row, one of them across the date line: the day of every hour of a month."""
    set_clock("2024-07-01T00:00")
    company = a_company("mover", "America/Los_Angeles")
    for day, zone in ((date(2024, 5, 5), "Asia/Tokyo"), (date(2024, 5, 9), "Pacific/Honolulu")):
        CompanyZone.objects.create(company=company, valid_from=day, zone=zone)
    hours = [at("2024-05-01T00:00") + timedelta(hours=n) for n in range(24 * 14)]
    rows = [{"external_id": f"T{n}", "opened_at": hour.isoformat()} for n, hour in enumerate(hours)]
    import_rows(company, {"tickets": rows}, tmp_path)
    zones = company.zones()
    facts = Fact.objects.filter(company=company, kind=1).order_by("occurred_at")
    assert [(fact.occurred_at, fact.day) for fact in facts] == [(hour, zones.day(hour)) for hour in hours]
