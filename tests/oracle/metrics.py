"""Every metric, computed slowly from the rows; each function is named by the rule it implements.

A Fact is one thing that counts: it lands on a local day and belongs to a rep (None is nobody). A point is the
sum of the facts of the chosen rep-days, divided once.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from math import sqrt
from statistics import NormalDist

from tests.oracle.records import Event, Ticket
from tests.oracle.zones import Zones

NOBODY = "nobody"
RESOLVING = ("resolved", "closed")
STILL_OPEN = ("open", "pending", "on_hold")
DONE = ("resolved", "closed")
THIRTY_DAYS = timedelta(seconds=30 * 86_400)
TOP_BOX = {"csat": (4, 5), "ces": (5, 6, 7)}

COUNTS = ("tickets_opened", "tickets_resolved", "backlog")
DURATIONS = ("first_response_time", "resolution_time", "handle_time")
PROPORTIONS = ("csat", "ces", "fcr", "service_level", "reopen_rate")
RETENTION = ("logo_retention", "gross_revenue_retention", "net_revenue_retention", "churn")
MATURING = ("fcr", "reopen_rate")
METRICS = (*COUNTS, *DURATIONS, *PROPORTIONS, "nps", "tickets_per_hour", *RETENTION)

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Point:
    """Numbers are exact: int or Fraction; only the interval, and the hours of tickets_per_hour, is float."""

    n: int = 0
    numerator: int = 0
    denominator: int | float | None = 0
    value: int | Fraction | None = None
    low: float | None = None
    high: float | None = None
    median: Fraction | None = None
    p90: Fraction | None = None


@dataclass(frozen=True)
class Fact:
    rep: str | None
    day: date
    numerator: int = 1
    n: int = 1
    sample: int | None = None  # what percentiles are taken over


@dataclass(frozen=True)
class Step:
    """One step in a ticket's life: an event, or the resolution told by the ticket's columns (event None)."""

    at: datetime
    name: str
    event: Event | None = None


@dataclass(frozen=True)
class Resolution:
    at: datetime
    index: int  # of the step
    rep: str | None


class Oracle:
    def __init__(self, records, zones=None, window_days=7, now=None):
        self.records = records
        self.zones = Zones(zones)
        self.window = timedelta(seconds=window_days * 86_400)
        self.now = now or datetime.now(UTC)
        self._facts = {}
        self._steps = {}
        self._waiting = {}

    # ---- what is asked -------------------------------------------------------------------------------------

    def point(self, metric, level="company", person=None, scope="team", start=None, end=None):
        if metric not in METRICS:
            raise ValueError(f"unknown metric {metric!r}")
        chosen = self.chooser(level, person, scope)
        if metric in RETENTION:
            return self.retention(metric, chosen, start, end)
        if metric == "backlog":
            return count_point(self.backlog(chosen, end))
        if metric == "tickets_per_hour":
            return self.tickets_per_hour(chosen, start, end)
        facts = [
            fact for fact in self.facts(metric) if start <= fact.day <= end and chosen(fact.rep, fact.day)
        ]
        if metric in COUNTS:
            return count_point(len(facts))
        if metric in DURATIONS:
            return duration_point(facts)
        numerator, n = sum(fact.numerator for fact in facts), sum(fact.n for fact in facts)
        if metric == "nps":
            return nps_point(sum(f.numerator > 0 for f in facts), sum(f.numerator < 0 for f in facts), n)
        return proportion_point(numerator, n)

    def buckets(self, metric, level="company", person=None, scope="team", start=None, end=None, grain="day"):
        """'Weeks are ISO weeks; `start` is a bucket's first day; only days inside from..to are counted.'

        A retention's bucket compares the month it ends in with the month of `start`.
        """
        answer = []
        first = bucket_start(start, grain)
        while first <= end:
            following = next_bucket(first, grain)
            inside = start if metric in RETENTION else max(first, start)
            last = min(following - timedelta(days=1), end)
            answer.append((first, self.point(metric, level, person, scope, inside, last)))
            first = following
        return answer

    def complete_through(self, metric):
        """'the last local day whose end + N has passed ... Null for metrics that do not mature.'

        The day that holds the instant now - N has not ended by then; the one before it has.
        """
        if metric not in MATURING:
            return None
        return self.zones.day(self.now - self.window) - timedelta(days=1)

    # ---- people --------------------------------------------------------------------------------------------

    @cached_property
    def lines(self):
        """Per e-mail {from: manager}. 'a line ends where the next begins'

        The line of a person's own row holds from started_on, or always when that is empty.
        """
        lines = {}
        for person in self.records.people.values():
            if person.manager_email:
                lines.setdefault(person.email, {})[person.started_on or date.min] = person.manager_email
        for line in self.records.lines.values():
            lines.setdefault(line.email, {})[line.from_on] = line.manager_email
        return lines

    def manager_on(self, rep, day):
        begun = [start for start in self.lines.get(rep, {}) if start <= day]
        return self.lines[rep][max(begun)] if begun else None

    def managers_above(self, rep, day):
        chain, manager = [], self.manager_on(rep, day)
        while manager is not None and manager != rep and manager not in chain:
            chain.append(manager)
            manager = self.manager_on(manager, day)
        return chain

    def chooser(self, level, person, scope):
        """'`manager` is the own team: rep-days whose direct manager that day is the person; `scope=tree` adds
        everybody below; the manager's own work counts in the team above and as `rep`'"""
        if level not in ("company", "manager", "rep") or scope not in ("team", "tree"):
            raise ValueError(f"unknown level {level!r} or scope {scope!r}")
        if level == "company":
            return lambda rep, day: True
        if not person:
            raise ValueError("a person is needed")
        who = None if person == NOBODY else person.lower()
        if level == "rep":
            return lambda rep, day: rep == who
        if scope == "tree" and who is not None:
            return lambda rep, day: who in self.managers_above(rep, day)
        return lambda rep, day: self.manager_on(rep, day) == who

    # ---- tickets -------------------------------------------------------------------------------------------

    @cached_property
    def events(self):
        """'events by time; at the same instant in the order of the file' (a stable sort)"""
        by_ticket = {}
        for event in self.records.events.values():
            by_ticket.setdefault(event.ticket, []).append(event)
        for events in by_ticket.values():
            events.sort(key=lambda event: event.occurred_at)
        return by_ticket

    def events_of(self, ticket):
        return self.events.get(ticket.external_id, [])

    def is_merged_or_spam(self, ticket):
        """'Merged and spam tickets count in no metric.'"""
        return (
            ticket.status in ("merged", "spam")
            or ticket.merged_into is not None
            or any(event.event in ("merged", "spam") for event in self.events_of(ticket))
        )

    @cached_property
    def counted_tickets(self):
        return [ticket for ticket in self.records.tickets.values() if not self.is_merged_or_spam(ticket)]

    def steps(self, ticket):
        """'Where a ticket has events they are the truth; its columns fill only what is missing'

        Without a resolution among the events the column resolved_at, else closed_at, is one; it comes after
        the events at the same instant.
        """
        if ticket.external_id not in self._steps:
            steps = [Step(event.occurred_at, event.event, event) for event in self.events_of(ticket)]
            at = ticket.resolved_at or ticket.closed_at
            if at is not None and not any(step.name in RESOLVING for step in steps):
                place = sum(step.at <= at for step in steps)
                steps.insert(place, Step(at, "resolved"))
            self._steps[ticket.external_id] = steps
        return self._steps[ticket.external_id]

    def changes(self, ticket):
        """[(index of the step, "resolution" or "reopening")].

        'A resolution event on a resolved ticket changes nothing; `closed` on an unresolved ticket is a
        resolution at that instant.' 'on import only a `reopened` event reopens'
        """
        changes, resolved = [], False
        for index, step in enumerate(self.steps(ticket)):
            if step.name in RESOLVING and not resolved:
                changes.append((index, "resolution"))
                resolved = True
            elif step.name == "reopened" and resolved:
                changes.append((index, "reopening"))
                resolved = False
        return changes

    def assignee(self, ticket, steps):
        """'what `assigned` events up to it say. `assignee_email` ... gives credit only to a ticket that has
        no event at all.' An `assigned` event without an assignee leaves the ticket with nobody."""
        if not self.events_of(ticket):
            return ticket.assignee_email
        said = [step.event.assignee_email for step in steps if step.name == "assigned"]
        return said[-1] if said else None

    def assignee_at(self, ticket, instant):
        return self.assignee(ticket, [step for step in self.steps(ticket) if step.at <= instant])

    def first_resolution(self, ticket):
        """'who resolved it first: the actor of the event, else resolver_email, else the assignee at that
        instant, else nobody'"""
        for index, change in self.changes(ticket):
            if change == "resolution":
                step = self.steps(ticket)[index]
                actor = step.event.actor_email if step.event else None
                assignee = self.assignee(ticket, self.steps(ticket)[: index + 1])
                return Resolution(step.at, index, actor or ticket.resolver_email or assignee)
        return None

    def first_response(self, ticket):
        """'first public reply by a person of the team (never the requester, never a bot)': (instant, rep)"""
        for event in self.events_of(ticket):
            by_requester = event.actor_email is not None and event.actor_email == ticket.requester_email
            if event.event == "replied" and event.is_public and not by_requester:
                return event.occurred_at, event.actor_email or self.column_responder(ticket)
        if ticket.first_response_at is not None and not self.requester_is_column_responder(ticket):
            return ticket.first_response_at, ticket.first_responder_email
        return None

    def requester_is_column_responder(self, ticket):
        return ticket.requester_email is not None and ticket.requester_email == ticket.first_responder_email

    def column_responder(self, ticket):
        return None if self.requester_is_column_responder(ticket) else ticket.first_responder_email

    # ---- what happened after the first resolution ----------------------------------------------------------

    def is_mature(self, resolution):
        """'a fact counts when now >= resolution + N'; 'points and totals leave later days out'"""
        day_is_complete = self.zones.day(resolution.at) <= self.complete_through("fcr")
        return day_is_complete and self.now >= resolution.at + self.window

    def reopened_in_window(self, ticket, resolution):
        """'(resolution, resolution + N] ... a reopening at that same instant but later in the order counts'

        'Without any `reopened` event, reopened_count > 0 is one reopening at last_resolved_at if that is
        later than the first, else inside the window.'
        """
        end, steps = resolution.at + self.window, self.steps(ticket)
        if not any(step.name == "reopened" for step in steps) and ticket.reopened_count > 0:
            later = ticket.last_resolved_at is not None and ticket.last_resolved_at > resolution.at
            return ticket.last_resolved_at <= end if later else True
        return any(change == "reopening" and steps[i].at <= end for i, change in self.changes(ticket))

    @cached_property
    def tickets_by_asker(self):
        """Only to look at fewer pairs: tickets with the same requester or the same customer."""
        index = {}
        for ticket in self.counted_tickets:
            for key in askers(ticket):
                index.setdefault(key, []).append(ticket)
        return index

    def other_ticket_in_window(self, ticket, resolution):
        candidates = [other for key in askers(ticket) for other in self.tickets_by_asker[key]]
        return any(
            other is not ticket
            and same_asker(ticket, other)
            and ticket.category == other.category
            and resolution.at < other.opened_at <= resolution.at + self.window
            for other in candidates
        )

    # ---- facts ---------------------------------------------------------------------------------------------

    def facts(self, metric):
        if metric not in self._facts:
            self._facts[metric] = list(getattr(self, f"facts_of_{metric}")())
        return self._facts[metric]

    def facts_of_tickets_opened(self):
        for ticket in self.counted_tickets:
            yield Fact(self.assignee_at(ticket, ticket.opened_at), self.zones.day(ticket.opened_at))

    def first_resolutions(self):
        for ticket in self.counted_tickets:
            resolution = self.first_resolution(ticket)
            if resolution is not None:
                yield ticket, resolution, self.zones.day(resolution.at)

    def facts_of_tickets_resolved(self):
        for _ticket, resolution, day in self.first_resolutions():
            yield Fact(resolution.rep, day)

    def facts_of_resolution_time(self):
        for ticket, resolution, day in self.first_resolutions():
            seconds = whole_seconds(resolution.at - ticket.opened_at)
            yield Fact(resolution.rep, day, seconds, sample=seconds)

    def facts_of_reopen_rate(self):
        for ticket, resolution, day in self.first_resolutions():
            if self.is_mature(resolution):
                yield Fact(resolution.rep, day, int(self.reopened_in_window(ticket, resolution)))

    def facts_of_fcr(self):
        for ticket, resolution, day in self.first_resolutions():
            if self.is_mature(resolution):
                failed = self.reopened_in_window(ticket, resolution)
                failed = failed or self.other_ticket_in_window(ticket, resolution)
                yield Fact(resolution.rep, day, int(not failed))

    def facts_of_first_response_time(self):
        for ticket in self.counted_tickets:
            response = self.first_response(ticket)
            if response is not None:
                at, rep = response
                seconds = whole_seconds(at - ticket.opened_at)
                yield Fact(rep, self.zones.day(at), seconds, sample=seconds)

    def facts_of_service_level(self):
        """'a ticket counts at min(first response, due); no due time, no count'; 'replier if met, assignee at
        the due time if missed, else nobody'"""
        for ticket in self.counted_tickets:
            due, response = ticket.first_response_due_at, self.first_response(ticket)
            if due is None:
                continue
            if response is not None and response[0] <= due:
                yield Fact(response[1], self.zones.day(response[0]), 1)
            elif self.now >= due:
                yield Fact(self.assignee_at(ticket, due), self.zones.day(due), 0)

    def facts_of_handle_time(self):
        """'active seconds / handled; handled = pairs of rep and ticket ... Work after the first resolution
        lands on the day of the next one, with 0 handled'"""
        for ticket in self.counted_tickets:
            yield from self.handle_facts(ticket)

    def handle_facts(self, ticket):
        steps = self.steps(ticket)
        resolutions = [index for index, change in self.changes(ticket) if change == "resolution"]
        work = [(i, s.event) for i, s in enumerate(steps) if s.event and s.event.seconds is not None]
        if not work and ticket.handle_seconds is not None and resolutions:
            first, seconds = self.first_resolution(ticket), ticket.handle_seconds
            yield Fact(first.rep, self.zones.day(first.at), seconds, sample=seconds)
        totals = {}
        for index, event in work:
            landing = next((resolution for resolution in resolutions if resolution >= index), None)
            if landing is not None:
                key = (landing, event.actor_email)
                totals[key] = totals.get(key, 0) + event.seconds
        for (landing, rep), seconds in totals.items():
            handled = int(landing == resolutions[0])
            day = self.zones.day(steps[landing].at)
            yield Fact(rep, day, seconds, n=handled, sample=seconds if handled else None)

    # ---- answers -------------------------------------------------------------------------------------------

    @cached_property
    def answers(self):
        """[(first answer, the answer that counts)].

        '30 days from the first answer the last one wins; the day stays.' A row without external_id is an
        answer of its own.
        """
        asked = {}
        for key, survey in self.records.surveys.items():
            asked.setdefault((survey.kind, survey.external_id or key), []).append(survey)
        answers = []
        for versions in asked.values():
            versions.sort(key=lambda survey: survey.answered_at)
            first = versions[0]
            in_time = [survey for survey in versions if survey.answered_at <= first.answered_at + THIRTY_DAYS]
            answers.append((first, in_time[-1]))
        return answers

    def ticket_survey_rep(self, survey):
        """'imported: rep_email, else the first resolver of the ticket, else nobody'"""
        ticket: Ticket | None = self.records.tickets.get(survey.ticket)
        resolution = self.first_resolution(ticket) if ticket else None
        return survey.rep_email or (resolution.rep if resolution else None)

    def nps_rep(self, survey):
        """'rep_email, else the customer's owner that day, else nobody' (a file knows one owner)"""
        customer = self.records.customers.get(survey.customer)
        return survey.rep_email or (customer.owner_email if customer else None)

    def top_box_facts(self, kind):
        for first, last in self.answers:
            if first.kind == kind:
                hit = int(last.score in TOP_BOX[kind])
                yield Fact(self.ticket_survey_rep(first), self.zones.day(first.answered_at), hit)

    def facts_of_csat(self):
        return self.top_box_facts("csat")

    def facts_of_ces(self):
        return self.top_box_facts("ces")

    def facts_of_nps(self):
        """'% 9-10 minus % 0-6': +1, 0 or -1"""
        for first, last in self.answers:
            if first.kind == "nps":
                vote = int(last.score >= 9) - int(last.score <= 6)
                yield Fact(self.nps_rep(first), self.zones.day(first.answered_at), vote)

    # ---- tickets per hour, backlog -------------------------------------------------------------------------

    @cached_property
    def staffed(self):
        """Seconds by (rep, local day): 'shifts are cut at local midnight'."""
        staffed = Counter()
        for shift in self.records.shifts.values():
            for day, seconds in self.zones.seconds_by_day(shift.started_at, shift.ended_at).items():
                staffed[shift.email, day] += seconds
        return staffed

    def tickets_per_hour(self, chosen, start, end):
        """'tickets_resolved / staffed hours, both only from rep-days with staffed seconds'"""
        rep_days = {
            (rep, day): seconds
            for (rep, day), seconds in self.staffed.items()
            if seconds > 0 and start <= day <= end and chosen(rep, day)
        }
        n = sum((fact.rep, fact.day) in rep_days for fact in self.facts("tickets_resolved"))
        seconds = sum(rep_days.values())
        return Point(n, n, seconds / 3600, Fraction(n * 3600, seconds) if seconds else None)

    def backlog(self, chosen, end):
        """'tickets open, pending or on hold at the end of the day; of a period: at the end of its last day
        (today: now), never a sum'; 'the assignee at that moment'"""
        day = min(end, self.zones.day(self.now))
        return sum(chosen(rep, day) for rep in self.waiting(day))

    def waiting(self, day):
        """The assignee of every ticket in the backlog at the end of the day, or now if the day is today."""
        if day not in self._waiting:
            self._waiting[day] = list(self.assignees_of_open_tickets(day))
        return self._waiting[day]

    def assignees_of_open_tickets(self, day):
        today = self.zones.day(self.now)

        def passed(instant):
            return instant <= self.now if day == today else self.zones.day(instant) <= day

        for ticket in self.counted_tickets:
            steps = [step for step in self.steps(ticket) if passed(step.at)]
            if passed(ticket.opened_at) and self.is_open(ticket, len(steps)):
                yield self.assignee(ticket, steps)

    def is_open(self, ticket, passed):
        """From opened_at until it is resolved, again from `reopened` to the next resolution.

        Without events the status column can say more: open, pending or on hold stays open; resolved or closed
        without any time was never open.
        """
        if not self.events_of(ticket):
            if ticket.status in STILL_OPEN:
                return True
            if ticket.status in DONE and not (ticket.resolved_at or ticket.closed_at):
                return False
        happened = [change for index, change in self.changes(ticket) if index < passed]
        return not happened or happened[-1] == "reopening"

    # ---- retention -----------------------------------------------------------------------------------------

    def revenue_of(self, month):
        """{customer: minor units}: 'zero and negative are no revenue'"""
        return {
            row.customer: row.minor
            for row in self.records.revenue.values()
            if row.month == month and row.minor > 0
        }

    def owner(self, customer):
        known = self.records.customers.get(customer)
        return known.owner_email if known else None

    def retention(self, metric, chosen, start, end):
        """'recurring revenue of the month of `to` against the month of `from`, customers with revenue > 0 in
        the month of `from`; gross = sum of min(end, start) / sum of start; churn = 1 - logo'

        'the month of `to` must have ended and hold revenue of the company, else null'. The team of an owner
        is that of the first day of the month of `from`.
        """
        first, last = start.replace(day=1), end.replace(day=1)
        then, later = self.revenue_of(first), self.revenue_of(last)
        if not later or self.zones.day(self.now) < next_bucket(last, "month"):
            return Point()
        cohort = [customer for customer in then if chosen(self.owner(customer), first)]
        if not cohort:
            return Point()
        kept = sum(customer in later for customer in cohort)
        if metric == "logo_retention":
            return proportion_point(kept, len(cohort))
        if metric == "churn":
            return proportion_point(len(cohort) - kept, len(cohort))
        before = sum(then[customer] for customer in cohort)
        after = sum(
            min(later.get(customer, 0), then[customer])
            if metric == "gross_revenue_retention"
            else later.get(customer, 0)
            for customer in cohort
        )
        return Point(len(cohort), after, before, Fraction(after, before))


# ---- arithmetic --------------------------------------------------------------------------------------------


def whole_seconds(duration):
    """'Durations are whole seconds, rounded down.'"""
    return duration // timedelta(seconds=1)


def askers(ticket):
    keys = (("requester", ticket.requester_email), ("customer", ticket.customer))
    return [key for key in keys if key[1] is not None]


def same_asker(one, other):
    """'both have a requester and it is equal; or, when either has none, both have a customer and it is
    equal'"""
    if one.requester_email and other.requester_email:
        return one.requester_email == other.requester_email
    return bool(one.customer and other.customer) and one.customer == other.customer


def count_point(n):
    """'value = n, 0 when none, denominator null. low and high are null for counts and durations.'"""
    return Point(n, n, None, n)


def duration_point(facts):
    seconds, n = sum(fact.numerator for fact in facts), sum(fact.n for fact in facts)
    sample = [fact.sample for fact in facts if fact.sample is not None]
    return Point(
        n,
        seconds,
        n,
        Fraction(seconds, n) if n else None,
        median=percentile(sample, Fraction(1, 2)),
        p90=percentile(sample, Fraction(9, 10)),
    )


def proportion_point(hits, n):
    if n == 0:
        return Point()
    low, high = wilson(hits, n)
    return Point(n, hits, n, Fraction(hits, n), low, high)


def nps_point(promoters, detractors, n):
    """'% 9-10 minus % 0-6, unrounded; ... numerator = promoters - detractors'"""
    if n == 0:
        return Point()
    low, high = adjusted_wald(promoters, detractors, n)
    difference = promoters - detractors
    return Point(n, difference, n, Fraction(100 * difference, n), low, high)


def percentile(sample, share):
    """'exact (linear interpolation)'"""
    if not sample:
        return None
    ordered = sorted(sample)
    place = (len(ordered) - 1) * share
    below = place.numerator // place.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def wilson(hits, n):
    rate, z2 = hits / n, Z95 * Z95
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def adjusted_wald(promoters, detractors, n):
    """n' = n + 3, P' = P + 3/4, D' = D + 3/4, e = (P' - D') / n', se = sqrt(((P' + D') / n' - e^2) / n')

    In points, cut at -100 and 100.
    """
    n_, p_, d_ = n + 3, promoters + 0.75, detractors + 0.75
    e = (p_ - d_) / n_
    se = sqrt(((p_ + d_) / n_ - e * e) / n_)
    return max(-100.0, 100 * (e - Z95 * se)), min(100.0, 100 * (e + Z95 * se))


def bucket_start(day, grain):
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    raise ValueError(f"unknown grain {grain!r}")


def next_bucket(first, grain):
    if grain == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days={"day": 1, "week": 7}[grain])
