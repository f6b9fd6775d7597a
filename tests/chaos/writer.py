"""One writer of the worst hour: `python -m tests.chaos.writer COMPANY SEED SECONDS FILE`.

Works on the desk like everybody else, in no good order: late entries, repeat contacts, moves, merges, files
imported again and again, deeds that are undone before they commit. Prints what became of its deeds.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_platform.settings")
django.setup()

from django.core.exceptions import ValidationError  # noqa: E402
from django.db import OperationalError, transaction  # noqa: E402

from accounts.actions import set_line  # noqa: E402
from accounts.models import Company, Member, Role  # noqa: E402
from cs_platform.lib import clock  # noqa: E402
from customers import actions  # noqa: E402
from customers.imports.engine import import_file  # noqa: E402
from customers.models import Category, Customer, Ticket  # noqa: E402

DAY = timedelta(days=1)


class Undone(Exception):
    """Breaks a transaction off after its deed was done."""


class Writer:
    def __init__(self, company: Company, seed: int, file: Path):
        self.company, self.rng, self.file = company, random.Random(seed), file
        members = Member.objects.filter(company=company)
        self.reps = list(members.filter(role=Role.REP))
        self.leads = list(members.filter(role=Role.MANAGER))
        self.customers = list(Customer.objects.filter(company=company))
        self.categories = [None, *Category.objects.filter(company=company)]
        self.deeds: list[Callable[[], object]] = [self.log] * 4 + [self.reply, self.resolve, self.resolve]
        self.deeds += [self.customer_replies, self.assign, self.merge, self.spam, self.restore, self.change]
        self.deeds += [
            self.answer,
            self.answer_again,
            self.shift,
            self.own,
            self.earn,
            self.move,
            self.redeliver,
        ]
        self.answered: list[tuple[str, str]] = []

    def work(self, seconds: float) -> Counter:
        outcomes: Counter = Counter()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            outcomes[self.once()] += 1
        return outcomes

    def once(self) -> str:
        deed = self.rng.choice(self.deeds)
        try:
            with transaction.atomic():
                deed()
                if self.rng.random() < 0.1:
                    raise Undone
        except ValidationError:
            return "refused"
        except Undone:
            return "undone"
        except OperationalError as error:
            return "deadlock" if "deadlock" in str(error) else "broken"
        return "done"

    # ---- deeds -------------------------------------------------------------------------------------------------

    @property
    def rep(self) -> Member:
        return self.rng.choice(self.reps)

    @property
    def ticket(self) -> Ticket:
        """One of the latest, so that writers meet."""
        found = list(Ticket.objects.filter(company=self.company).order_by("-id")[:12])
        return self.rng.choice(found) if found else self.log()

    def sometime(self) -> timedelta:
        return timedelta(seconds=self.rng.choice([0, 1, 3600, 5 * 86_400, 9 * 86_400, 20 * 86_400]))

    def log(self) -> Ticket:
        return actions.log_ticket(
            actor=self.rep,
            assignee=self.rng.choice([None, self.rep]),
            opened_at=clock.now() - self.sometime(),
            requester_email=self.rng.choice(["", "asker1@x.example", "asker2@x.example"]),
            customer=self.rng.choice([None, *self.customers]),
            category=self.rng.choice(self.categories),
            first_response_due_at=self.rng.choice([None, clock.now() + timedelta(seconds=2)]),
        )

    def at(self, ticket: Ticket):
        return max(ticket.opened_at, clock.now() - self.sometime())

    def reply(self) -> None:
        ticket = self.ticket
        actions.reply_to_ticket(actor=self.rep, ticket=ticket, body="Hello", seconds=30, at=self.at(ticket))

    def resolve(self) -> None:
        ticket = self.ticket
        actions.resolve_ticket(actor=self.rep, ticket=ticket, seconds=60, at=self.at(ticket))

    def customer_replies(self) -> None:
        actions.receive_reply(ticket=self.ticket, body="Thanks")

    def assign(self) -> None:
        actions.assign_ticket(actor=self.rep, ticket=self.ticket, assignee=self.rng.choice([None, self.rep]))

    def merge(self) -> None:
        actions.merge_ticket(actor=self.rep, ticket=self.ticket, into=self.ticket)

    def spam(self) -> None:
        actions.mark_spam(actor=self.rep, ticket=self.ticket)

    def restore(self) -> None:
        actions.restore_ticket(actor=self.rep, ticket=self.ticket)

    def change(self) -> None:
        actions.change_ticket(actor=self.rep, ticket=self.ticket, category=self.rng.choice(self.categories))

    def answer(self) -> None:
        kind, score = self.rng.choice([("csat", 5), ("nps", 0), ("nps", 10), ("ces", 7)])
        identity = f"{os.getpid()}-{len(self.answered)}"
        links = {"ticket": self.ticket, "customer": self.rng.choice(self.customers)}
        self.tell(kind, identity, score, **links)
        self.answered.append((kind, identity))

    def answer_again(self) -> None:
        if self.answered:
            self.tell(*self.rng.choice(self.answered), score=self.rng.randint(1, 5))

    def tell(self, kind: str, identity: str, score: int, **links) -> None:
        actions.answer_survey(
            actor=None, company_id=self.company.id, kind=kind, score=score, identity=identity, **links
        )

    def shift(self) -> None:
        start = clock.now() - self.sometime()
        actions.record_shift(
            actor=None, member=self.rep, started_at=start, ended_at=start + timedelta(hours=3)
        )

    def own(self) -> None:
        since = date.today() - self.rng.choice([0, 3, 40]) * DAY  # noqa: DTZ011
        customer = self.rng.choice(self.customers)
        actions.set_owner(actor=None, customer=customer, owner=self.rep, valid_from=since)

    def earn(self) -> None:
        month = clock.now().date().replace(day=1)
        customer = self.rng.choice(self.customers)
        actions.set_revenue(
            actor=None, customer=customer, month=month, amount=Decimal(self.rng.randint(0, 500))
        )

    def move(self) -> None:
        since = clock.now().date() - self.rng.choice([0, 5, 15]) * DAY
        set_line(actor=None, member=self.rep, manager=self.rng.choice(self.leads), valid_from=since)

    def redeliver(self) -> None:
        import_file(self.company, self.file, "tickets")


if __name__ == "__main__":
    company_id, seed, seconds, file = sys.argv[1:]
    writer = Writer(Company.objects.get(id=company_id), int(seed), Path(file))
    print(dict(writer.work(float(seconds))))  # noqa: T201
