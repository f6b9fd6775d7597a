"""A desk at work: every deed is done through the product's actions and noted as the rows of a file.

The notes are what the oracle counts. It knows nothing of how the product keeps them.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError

from accounts.actions import change_zone, deactivate_member, set_line
from accounts.models import Member, Role
from customers import actions
from customers.models import Customer, Ticket
from tests.factories import a_category, a_company, a_member
from tests.oracle import Oracle, build

START = date(2020, 1, 1)
CATEGORIES = ("", "Billing", "Delivery")
REQUESTERS = ("", "asker1@x.example", "asker2@x.example")


class LiveOracle(Oracle):
    """Knows that a customer's owner changes, and from which day on."""

    owners: dict[str, dict[date, str | None]]

    def nps_rep(self, survey):
        return survey.rep_email or self._owned(survey.customer, self.zones.day(survey.answered_at))

    def revenue_owner(self, row):
        """The owner when the month began; if it had none, the first one in the month."""
        history = self.owners.get(row.customer, {})
        if any(start <= row.month for start in history):
            return self._owned(row.customer, row.month)
        inside = [
            start for start in history if (start.year, start.month) == (row.month.year, row.month.month)
        ]
        return history[min(inside)] if inside else None

    def _owned(self, customer, day):
        history = self.owners.get(customer, {})
        begun = [start for start in history if start <= day]
        return history[max(begun)] if begun else None


class Desk:
    """A company with three reps, two managers, a bot and two customers. `now` is the test's clock."""

    def __init__(self, set_clock: Callable[[datetime], datetime], zone: str, now: datetime):
        self._set_clock, self.now = set_clock, set_clock(now)
        self.company = a_company("desk", zone)
        self.zones = [(date(1900, 1, 1), zone)]
        self.rae = Member.objects.get(company=self.company)
        self.leads = [a_member(self.company, f"Lead{n}", Role.MANAGER) for n in (1, 2)]
        self.reps = [a_member(self.company, f"Rep{n}") for n in (1, 2, 3)]
        self.bot = a_member(self.company, "Bot", is_bot=True)
        self.team = [*self.reps, self.leads[0]]
        self.tickets: list[Ticket] = []
        self.told: dict[str, dict] = {}  # what is true of each ticket now, as a row
        self.events: dict[str, list[dict]] = {}
        self.answers: list[dict] = []
        self.shifts: dict[tuple, dict] = {}
        self.lines: list[dict] = []
        self.revenue: list[dict] = []
        self.owners: dict[str, dict[date, str | None]] = {}
        self.customers = [
            actions.enter_customer(actor=self.rae, external_id=f"C{n}", name=f"C{n}") for n in (1, 2)
        ]
        for number, rep in enumerate(self.reps):
            self.move(rep, self.leads[number % 2], START)

    # ---- time and people ---------------------------------------------------------------------------------------

    def wait(self, span: timedelta) -> None:
        self.now = self._set_clock(self.now + span)

    @property
    def today(self) -> date:
        return self.company.zones().day(self.now)

    def move(self, rep: Member, manager: Member, valid_from: date) -> None:
        set_line(actor=self.rae, member=rep, manager=manager, valid_from=valid_from)
        self.lines.append(
            {"email": rep.email, "manager_email": manager.email, "from_on": valid_from.isoformat()}
        )

    def leave(self, rep: Member) -> None:
        deactivate_member(actor=self.rae, member=rep)

    def change_zone(self, zone: str, ahead: int) -> None:
        valid_from = self.today + timedelta(days=ahead)
        if self._is_refused(lambda: change_zone(actor=self.rae, zone=zone, valid_from=valid_from)):
            return
        self.zones = [row for row in self.zones if row[0] != valid_from] + [(valid_from, zone)]

    # ---- tickets -----------------------------------------------------------------------------------------------

    def log(
        self, actor: Member, assignee: Member | None, ago: timedelta, due: timedelta | None, **fields: str
    ) -> None:
        opened = self.now - ago
        number = len(self.tickets) + 1
        row = {"external_id": f"T{number}", "opened_at": _cell(opened), **fields}
        if due is not None:
            row["first_response_due_at"] = _cell(opened + due)
        ticket = actions.log_ticket(
            actor=actor,
            assignee=assignee,
            opened_at=opened,
            external_id=row["external_id"],
            first_response_due_at=opened + due if due is not None else None,
            **self._links(fields),
        )
        self.tickets.append(ticket)
        self.told[ticket.external_id], self.events[ticket.external_id] = row, []
        self._note(ticket, "assigned", opened, actor_email=actor.email, assignee_email=_email(assignee))

    def change(self, actor: Member, ticket: Ticket, **fields: str) -> None:
        actions.change_ticket(actor=actor, ticket=ticket, **self._links(fields))
        self.told[ticket.external_id].update(fields)

    def _links(self, fields: dict[str, str]) -> dict:
        links: dict = {}
        if "requester_email" in fields:
            links["requester_email"] = fields["requester_email"]
        if "customer_external_id" in fields:
            links["customer"] = self._customer(fields["customer_external_id"])
        if "category" in fields:
            links["category"] = a_category(self.company, fields["category"]) if fields["category"] else None
        return links

    def _customer(self, external_id: str) -> Customer | None:
        return next((customer for customer in self.customers if customer.external_id == external_id), None)

    def do(
        self,
        deed: str,
        actor: Member,
        ticket: Ticket,
        ago: timedelta,
        seconds: int | None,
        other: Member | None,
    ):
        """One of the deeds that need no more than this. Refused ones leave no trace."""
        at = max(self.now - ago, datetime.fromisoformat(self.told[ticket.external_id]["opened_at"]))
        call, name, more = {
            "assign": (actions.assign_ticket, "assigned", {"assignee": other}),
            "reply": (actions.reply_to_ticket, "replied", {"body": "Hello", "seconds": seconds}),
            "note": (actions.note_on_ticket, "noted", {"body": "Hm", "seconds": seconds}),
            "pend": (actions.pend_ticket, "pending", {}),
            "hold": (actions.hold_ticket, "held", {}),
            "resolve": (actions.resolve_ticket, "resolved", {"seconds": seconds}),
            "reopen": (actions.reopen_ticket, "reopened", {}),
            "close": (actions.close_ticket, "closed", {}),
        }[deed]
        refused = self._is_refused(lambda: call(actor=actor, ticket=ticket, at=at, **more))
        self._check_refusal(deed, ticket, refused)
        if refused:
            return
        row = {"actor_email": actor.email}
        if deed == "assign":
            row["assignee_email"] = _email(other)
        if "seconds" in more and seconds is not None:
            row["seconds"] = str(seconds)
        # A bot's reply answers nobody; to the oracle, which knows no bots, it is a note.
        self._note(ticket, "noted" if deed == "reply" and actor.is_bot else name, at, **row)

    def _check_refusal(self, deed: str, ticket: Ticket, refused: bool) -> None:
        is_open = not self.is_uncounted(ticket) and not self.is_resolved(ticket)
        if deed in ("resolve", "pend", "hold"):
            assert refused is not is_open, f"{deed} of a ticket that is {'open' if is_open else 'not open'}"
        if deed in ("assign", "reply", "note"):
            assert not refused

    def customer_replies(self, ticket: Ticket) -> None:
        reopens = self.is_resolved(ticket) and not self.is_uncounted(ticket)
        actions.receive_reply(ticket=ticket, body="Thanks")
        self._note(ticket, "customer_replied", self.now)
        if reopens:
            self._note(ticket, "reopened", self.now)

    def merge(self, actor: Member, ticket: Ticket, into: Ticket) -> None:
        into.refresh_from_db()
        if not self._is_refused(lambda: actions.merge_ticket(actor=actor, ticket=ticket, into=into)):
            self._note(ticket, "merged", self.now)

    def spam(self, actor: Member, ticket: Ticket) -> None:
        refused = self._is_refused(lambda: actions.mark_spam(actor=actor, ticket=ticket))
        assert refused is self.is_uncounted(ticket)
        if not refused:
            self._note(ticket, "spam", self.now)

    def restore(self, actor: Member, ticket: Ticket) -> None:
        """What was merged or spam and is so no more, has never been."""
        refused = self._is_refused(lambda: actions.restore_ticket(actor=actor, ticket=ticket))
        assert refused is not self.is_uncounted(ticket)
        kept = [row for row in self.events[ticket.external_id] if row["event"] not in ("merged", "spam")]
        self.events[ticket.external_id] = kept

    def is_uncounted(self, ticket: Ticket) -> bool:
        return any(row["event"] in ("merged", "spam") for row in self.events[ticket.external_id])

    def is_resolved(self, ticket: Ticket) -> bool:
        resolved = False
        for row in sorted(
            self.events[ticket.external_id], key=lambda row: datetime.fromisoformat(row["occurred_at"])
        ):
            resolved = row["event"] in ("resolved", "closed") or (resolved and row["event"] != "reopened")
        return resolved

    def _note(self, ticket: Ticket, event: str, at: datetime, **cells: str) -> None:
        row = {"ticket_external_id": ticket.external_id, "occurred_at": _cell(at), "event": event, **cells}
        self.events[ticket.external_id].append(row)

    @staticmethod
    def _is_refused(call: Callable[[], object]) -> bool:
        try:
            call()
        except ValidationError:
            return True
        return False

    # ---- answers, shifts, money --------------------------------------------------------------------------------

    def answer(
        self, kind: str, score: int, ticket: Ticket | None, customer: Customer, rep: Member | None
    ) -> None:
        row = {
            "kind": kind,
            "external_id": f"S{len(self.answers) + 1}",
            "score": str(score),
            "answered_at": _cell(self.now),
            "ticket_external_id": ticket.external_id if ticket else "",
            "customer_external_id": customer.external_id,
            "rep_email": _email(rep),
        }
        links = {"ticket": ticket, "customer": customer, "stated_rep": rep}
        self._answer(row, **links)

    def answer_again(self, row: dict, score: int, ago: timedelta) -> None:
        self._answer({**row, "score": str(score), "answered_at": _cell(self.now - ago)})

    def _answer(self, row: dict, **links) -> None:
        actions.answer_survey(
            actor=None,
            company_id=self.company.id,
            kind=row["kind"],
            score=int(row["score"]),
            identity=row["external_id"],
            answered_at=datetime.fromisoformat(row["answered_at"]),
            **links,
        )
        self.answers.append(row)

    def work(self, rep: Member, ago: timedelta, length: timedelta) -> None:
        start = self.now - ago
        actions.record_shift(actor=self.rae, member=rep, started_at=start, ended_at=start + length)
        row = {"email": rep.email, "started_at": _cell(start), "ended_at": _cell(start + length)}
        self.shifts[rep.id, start] = row

    def own(self, customer: Customer, owner: Member | None, ago: int) -> None:
        valid_from = self.today - timedelta(days=ago)
        actions.set_owner(actor=self.rae, customer=customer, owner=owner, valid_from=valid_from)
        self.owners.setdefault(customer.external_id, {})[valid_from] = owner.email if owner else None

    def earn(self, customer: Customer, months_ago: int, amount: Decimal) -> None:
        month = self.today.replace(day=1)
        for _ in range(months_ago):
            month = (month - timedelta(days=1)).replace(day=1)
        actions.set_revenue(actor=self.rae, customer=customer, month=month, amount=amount)
        cells = {
            "customer_external_id": customer.external_id,
            "month": f"{month:%Y-%m}",
            "amount": str(amount),
        }
        self.revenue.append(cells)

    # ---- the notes, counted ------------------------------------------------------------------------------------

    def oracle(self) -> LiveOracle:
        rows = {
            "people": [{"email": member.email} for member in Member.objects.filter(company=self.company)],
            "reporting_lines": self.lines,
            "customers": [{"external_id": customer.external_id} for customer in self.customers],
            "revenue": self.revenue,
            "tickets": list(self.told.values()),
            "ticket_events": [row for events in self.events.values() for row in events],
            "surveys": self.answers,
            "shifts": list(self.shifts.values()),
        }
        records = build(rows, self.zones)
        assert records.refused == []
        oracle = LiveOracle(records, self.zones, now=self.now)
        oracle.owners = self.owners
        return oracle


def _cell(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _email(member: Member | None) -> str:
    return member.email if member else ""
