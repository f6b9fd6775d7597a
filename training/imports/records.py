"""Who is good at which process already: a certificate for each row, once."""

from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from accounts import activity
from cs_platform.lib import clock
from customers.imports import columns
from customers.imports.columns import Column
from customers.imports.kinds import Kind, Outcome
from customers.imports.rows import Row
from playbooks.models import Playbook, Version
from training.calendar import months_after
from training.models import Certificate, Level
from training.queries.settings import settings_of


class TrainingRecords(Kind):
    """A row that comes again, from whichever file, makes no second certificate."""

    name = "training_records"
    columns = (
        Column("email", columns.email, required=True),
        Column("playbook", columns.text(200), required=True),
        Column("level", columns.choice(*Level.values), empty=Level.INDEPENDENT.value),
        Column("certified_on", columns.day, required=True),
        Column("valid_until", columns.day),
        Column("words", columns.text(2000), empty=""),
    )

    def write(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        playbooks = self._playbooks({row["playbook"] for row in rows})
        kept = [row for row in rows if self._is_possible(row, playbooks, outcome)]
        people = self.directory.members([row["email"] for row in kept])
        wanted = {self._key(row, people, playbooks): row for row in kept}
        found = self._found({key[1] for key in wanted})
        new = self._certificates({key: row for key, row in wanted.items() if key not in found})
        Certificate.objects.bulk_create(new, batch_size=1000)
        for made in new:
            detail: dict[str, Any] = {
                "member": made.member_id,
                "playbook": made.playbook_id,
                "imported": True,
            }
            activity.record("certificate.imported", made, actor=self.actor, **detail)
        outcome.added += len(new)
        if same := len(kept) - len(new):
            outcome.remark(_("Rows that were here already"), same)
        return outcome

    def _playbooks(self, titles: set[str]) -> dict[str, Playbook]:
        """By their titles, those of today."""
        rows = Playbook.objects.standing().filter(company=self.company, title__in=titles)
        return {playbook.title: playbook for playbook in rows}

    def _is_possible(self, row: Row, playbooks: dict[str, Playbook], outcome: Outcome) -> bool:
        today = self.company.today()
        if row["playbook"] not in playbooks:
            reason = _("There is no playbook “%(title)s”.") % {"title": row["playbook"][:100]}
            outcome.refuse(row, "playbook", reason)
        elif row["certified_on"] > today:
            outcome.refuse(row, "certified_on", _("This day lies ahead."))
        elif row["valid_until"] and row["valid_until"] < row["certified_on"]:
            outcome.refuse(row, "valid_until", _("The last day lies before the first one."))
        else:
            return True
        return False

    @staticmethod
    def _key(row: Row, people: dict, playbooks: dict[str, Playbook]) -> tuple[int, int, str, date]:
        return people[row["email"]], playbooks[row["playbook"]].id, row["level"], row["certified_on"]

    def _found(self, playbook_ids: set[int]) -> set[tuple[int, int, str, date]]:
        rows = Certificate.objects.filter(company=self.company, playbook_id__in=playbook_ids)
        zones = self.company.zones()
        told = rows.values_list("member_id", "playbook_id", "level", "issued_at")
        return {(member, playbook, level, zones.day(at)) for member, playbook, level, at in told}

    def _certificates(self, new: dict[tuple[int, int, str, date], Row]) -> list[Certificate]:
        """Each for the version that was out on the day, as far as is known. Noon of the day stands for its hour."""
        months = settings_of(self.company.id).certificate_months
        zones = self.company.zones()
        out = self._editions({playbook for _member, playbook, _level, _day in new})
        made = []
        for (member, playbook, level, day), row in new.items():
            noon = datetime.combine(day, time(12), tzinfo=zones.at(clock.now()))
            numbers = [number for number, published in out.get(playbook, ()) if zones.day(published) <= day]
            made.append(
                Certificate(
                    company=self.company,
                    member_id=member,
                    playbook_id=playbook,
                    level=level,
                    number=max(numbers, default=0),
                    issued_at=noon,
                    until=row["valid_until"] or months_after(day, months),
                    reason=row["words"] or _("Imported"),
                )
            )
        return made

    def _editions(self, playbook_ids: set[int]) -> dict[int, list[tuple[int, datetime]]]:
        """{playbook: (number, when it came out)} of every version that ever was out."""
        rows = Version.objects.filter(
            company=self.company, playbook_id__in=playbook_ids, published_at__isnull=False
        )
        found: dict[int, list[tuple[int, datetime]]] = {}
        for playbook, number, at in rows.values_list("playbook_id", "number", "published_at"):
            if at is not None:
                found.setdefault(playbook, []).append((number, at))
        return found
