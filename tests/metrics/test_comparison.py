"""What is called a change, and what is not."""

from datetime import date

import pytest

from metrics.comparison import Verdict, against_others, compare
from metrics.definitions import METRICS
from metrics.points import Point, point_of

DAY = date(2026, 3, 1)


def rate(part: int, whole: int, key: str = "csat") -> Point:
    return point_of(METRICS[key], DAY, [part, whole])


@pytest.mark.parametrize(
    ("key", "now", "before", "verdict"),
    [
        ("csat", (90, 100), (60, 100), Verdict.BETTER),
        ("csat", (60, 100), (90, 100), Verdict.WORSE),
        ("csat", (82, 100), (80, 100), Verdict.SAME),
        ("csat", (9, 9), (60, 100), Verdict.FEW),
        ("csat", (90, 100), (9, 9), Verdict.FEW_BEFORE),
        ("csat", (0, 0), (0, 0), Verdict.NOTHING),
        ("reopen_rate", (30, 100), (5, 100), Verdict.WORSE),
        ("reopen_rate", (5, 100), (30, 100), Verdict.BETTER),
    ],
)
def test_it_calls_a_rate_changed_only_when_intervals_can_tell(key, now, before, verdict):
    assert compare(METRICS[key], rate(*now, key), rate(*before, key)).verdict == verdict


def test_it_makes_counts_of_unlike_periods_comparable():
    opened = METRICS["tickets_resolved"]
    now, before = Point(DAY, 310, 310, None, 310), Point(DAY, 280, 280, None, 280)

    assert compare(opened, now, before, 31, 28).verdict == Verdict.SAME
    assert compare(opened, now, before, 31, 28).difference == pytest.approx(0)
    assert compare(opened, now, Point(DAY, 100, 100, None, 100), 31, 31).verdict == Verdict.BETTER
    assert compare(METRICS["tickets_opened"], now, Point(DAY, 100, 100, None, 100)).verdict == Verdict.OTHER


def test_it_compares_durations_by_the_interval_of_the_median():
    metric = METRICS["first_response_time"]

    def of(median: float, half: float) -> Point:
        found = Point(DAY, 50, 1, 50, 2 * median)
        found.median, found.median_low, found.median_high = median, median - half, median + half
        return found

    assert compare(metric, of(600, 60), of(1200, 60)).verdict == Verdict.BETTER
    assert compare(metric, of(1200, 60), of(600, 60)).verdict == Verdict.WORSE
    assert compare(metric, of(600, 500), of(900, 500)).verdict == Verdict.SAME


def test_it_compares_people_only_with_enough_answers_and_far_apart():
    csat = METRICS["csat"]

    assert against_others(csat, rate(9, 9), rate(800, 1000)) == Verdict.FEW
    assert against_others(csat, rate(5, 20), rate(800, 1000)) == Verdict.NOTHING
    assert against_others(csat, rate(75, 100), rate(800, 1000)) == Verdict.SAME
    assert against_others(csat, rate(50, 100), rate(800, 1000)) == Verdict.WORSE
    assert against_others(csat, rate(100, 100), rate(800, 1000)) == Verdict.BETTER
    assert against_others(csat, rate(100, 100), rate(110, 110)) == Verdict.NOTHING
