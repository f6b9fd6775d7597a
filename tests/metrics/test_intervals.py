"""The intervals against statsmodels, scipy and the published formula."""

from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, poisson
from statsmodels.stats.proportion import proportion_confint

from metrics.intervals import nps_interval, poisson_rate, ratio_of_sums, wilson

SIZES = st.integers(1, 5_000)


@given(SIZES.flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_statsmodels(counts):
    successes, n = counts
    low, high = wilson(successes, n)
    wanted = proportion_confint(successes, n, alpha=0.05, method="wilson")
    assert (low, high) == pytest.approx(wanted, abs=1e-9)
    assert 0 <= low <= successes / n <= high <= 1


@pytest.mark.parametrize("n", [1, 7, 1000])
def test_wilson_ends_where_the_scale_does(n):
    assert wilson(0, n)[0] == 0.0
    assert wilson(n, n)[1] == 1.0


@given(SIZES.flatmap(lambda n: st.tuples(st.integers(0, n), st.integers(0, n), st.just(n))).filter(
    lambda answers: answers[0] + answers[1] <= answers[2]
))  # fmt: skip
def test_nps_is_adjusted_wald(answers):
    promoters, detractors, n = answers
    size = n + 3
    up, down = (promoters + 0.75) / size, (detractors + 0.75) / size
    half = norm.ppf(0.975) * sqrt((up + down - (up - down) ** 2) / size)
    wanted = (max(-100, 100 * (up - down - half)), min(100, 100 * (up - down + half)))
    assert nps_interval(promoters, detractors, n) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(("n", "half_width"), [(30, 25), (100, 14), (400, 7)])
def test_nps_has_the_published_half_widths(n, half_width):
    low, high = nps_interval(round(n * 0.6), round(n * 0.15), n)
    assert round((high - low) / 2) == half_width


@pytest.mark.parametrize(
    "interval",
    [wilson(0, 0), nps_interval(0, 0, 0), poisson_rate(3, 0), ratio_of_sums(1, 5, 5, (25, 25, 25))],
)
def test_nothing_to_go_by_has_no_interval(interval):
    assert interval == (None, None)


@given(st.integers(0, 2_000), st.integers(1, 500))
def test_a_rate_per_hour_covers_what_poisson_allows(events, hours):
    """Garwood: at either end of the interval the count, or one further out, has a chance of 2.5 %."""
    low, high = poisson_rate(events, hours)
    assert isclose(poisson.cdf(events, high * hours), 0.025, rel_tol=1e-6)
    if events:
        assert isclose(poisson.sf(events - 1, low * hours), 0.025, rel_tol=1e-6)
    else:
        assert low == 0.0


def test_a_ratio_of_equal_shares_is_sure_of_itself():
    """Everybody kept half: there is no spread between customers."""
    start, end = [100, 200, 300], [50, 100, 150]
    squares = (
        sum(s * s for s in start),
        sum(s * e for s, e in zip(start, end, strict=True)),
        sum(e * e for e in end),
    )
    assert ratio_of_sums(3, 600, 300, squares) == pytest.approx((0.5, 0.5))
