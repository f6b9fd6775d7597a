"""The big picture: where customers and revenue go in five years if so many stay. Pure arithmetic, no database.

Month by month: customers = customers of the month before x monthly retention + new customers. A yearly retention r is a
monthly one of r^(1/12). Revenue = customers x revenue per customer. Money is in minor units, not rounded on the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

MONTHS, YEAR = 60, 12
POINT = 0.01


@dataclass(frozen=True)
class Given:
    """What is known of a company. customers: who pay; where nobody knows of revenue, all. mrr: monthly, in minor units.

    retention: share of customers kept over a year. new: customers that came a month. None: nobody knows.
    """

    customers: int
    mrr: int | None
    retention: float | None = None
    new: float | None = None

    @property
    def per_customer(self) -> float | None:
        """Monthly revenue of one customer; None without customers or without revenue known."""
        return self.mrr / self.customers if self.mrr is not None and self.customers else None


@dataclass(frozen=True)
class Course:
    """What is tried. retention: yearly, 0 to 1. new: customers a month. price: change of prices from the next month on,
    0.05 for 5 % more."""

    retention: float
    new: float = 0.0
    price: float = 0.0

    @property
    def monthly(self) -> float:
        return monthly(self.retention)


@dataclass(frozen=True)
class Curve:
    """customers, mrr: now and after each of 60 months. mrr is None where nobody knows of revenue."""

    customers: list[float]
    mrr: list[float] | None

    @property
    def total(self) -> float | None:
        """Revenue of the five years."""
        return None if self.mrr is None else sum(self.mrr[1:])

    @property
    def growth(self) -> float:
        """Customers more (or fewer) after five years."""
        return self.customers[-1] - self.customers[0]


@dataclass(frozen=True)
class Point:
    """worth: revenue of five years between two retentions a point apart, from lower to higher. is_lost: there is no
    higher one, so it is what a point less would cost."""

    worth: float
    is_lost: bool


@dataclass(frozen=True)
class Saved:
    """What saving so many accounts a month comes to. there: customers after five years that would be gone else.

    worth, cost: of five years; None where nobody knows. needed: accounts a month at which the worth is the cost;
    None without a cost, or where no account brings anything.
    """

    there: float
    worth: float | None
    cost: float | None
    needed: float | None

    @property
    def net(self) -> float | None:
        return None if self.worth is None or self.cost is None else self.worth - self.cost


def monthly(retention: float) -> float:
    return retention ** (1 / YEAR)


def project(given: Given, course: Course) -> Curve:
    customers = _months(float(given.customers), course.monthly, course.new)
    each = given.per_customer
    if each is None:
        return Curve(customers, None)
    after = each * (1 + course.price)
    return Curve(customers, [float(given.mrr or 0), *(count * after for count in customers[1:])])


def _months(first: float, kept: float, new: float) -> list[float]:
    return list(accumulate(range(MONTHS), lambda count, _month: count * kept + new, initial=first))


def point_worth(given: Given, course: Course) -> Point | None:
    """None where nobody knows of revenue."""
    is_lost = course.retention > 1 - POINT + 1e-12
    low = course.retention - POINT if is_lost else course.retention
    less, more = (project(given, Course(kept, course.new, course.price)).total for kept in (low, low + POINT))
    return None if less is None or more is None else Point(more - less, is_lost)


def saved(given: Given, course: Course, accounts: float, cost: int | None = None) -> Saved:
    """accounts: saved a month, each of which brings what an average customer does and stays as others do.

    cost: of one rep a year, in minor units.
    """
    stock = _months(0.0, course.monthly, 1.0)
    each = given.per_customer
    paid = None if cost is None else cost * MONTHS / YEAR
    if each is None:
        return Saved(stock[-1] * accounts, None, paid, None)
    of_one = sum(stock[1:]) * each * (1 + course.price)
    needed = paid / of_one if paid is not None and of_one > 0 else None
    return Saved(stock[-1] * accounts, of_one * accounts, paid, needed)


def stay(retention: float) -> float | None:
    """Months that a customer stays on average, 1 / (1 - monthly retention); None if nobody ever leaves."""
    leaving = 1 - monthly(retention)
    return None if leaving <= 0 else 1 / leaving


def years(values: Sequence[float]) -> list[float]:
    """Now and after each year."""
    return list(values[::YEAR])
