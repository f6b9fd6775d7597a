"""What reports count, and what they leave out."""

import csv
import io
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from cs_platform.lib import clock
from hiring.actions.candidates import close_application, move_application
from hiring.models import Application, HiringSettings, PanelRole, Scorecard, VoluntaryAnswer
from hiring.queries.agreement import Rated, agreement, by_attribute, leniency
from hiring.queries.reports import reports
from tests.factories import a_member
from tests.hiring.making import a_card, a_requisition, an_application, an_interview, scored


def test_it_agrees_with_the_example_of_the_literature():
    """Shrout & Fleiss 1979, table 2: ICC(1,1) = .17, and its interval."""
    judged = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = agreement(judged)
    assert (found.n, found.ratings) == (6, 24)
    assert found.icc == pytest.approx(0.1657, abs=1e-4)
    assert (found.low, found.high) == (pytest.approx(-0.1329, abs=1e-4), pytest.approx(0.7226, abs=1e-4))


def test_it_agrees_with_statsmodels_on_groups_of_unlike_size():
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    made = np.random.default_rng(7)
    groups = [
        list(np.clip(np.round(made.normal(centre, 0.8, size)), 1, 5))
        for centre, size in zip(made.normal(3, 1, 40), made.integers(2, 6, 40), strict=True)
    ]
    rows = pd.DataFrame([(n, value) for n, group in enumerate(groups) for value in group], columns=["c", "v"])
    table = anova_lm(ols("v ~ C(c)", rows).fit())
    between, within = table["mean_sq"]
    sizes = np.array([len(group) for group in groups])
    k = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(groups) - 1)
    found = agreement([*groups, [3]])
    assert found.icc == pytest.approx((between - within) / (between + (k - 1) * within))
    assert found.low < found.icc < found.high and found.n == 40


def test_it_says_nothing_of_few_or_of_nothing():
    assert agreement([[3, 4]] * 4).icc is None
    assert agreement([[3, 3]] * 9).icc is None
    assert agreement([[n % 5 + 1] * 2 for n in range(9)]).icc == pytest.approx(1)


def test_leniency_is_the_mean_difference_to_the_others():
    rated = [
        Rated(candidate, person, attribute, value)
        for candidate in range(6)
        for attribute in (1, 2)
        for person, value in ((1, 4 + candidate % 2), (2, 3), (3, 3 - attribute % 2))
    ]
    most, *_rest, least = leniency([*rated, Rated(99, 4, 1, 5)])
    assert (most.person, most.n) == (1, 6)
    # 4.5 on average, the others 2.75.
    assert most.difference == pytest.approx(1.75)
    assert most.low < most.difference < most.high
    assert least.person == 3 and 4 not in [each.person for each in leniency(rated)]
    assert by_attribute(rated)[1].n == 6


@pytest.fixture
def some(db, mo, lee, ana, harbour):
    """Three candidates of a job of Lee's: one moved on, one was turned down after it, one waits with a late card."""
    requisition = a_requisition(mo, manager=lee)
    first, second, third = (an_application(mo, requisition) for _n in range(3))
    stage = requisition.stages.get(kind="screen")
    ago = clock.now() - timedelta(days=9)
    for application in (first, second):
        move_application(actor=mo, application=application, stage=stage, version=1)
    second.refresh_from_db()
    close_application(actor=mo, application=second, state="rejected", why="x", version=second.version)
    joy = a_member(harbour, "Joy")
    for application, is_in in ((first, True), (third, False)):
        interview = an_interview(mo, application, {ana: PanelRole.LEAD, joy: PanelRole.SCORER})
        scored(a_card(interview, ana), value=5)
        if is_in:
            scored(a_card(interview, joy), value=3)
    Scorecard.objects.filter(application=third, state="assigned").update(due_at=ago)
    return requisition, first, third


def test_only_settled_scorecards_are_counted(some, mo, lee):
    requisition, first, third = some
    for reader in (mo, lee):
        page = reports(reader)
        together = page.agreement[0].of
        assert (together.n, together.ratings, together.icc) == (1, 2, None)
        assert {(row.name, row.of.n, row.of.difference) for row in page.leniency} == {
            ("Ana", 1, 2.0),
            ("Joy", 1, -2.0),
        }
        assert not any(row.is_enough for row in page.leniency)
        assert [card.member for card in page.overdue] == ["Joy"]


def test_stages_and_sources(some, mo):
    page = reports(mo, some[0].id)
    applied, screen = page.stages
    assert (applied.name, applied.n, applied.there) == ("Applied", 2, 1)
    assert (applied.passed.part, applied.passed.n) == (2, 2)
    assert (screen.passed.part, screen.passed.n, screen.there) == (0, 1, 1)
    (source,) = page.sources
    assert (source.applications, source.interviewed.part, source.hired.n) == (3, 2, 1)


def test_what_is_remembered_is_what_stands(some, mo):
    """A move, a scorecard and an end are in the report that is read next."""
    requisition, _first, third = some
    assert (reports(mo).stages[1].there, reports(mo).sources[0].hired.n, len(reports(mo).leniency)) == (
        1,
        1,
        2,
    )
    stage = requisition.stages.get(kind="screen")
    third.refresh_from_db()
    move_application(actor=mo, application=third, stage=stage, version=third.version)
    assert reports(mo).stages[1].there == 2
    scored(Scorecard.objects.get(application=third, member__name="Joy"), value=3)
    assert {row.of.n for row in reports(mo).leniency} == {2}
    third.refresh_from_db()
    close_application(actor=mo, application=third, state="withdrawn", why="x", version=third.version)
    assert (reports(mo).stages[1].there, reports(mo).sources[0].hired.n) == (1, 2)


def test_nobody_reads_the_own_file_in_a_report(some, mo):
    _requisition, first, _third = some
    first.candidate.member = mo
    first.candidate.save()
    page = reports(mo)
    assert page.sources[0].applications == 2 and not page.agreement
    assert [row.passed.n for row in page.stages] == [1, 1]


def test_who_may_read_them(some, mo, lee, ana, zed, harbour):
    def get(member, name="reports", **query):
        client = Client()
        client.force_login(member.user)
        return client.get(reverse(f"hiring:{name}"), query)

    assert get(ana).status_code == 403
    assert get(ana, "reports_file").status_code == 403
    assert get(lee).status_code == 200 and "too few to compare" in get(lee).content.decode()
    other = a_member(harbour, "Other", Role.MANAGER)
    for stranger in (other, zed):
        shown = get(stranger, requisition=some[0].id).content.decode()
        assert "Nobody has applied" in shown and "Customer success rep" not in shown
    answer = get(mo, "reports_file", requisition="x")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {len(row) for row in rows} == {7}
    # A figure of too few stays out of the file, too.
    assert ["Leniency", "Ana", "points above others", "", "1", "", ""] in rows


def test_groups_only_if_collected_and_never_under_ten(some, mo, lee):
    requisition, *_rest = some
    groups = {"Women": (10, 5), "Men": (20, 5), "Other": (9, 9)}
    for name, (n, hired) in groups.items():
        for number in range(n):
            application = an_application(mo, requisition)
            state = "hired" if number < hired else "rejected"
            Application.objects.filter(id=application.id).update(state=state, closed_at=clock.now())
            VoluntaryAnswer.objects.create(
                company=mo.company, application=application, kind="gender", value=name
            )
    assert reports(mo).groups is None
    HiringSettings.objects.create(company=mo.company, collects_voluntary=True)
    rows = {row.name: row for row in reports(mo).groups}
    assert (rows["Men"].ratio, rows["Men"].is_below, rows["Women"].ratio) == (0.5, True, 1.0)
    assert rows["Other"].hired is None
    # No slices, and not for those who see a part.
    assert reports(mo, requisition.id).groups is None and reports(lee).groups is None
    client = Client()
    client.force_login(mo.user)
    page = client.get(reverse("hiring:reports")).content.decode()
    told = page[page.index("groups-h") :]
    assert "below four fifths" in told and "Fewer than 10: not told" in told and "100 %" not in told
