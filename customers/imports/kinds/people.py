from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from accounts import activity
from accounts.actions import LineChange, set_lines
from accounts.models import Activity, ApiKey, Member, ReportingLine, Role, User
from accounts.models.company import BEGINNING
from cs_platform.lib import clock
from customers.imports import columns
from customers.imports.columns import Column
from customers.imports.rows import Row

from .base import Kind, Outcome


class People(Kind):
    name = "people"
    # A person may stand in the file more than once, and the last row counts: so the file is one batch.
    batch = 50_000
    columns = (
        Column("email", columns.email, required=True),
        Column("name", columns.text(200), empty=""),
        Column("role", columns.choice(*Role.values)),
        Column("manager_email", columns.email),
        Column("started_on", columns.day),
        Column("left_on", columns.day),
    )

    def write(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        people = self._possible(rows, outcome)
        self._enter(people, outcome)
        self._set_managers(people, outcome)
        return outcome

    def _possible(self, rows: list[Row], outcome: Outcome) -> dict[str, Row]:
        """The last row of each e-mail that can be."""
        possible = {}
        for row in rows:
            if row["left_on"] and row["started_on"] and row["left_on"] < row["started_on"]:
                outcome.refuse(row, "left_on", _("The last day lies before the first one."))
            elif row["manager_email"] == row["email"]:
                outcome.refuse(row, "manager_email", _("Nobody reports to themselves."))
            else:
                possible[row["email"]] = row
        return possible

    def _enter(self, people: dict[str, Row], outcome: Outcome) -> None:
        found = {m.email: m for m in Member.objects.filter(company=self.company, email__in=people)}
        users = {user.email: user for user in User.objects.filter(email__in=people)}
        today = self.company.today()
        admins = {email for email, member in found.items() if member.is_active and member.is_admin}
        left = self._left_by_deed(found.values())
        new, changed = [], []
        for email, row in people.items():
            member = found.get(email)
            before = _state(member) if member else None
            member = member or Member(company=self.company, email=email, name=email, is_stub=True)
            self._apply(member, row, today, member.id in left)
            member.user = member.user or users.get(email)
            if before is None:
                new.append(member)
            elif before != _state(member):
                changed.append(member)
        Member.objects.bulk_create(new, batch_size=1000)
        Member.objects.bulk_update(changed, FIELDS, batch_size=500)
        self._see_off([member for member in changed if not member.is_active])
        self._keep_an_admin(admins, people, outcome)
        self.directory.forget()
        outcome.added += len(new)
        outcome.changed += len(changed)

    def _see_off(self, gone: list[Member]) -> None:
        """The ledger keeps the import as one deed; apps that look after leavers hear of each."""
        ApiKey.objects.filter(member__in=gone, revoked_at__isnull=True).update(revoked_at=clock.now())
        left = [(m.id, {"left_on": m.left_on.isoformat() if m.left_on else ""}) for m in gone]
        activity.tell("member.left", left, company_id=self.company.id)

    def _keep_an_admin(self, admins: set[str], people: dict[str, Row], outcome: Outcome) -> None:
        """A company without an admin could be mended by nobody: then its admins stay who they are."""
        if Member.objects.active().filter(company=self.company, role=Role.ADMIN).exists():
            return
        for email in sorted(admins):
            column = "left_on" if people[email]["left_on"] else "role"
            outcome.refuse(
                people[email], column, _("This is the last admin; make somebody else an admin first.")
            )

    def _left_by_deed(self, members: Iterable[Member]) -> set[int]:
        """People whom somebody deactivated, not a file: a file that knows nothing of it calls nobody back."""
        gone = [member.id for member in members if not member.is_active and not member.is_stub]
        deeds = Activity.objects.filter(
            company=self.company, subject_type="member", subject_id__in=gone, verb="member.left"
        )
        return set(deeds.values_list("subject_id", flat=True))

    def _apply(self, member: Member, row: Row, today: date, left_by_deed: bool) -> None:
        was_stub = member.is_stub
        member.is_stub = False
        if row["name"]:
            member.name = row["name"]
        if row["role"]:
            member.role = row["role"]
        if "started_on" in row.given:
            member.started_on = row["started_on"]
        if left_by_deed and not row["left_on"]:
            return
        if was_stub or ("left_on" in row.given and row["left_on"] != member.left_on):
            if "left_on" in row.given:
                member.left_on = row["left_on"]
            member.is_active = member.left_on is None or member.left_on >= today

    def _set_managers(self, people: dict[str, Row], outcome: Outcome) -> None:
        rows = [row for row in people.values() if row["manager_email"]]
        ids = self.directory.members([row["email"] for row in rows] + [row["manager_email"] for row in rows])
        stated = _stated(self.company.id, [ids[row["email"]] for row in rows])
        today = self.company.today()
        changes, owners = [], []
        for row in rows:
            member, manager = ids[row["email"]], ids[row["manager_email"]]
            if member in stated and stated[member] == manager:
                continue
            # A file of people tells who is whose manager now. At first it is true from the start; later it
            # is news, and news changes no past day.
            start = today if member in stated else row["started_on"] or BEGINNING
            changes.append(LineChange(member, start, manager, from_people_file=True))  # type: ignore[arg-type]
            owners.append(row)
        refused = set_lines(actor=self.actor, company_id=self.company.id, changes=changes)
        for index, why in refused.items():
            outcome.refuse(owners[index], "manager_email", why)


FIELDS = ["name", "role", "started_on", "left_on", "is_active", "is_stub", "user"]


def _state(member: Member) -> tuple:
    return tuple(getattr(member, "user_id" if field == "user" else field) for field in FIELDS)


def _stated(company_id: int, member_ids: list) -> dict[int, int | None]:
    """The manager that files of people last named for each member."""
    lines = ReportingLine.objects.filter(
        company_id=company_id, member_id__in=member_ids, from_people_file=True
    )
    return dict(lines.order_by("id").values_list("member_id", "manager_id"))


class ReportingLines(Kind):
    name = "reporting_lines"
    columns = (
        Column("email", columns.email, required=True),
        Column("manager_email", columns.email, required=True),
        Column("from_on", columns.day, required=True),
    )

    def write(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        ids = self.directory.members([row["email"] for row in rows] + [row["manager_email"] for row in rows])
        changes = [LineChange(ids[row["email"]], row["from_on"], ids[row["manager_email"]]) for row in rows]  # type: ignore[arg-type]
        before = ReportingLine.objects.filter(company=self.company).count()
        refused = set_lines(actor=self.actor, company_id=self.company.id, changes=changes)
        for index, why in refused.items():
            outcome.refuse(rows[index], "manager_email", why)
        outcome.added = ReportingLine.objects.filter(company=self.company).count() - before
        return outcome
