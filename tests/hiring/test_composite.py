"""The composite against a reckoning that shares nothing with it."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hiring.composite import Given, composite

panels = st.dictionaries(
    st.integers(1, 6), st.integers(1, 40).map(lambda n: Fraction(n, 4)), min_size=1, max_size=6
).flatmap(
    lambda weights: st.tuples(
        st.just(weights),
        st.lists(
            st.builds(Given, st.integers(1, 8), st.integers(1, 5), st.one_of(st.none(), st.integers(1, 5))),
            max_size=30,
        ),
    )
)


def independent(weights, ratings):
    """By a table of numbers: rows are ratings, NaN for no evidence."""
    means, parts = [], []
    for attribute, weight in weights.items():
        values = np.array([r.value or np.nan for r in ratings if r.attribute == attribute], dtype=float)
        if values.size and not np.isnan(values).all():
            means.append(np.nanmean(values))
            parts.append(float(weight))
    return float(np.average(means, weights=parts)) if means else None


@settings(max_examples=1000, deadline=None)
@given(panels)
def test_it_is_the_weighted_mean_of_what_was_rated(panel):
    weights, ratings = panel
    found = composite(weights, ratings)
    expected = independent(weights, ratings)

    assert (found.value is None) == (expected is None)
    if expected is not None:
        assert abs(float(found.value) - expected) < 1e-9
        assert sum(line.share for line in found.lines) == 1
        assert 1 <= found.value <= 5


def test_it_says_what_is_lacking():
    ratings = [Given(1, 7, 4), Given(1, 8, 2), Given(2, 7, 5), Given(2, 8, None)]
    found = composite({1: Fraction(1), 2: Fraction(3)}, ratings)

    assert found.value == Fraction(3 + 3 * 5, 4)
    assert found.lacking == [2]
    assert [line.is_apart for line in found.lines] == [False, True]
    assert not found.is_enough(3) and not composite({1: Fraction(1)}, ratings).is_enough(2)
    assert composite({1: Fraction(1)}, ratings).is_enough(3)
