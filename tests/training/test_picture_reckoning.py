"""The calculator against a computation of its own: sums of geometric series, in decimals of fifty digits."""

from decimal import Decimal, getcontext

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from training.picture import Course, Given, point_worth, project, saved, stay

getcontext().prec = 50

companies = st.tuples(
    st.integers(0, 200_000),  # customers
    st.none() | st.integers(0, 10**12),  # monthly revenue
    st.sampled_from([0.0, 1.0]) | st.floats(0, 1, allow_subnormal=False).map(lambda r: round(r, 4)),
    st.sampled_from([0.0]) | st.floats(0, 5_000).map(lambda n: round(n, 2)),  # new ones a month
    st.sampled_from([0.0, -1.0]) | st.floats(-1, 3).map(lambda p: round(p, 4)),  # price
    st.floats(0, 100).map(lambda s: round(s, 1)),  # saved a month
    st.none() | st.integers(0, 10**9),  # cost of a rep
)


class Sheet:
    """Closed forms: no month is walked through."""

    def __init__(self, customers, revenue, retention, new, price):
        self.n, self.a = Decimal(customers), Decimal(repr(new))
        r = Decimal(repr(retention))
        self.q = r ** (Decimal(1) / 12) if r else Decimal(0)
        self.p = None
        if revenue is not None and customers:
            self.p = Decimal(revenue) / self.n * (1 + Decimal(repr(price)))

    def powers(self, upto: int) -> Decimal:
        """q + q^2 + ... + q^upto"""
        if self.q == 1 or upto == 0:
            return Decimal(upto)
        return self.q * (1 - self.q**upto) / (1 - self.q)

    def stock(self, month: int) -> Decimal:
        """Of one that comes each month: 1 + q + ... + q^(month - 1)."""
        return Decimal(0) if month == 0 else 1 + self.powers(month - 1)

    def customers(self, month: int) -> Decimal:
        kept = self.n if month == 0 else self.n * self.q**month
        return kept + self.a * self.stock(month)

    def stocks(self) -> Decimal:
        """stock(1) + ... + stock(60), by counting how long each newcomer is there."""
        if self.q == 1:
            return Decimal(60 * 61) / 2
        return (60 - self.powers(60)) / (1 - self.q)

    def total(self) -> Decimal:
        return self.p * (self.n * self.powers(60) + self.a * self.stocks())


def near(value: float, exact: Decimal, size: Decimal = Decimal(0)) -> bool:
    """size: of what the difference was taken."""
    return abs(Decimal(value) - exact) <= max(abs(exact), abs(size)) * Decimal("1e-9") + Decimal("1e-6")


@settings(max_examples=1_000, deadline=None, derandomize=True)
@given(companies)
@example((0, None, 0.9, 0.0, 0.0, 1.0, None))  # nobody
@example((0, 0, 1.0, 10.0, 0.0, 1.0, 100))  # nobody yet, some come
@example((500, 1_000_000, 1.0, 0.0, 0.0, 2.0, 6_000_000))  # nobody leaves
@example((500, 1_000_000, 0.0, 0.0, 0.0, 2.0, 6_000_000))  # everybody leaves
@example((500, 1_000_000, 0.5, 1.0, -0.2, 2.0, 6_000_000))  # shrinks
@example((500, 0, 0.9, 5.0, 0.1, 2.0, 6_000_000))  # nobody pays
def test_it_equals_a_sheet(company):
    customers, revenue, retention, new, price, accounts, cost = company
    known, course = Given(customers, revenue), Course(retention, new, price)
    sheet, curve = Sheet(customers, revenue, retention, new, price), project(known, course)
    assert len(curve.customers) == 61
    assert all(near(curve.customers[month], sheet.customers(month)) for month in (0, 1, 12, 36, 60))
    found = saved(known, course, accounts, cost)
    assert near(found.there, Decimal(repr(accounts)) * sheet.stock(60))
    if sheet.p is None:
        assert curve.mrr is curve.total is found.worth is found.needed is point_worth(known, course) is None
        return
    assert curve.mrr[0] == revenue and near(curve.mrr[60], sheet.customers(60) * sheet.p)
    assert near(curve.total, sheet.total())
    _check_point(company, sheet, point_worth(known, course))
    of_one = sheet.p * sheet.stocks()
    assert near(found.worth, of_one * Decimal(repr(accounts)))
    if cost is None or of_one <= 0:
        assert found.needed is None
    else:
        assert near(found.needed, Decimal(cost) * 5 / of_one)


def _check_point(company, sheet, point):
    customers, revenue, retention, new, price, *_rest = company
    assert point.is_lost == (Decimal(repr(retention)) > Decimal("0.99"))
    low = Decimal(repr(retention)) - (Decimal("0.01") if point.is_lost else 0)
    less, more = (
        Sheet(customers, revenue, float(kept), new, price).total() for kept in (low, low + Decimal("0.01"))
    )
    assert near(point.worth, more - less, size=more)


@pytest.mark.parametrize(("retention", "months"), [(1.0, None), (0.0, 1), (0.5**12, 2)])
def test_it_tells_no_endless_stay(retention, months):
    found = stay(retention)
    assert found is None if months is None else abs(found - months) < 1e-9
