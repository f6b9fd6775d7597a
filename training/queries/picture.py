"""What the big picture shows: the company's own figures, the curve that follows, and what it means in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Company, Member
from cs_platform.lib.words import decimal, whole
from customers.models import Customer
from customers.queries.revenue import money
from metrics.boards.words import in_words, interval_in_words
from metrics.definitions import METRICS
from metrics.kinds import Kind
from metrics.points import Point as Figure
from metrics.queries import Question, Scope, ask, present
from training.chart import Chart, chart
from training.models import Enrolment, Snapshot
from training.picture import Course, Curve, Given, Saved, point_worth, project, saved, stay, years

DAY = timedelta(days=1)
RETENTIONS = ("logo_retention", "gross_revenue_retention", "net_revenue_retention")
# Where the slider stands if nobody knows of a retention: an example, and called one.
EXAMPLE = 0.9
MOST_SHOWN = 20
_MONTHS = """
SELECT f.day, count(*), sum(f.v1)::bigint FROM metrics_fact f
 WHERE f.company_id = %(company)s AND f.kind = %(kind)s AND f.v1 > 0
   AND f.day = (SELECT max(l.day) FROM metrics_fact l
                 WHERE l.company_id = %(company)s AND l.kind = %(kind)s AND l.v1 > 0 AND l.day < %(this_month)s)
 GROUP BY f.day
"""


@dataclass(frozen=True)
class Known:
    """The company's own figures. month: the last one that has ended and holds revenue; None without any.

    figures: of retention over the year to that month, as the boards tell them.
    """

    given: Given
    currency: str
    month: date | None
    figures: dict[str, Figure]

    @property
    def month_text(self) -> str:
        return date_format(self.month, "F Y") if self.month else ""

    @property
    def retention(self) -> float:
        return EXAMPLE if self.given.retention is None else self.given.retention

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """(name, figure, what it rests on) of everything that is known."""
        return [
            (_("Customers"), whole(self.given.customers), self._customers_are),
            (_("Monthly recurring revenue"), self.money(self.given.mrr), self.month_text),
            *((str(METRICS[key].title), *self._told(key)) for key in RETENTIONS),
            (_("New customers a month"), self.new_text, _("mean of the last twelve months")),
        ]

    @property
    def _customers_are(self) -> str:
        return _("with revenue in %(month)s") % {"month": self.month_text} if self.month else _("all entered")

    def _told(self, key: str) -> tuple[str, str]:
        point = self.figures.get(key)
        if point is None or point.value is None:
            return _("not known"), _("no revenue of a year ago")
        interval = interval_in_words(METRICS[key], point)
        n = ngettext("%(n)s customer", "%(n)s customers", point.n) % {"n": whole(point.n)}
        return in_words(METRICS[key], point.value), ", ".join(filter(None, [n, interval]))

    @property
    def new_text(self) -> str:
        return _("not known") if self.given.new is None else decimal(self.given.new, 1)

    def money(self, minor: float | None) -> str:
        """Of large amounts no cents."""
        if minor is None:
            return _("not known")
        amount = round(minor)
        whole_units = money(100, self.currency) == money(1, self.currency)
        step = 1 if whole_units or abs(amount) < 100_000 else 100
        return money(round(amount / step) * step, self.currency)

    def as_json(self) -> dict[str, Any]:
        """For a snapshot."""
        return {
            "month": self.month.isoformat() if self.month else None,
            "currency": self.currency,
            "customers": self.given.customers,
            "mrr": self.given.mrr,
            "retention": self.given.retention,
            "new": self.given.new,
            **{key: figure.value for key, figure in self.figures.items()},
        }


def known(company: Company) -> Known:
    """Retention comes from where the boards take it; the month of revenue is the last one that they can tell."""
    at = present(company)
    asked: dict[str, Any] = {
        "company": company.id,
        "kind": Kind.REVENUE,
        "this_month": at.today.replace(day=1),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, asked)
        row = cursor.fetchone()
    if row is None:
        count = Customer.objects.filter(company_id=company.id, ended_on=None).standing().count()
        return Known(Given(count, None), company.currency, None, {})
    month, customers, mrr = row
    start, end = month.replace(year=month.year - 1), (month + 32 * DAY).replace(day=1) - DAY
    answers = ask(company, Scope(company.id), [Question(key, start, end) for key in RETENTIONS], at)
    figures = {each.metric.key: each.points[0] for each in answers}
    logo = figures["logo_retention"]
    new = None if logo.value is None else max(customers - (logo.numerator or 0), 0) / 12
    return Known(Given(customers, mrr, logo.value, new), company.currency, month, figures)


@dataclass(frozen=True)
class Tried:
    """A course, and the curve and sums that follow from it."""

    name: str
    known: Known
    course: Course
    accounts: float = 0.0
    cost: int | None = None

    @cached_property
    def curve(self) -> Curve:
        return project(self.known.given, self.course)

    @cached_property
    def saved(self) -> Saved:
        return saved(self.known.given, self.course, self.accounts, self.cost)

    @property
    def retention_text(self) -> str:
        return percent(self.course.retention)

    @property
    def total_text(self) -> str:
        return self.known.money(self.curve.total)

    @property
    def end_text(self) -> str:
        """Customers after five years."""
        return whole(self.curve.customers[-1])

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """(when, customers, monthly revenue) now and after each year."""
        counts = years(self.curve.customers)
        sums = years(self.curve.mrr) if self.curve.mrr else [None] * len(counts)
        return [
            (_year(number), whole(count), self.known.money(amount))
            for number, (count, amount) in enumerate(zip(counts, sums, strict=True))
        ]

    @property
    def course_words(self) -> str:
        """Where it goes, in a sentence."""
        counts = self.curve.customers
        if not counts[0] and not self.course.new:
            return _(
                "There are no customers and none come, so there is nothing to keep: every curve stays at zero."
            )
        told = {"first": whole(counts[0]), "last": whole(counts[-1])}
        if round(counts[-1]) == round(counts[0]):
            return _("As many come as leave: %(first)s customers now, and in five years.") % told
        if counts[-1] > counts[0]:
            return _("More come than leave: from %(first)s customers to %(last)s in five years.") % told
        if not self.course.new:
            return _("Nobody new comes: from %(first)s customers to %(last)s in five years.") % told
        return _("More leave than come: from %(first)s customers down to %(last)s in five years.") % told

    @property
    def stay_words(self) -> str:
        months = stay(self.course.retention)
        if months is None:
            return _("Nobody leaves, so there is no average time that a customer stays.")
        if not self.course.retention:
            return _("Everybody leaves within a month.")
        return _("A customer stays %(years)s years on average.") % {"years": decimal(months / 12, 1)}

    @property
    def point_words(self) -> str:
        found = point_worth(self.known.given, self.course)
        if found is None:
            return _("No revenue is known, so nobody can say what a point of retention is worth.")
        worth = self.known.money(found.worth)
        if found.is_lost:
            return _(
                "There is no whole point more to win. One point less would cost %(worth)s in five years."
            ) % {"worth": worth}
        return _("One point of retention more is worth %(worth)s in five years.") % {"worth": worth}

    @property
    def saved_words(self) -> list[str]:
        """What one rep's saved accounts mean."""
        if not self.accounts:
            return [_("Type how many accounts one rep saves a month to see what that means.")]
        told = {
            "accounts": decimal(self.accounts, 1).removesuffix(".0"),
            "there": decimal(self.saved.there, 0),
            "worth": self.known.money(self.saved.worth),
        }
        said = _(
            "%(accounts)s saved a month: after five years %(there)s customers are here who would be gone."
        )
        words = [said % told]
        if self.saved.worth is None:
            return [*words, _("No revenue is known, so nobody can say what they bring.")]
        words.append(_("They bring %(worth)s in these five years.") % told)
        return words + self._cost_words()

    def _cost_words(self) -> list[str]:
        if self.saved.cost is None or self.saved.net is None:
            return []
        told = {"cost": self.known.money(self.saved.cost), "net": self.known.money(abs(self.saved.net))}
        form = _("The rep costs %(cost)s, so %(net)s are left.")
        if self.saved.net < 0:
            form = _("The rep costs %(cost)s, which is %(net)s more than that.")
        if self.saved.needed is None:
            return [form % told, _("Accounts bring no revenue here, so no number of them would pay for it.")]
        needed = _("%(n)s saved accounts a month pay for it.") % {"n": decimal(self.saved.needed, 1)}
        return [form % told, needed]

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "retention": self.course.retention,
            "new": self.course.new,
            "price": self.course.price,
            "accounts": self.accounts,
            "cost": self.cost,
            "total": None if self.curve.total is None else round(self.curve.total),
            "customers": round(self.curve.customers[-1], 2),
        }


def _year(number: int) -> str:
    return (
        _("Now") if not number else ngettext("After %(n)s year", "After %(n)s years", number) % {"n": number}
    )


def percent(share: float) -> str:
    return decimal(100 * share, 1).removesuffix(".0") + " %"


def drawn(series: Sequence[tuple[str, Curve]], known: Known) -> Chart:
    """The curves, in revenue where it is known, else in customers."""
    with_revenue = known.given.per_customer is not None
    rows = [(name, curve.mrr if with_revenue and curve.mrr else curve.customers) for name, curve in series]
    return chart(rows, known.money if with_revenue else whole)


# --- What was kept ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Then:
    """The figures of a snapshot beside those of now: (name, then, now)."""

    snapshot: Snapshot
    rows: Sequence[tuple[str, str, str]]
    has_other_currency: bool


def then_and_now(snapshot: Snapshot, now: Known, tried: Tried) -> Then:
    """Amounts of then stay in the currency of then; they are set beside those of now, never reckoned with them."""
    given, was = snapshot.given, snapshot.tried.get("scenarios") or [{}]
    before = Known(
        Given(given.get("customers") or 0, given.get("mrr")), given.get("currency") or "", None, {}
    )
    kept = given.get("retention")
    rows = [
        (_("Month"), _month(given.get("month")), now.month_text or _("not known")),
        (_("Customers"), whole(before.given.customers), whole(now.given.customers)),
        (_("Monthly recurring revenue"), before.money(before.given.mrr), now.money(now.given.mrr)),
        (_("Logo retention"), _share(kept), _share(now.given.retention)),
        (_("Retention tried"), _share(was[0].get("retention")), tried.retention_text),
        (_("Revenue of five years"), before.money(was[0].get("total")), tried.total_text),
    ]
    return Then(snapshot, rows, before.currency != now.currency)


def _share(share: float | None) -> str:
    return _("not known") if share is None else percent(share)


def _month(text: str | None) -> str:
    return date_format(date.fromisoformat(text), "F Y") if text else _("not known")


def kept_with(enrolment: Enrolment) -> Snapshot | None:
    """The newest figures that were kept with the lessons of a path."""
    rows = Snapshot.objects.filter(company_id=enrolment.company_id, member_id=enrolment.member_id)
    return rows.filter(enrolment=enrolment).order_by("-id").first()


def kept_scenarios(member: Member) -> list[Snapshot]:
    """What leaders and admins kept by name, the newest first."""
    rows = Snapshot.objects.filter(company_id=member.company_id, enrolment=None).exclude(name="")
    return list(rows.select_related("member").order_by("-id")[:MOST_SHOWN])
