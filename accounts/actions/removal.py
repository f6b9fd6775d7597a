"""A company goes, with every row of it: marked first, then taken away in portions that a crash cannot spoil.

What is left to do is what is left in the tables, so any portion may be cut off, done again or come late.
"""

import logging
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

from celery import current_app
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts import setup_token
from accounts.models import Company, Member, Outbox, Removal, User
from accounts.queries.demo import demo_companies
from cs_platform.lib import clock
from cs_platform.lib.tables import Table, tables_of_a_company

log = logging.getLogger(__name__)
FIRST_PORTION, LEAST, MOST = 500, 20, 5_000
QUICK, SLOW = 0.5, 2.0  # seconds of a portion, below which the next is larger, above which it is smaller
PEOPLE = 200
LAST = ("accounts_companyzone", "accounts_company")


@transaction.atomic
def remove_company(*, company: Company) -> Removal:
    """Closes a company for good and has a worker take its rows away. Nobody of it gets in from now on.

    Nothing is recorded in its ledger, which goes too: the removal is the record.
    """
    company = Company.objects.select_for_update().get(id=company.id)
    removal, is_new = Removal.objects.get_or_create(
        number=company.id,
        defaults={
            "slug": company.slug,
            "name": company.name,
            "is_demo": bool(company.demo_note),
            "began_at": clock.now(),
        },
    )
    if is_new:
        log.warning("Company %s (%s) is being removed", company.slug, company.id)
        Member.objects.filter(company=company).update(is_active=False)
        Outbox.objects.filter(company=company).delete()
    transaction.on_commit(partial(_hand_over, removal.id))
    return removal


@transaction.atomic
def remove_demo(*, actor: Member) -> list[Removal]:
    """Removes all the companies of the demo. Raises ValidationError for anybody but an admin of one of them."""
    companies = list(demo_companies().order_by("id"))
    if not actor.is_admin or actor.company_id not in {company.id for company in companies}:
        raise ValidationError(_("Only an admin of the demo can remove it."))
    return [remove_company(company=company) for company in companies]


def _hand_over(removal_id: int) -> None:
    try:
        current_app.send_task("customers.tasks.remove_company", [removal_id], retry=False)
    except (RedisError, OperationalError, OSError):
        log.warning("No broker: the removal begins when beat finds it")


def take_away(removal: Removal, seconds: float) -> bool:
    """Takes rows of a company that is marked away until the time is over; returns whether none is left."""
    end = time.monotonic() + seconds
    _take_users(removal.number)
    portions = _Portions(removal)
    # Zones last: whoever is at work meanwhile still finds out what day it is.
    tables = sorted(tables_of_a_company(), key=lambda table: table.name in LAST)
    # From the top again after each table: triggers, or somebody who was at work, may have added a row meanwhile.
    while table := next(filter(portions.has_rows, tables), None):
        while portions.untie(table) or portions.take(table):
            if time.monotonic() > end:
                return False
    if Removal.objects.filter(id=removal.id, finished_at=None).update(finished_at=clock.now()):
        log.warning("Company %s (%s) is removed", removal.slug, removal.number)
        if not Company.objects.exists():
            setup_token.renew()
    return True


@dataclass
class _Portions:
    """Deletes rows in transactions of a second or so each, however large the other companies' tables are."""

    removal: Removal
    size: int = FIRST_PORTION

    def has_rows(self, table: Table) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {table.name} WHERE {table.condition})",
                {"company": self.removal.number},
            )
            return cursor.fetchone()[0]

    def untie(self, table: Table) -> int:
        """Rows that point to others of their own table let go of them first."""
        return sum(
            self._run(
                f"UPDATE {table.name} SET {column} = NULL",
                f"{table.name} WHERE {table.condition} AND {column} IS NOT NULL",
            )
            for column in table.loops
        )

    def take(self, table: Table) -> int:
        return self._run(f"DELETE FROM {table.name}", f"{table.name} WHERE {table.condition}", is_gone=True)

    def _run(self, change: str, rows: str, *, is_gone: bool = False) -> int:
        """A portion in a transaction of its own, which tells the database that it may; returns how many rows."""
        began = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('cs.removing', %s, true)", [str(self.removal.number)])
            cursor.execute(
                f"{change} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {rows} LIMIT %(size)s))",
                {"company": self.removal.number, "size": self.size},
            )
            done = cursor.rowcount
            if is_gone:
                Removal.objects.filter(id=self.removal.id).update(rows_gone=F("rows_gone") + done)
        self._fit(time.monotonic() - began)
        return done

    def _fit(self, took: float) -> None:
        if took < QUICK:
            self.size = min(MOST, self.size * 2)
        elif took > SLOW:
            self.size = max(LEAST, self.size // 2)


def _take_users(company_id: int) -> None:
    """Sign-ins and sessions of people who are in no other company; the others keep theirs."""
    people = Member.objects.filter(company_id=company_id, user__isnull=False)
    elsewhere = Member.objects.exclude(company_id=company_id).filter(user__isnull=False)
    leaving = set(people.exclude(user__in=elsewhere.values("user")).values_list("user_id", flat=True))
    if leaving:
        _end_sessions(leaving)
    while some := list(people.order_by("id").values_list("id", "user_id")[:PEOPLE]):
        with transaction.atomic():
            Member.objects.filter(id__in=[member for member, _user in some]).update(user=None)
            User.objects.filter(id__in=[user for _member, user in some if user in leaving]).delete()


def _end_sessions(users: Collection[int]) -> None:
    wanted = {str(user) for user in users}
    found = [row.pk for row in _sessions() if str(row.get_decoded().get("_auth_user_id")) in wanted]
    Session.objects.filter(pk__in=found).delete()


def _sessions() -> Iterator[Session]:
    return Session.objects.iterator(chunk_size=1000)
