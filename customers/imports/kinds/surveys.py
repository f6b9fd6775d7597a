from datetime import timedelta

from django.utils.translation import gettext as _

from customers.actions.surveys import COUNTS_FOR, out_of_scale
from customers.facts import derive_shifts, derive_surveys
from customers.imports import columns
from customers.imports.columns import Column
from customers.imports.rows import Row, identities
from customers.imports.upsert import upsert
from customers.models import Note, Shift, Survey, SurveyAnswer, Ticket

from .base import Kind, Outcome

SETTLED = ["first_answered_at", "score", "comment", "ticket_id", "customer_id", "stated_rep_id", "sent_at"]
LONGEST_SHIFT = timedelta(days=7)
# Fields by the column that fills them.
LINKS = {
    "ticket_external_id": "ticket_id",
    "customer_external_id": "customer_id",
    "rep_email": "stated_rep_id",
    "sent_at": "sent_at",
}
NOTE = {
    "author_email": "author_id",
    "customer_external_id": "customer_id",
    "ticket_external_id": "ticket_id",
    "type": "type",
    "body": "body",
    "due_on": "due_on",
    "noted_at": "noted_at",
}


def ticket_ids(kind: Kind, rows: list[Row]) -> dict[str, int]:
    external_ids = {row["ticket_external_id"] for row in rows} - {None}
    found = Ticket.objects.filter(company=kind.company, external_id__in=external_ids)
    return dict(found.values_list("external_id", "id"))


def refuse_unknown_ticket(row: Row, tickets: dict[str, int], outcome: Outcome) -> bool:
    """Refuses a row that names a ticket that is not there; whether it did."""
    if row["ticket_external_id"] and row["ticket_external_id"] not in tickets:
        reason = _("There is no ticket “%(ticket)s”.") % {"ticket": row["ticket_external_id"]}
        outcome.refuse(row, "ticket_external_id", reason)
        return True
    return False


class Surveys(Kind):
    name = "surveys"
    columns = (
        Column("kind", columns.choice(*Survey.Kind.values), required=True),
        Column("score", columns.whole(-1000, 1000), required=True),
        Column("answered_at", columns.instant, required=True),
        Column("external_id", columns.text(200)),
        Column("sent_at", columns.instant),
        Column("ticket_external_id", columns.text(200)),
        Column("customer_external_id", columns.text(200)),
        Column("rep_email", columns.email),
        Column("comment", columns.text(100_000), empty=""),
    )

    def write(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        tickets = ticket_ids(self, rows)
        kept = [row for row in rows if self._is_possible(row, tickets, outcome)]
        if not kept:
            return outcome
        people = self.directory.members([row["rep_email"] for row in kept])
        customers = self.directory.customers([row["customer_external_id"] for row in kept])
        prefixed = [(f"{row['kind']}:{key}", row) for key, row in zip(self._keys(kept), kept, strict=True)]
        found = self._found({key for key, _row in prefixed})
        # When the first answer was, as far as the rows up to here tell: a file need not be in order.
        first = {key: survey.first_answered_at for key, survey in found.items()}
        new: list[Survey] = []
        answers: dict[tuple[str, object], Row] = {}
        for key, row in prefixed:
            links = {
                "ticket_id": tickets.get(row["ticket_external_id"]),
                "customer_id": customers[row["customer_external_id"]],
                "stated_rep_id": people[row["rep_email"]],
                "sent_at": row["sent_at"],
            }
            survey = found.get(key)
            if survey is None:
                survey = found[key] = Survey(
                    company=self.company,
                    identity=key,
                    kind=row["kind"],
                    score=row["score"],
                    comment=row["comment"],
                    first_answered_at=row["answered_at"],
                    **links,
                )
                new.append(survey)
                first[key] = row["answered_at"]
            elif row["answered_at"] <= first[key]:
                # What the first answer says of whom it is about stays; this row is that answer, corrected.
                first[key] = row["answered_at"]
                for name in row.fills(LINKS):
                    setattr(survey, name, links[name])
            answers[key, row["answered_at"]] = row
        Survey.objects.bulk_create(new, batch_size=1000)
        self._answer(found, answers)
        changed = self._settle(list(found.values()))
        outcome.added, outcome.changed = (
            len(new),
            len({survey.id for survey in changed} - {survey.id for survey in new}),
        )
        derive_surveys(self.company.id, sorted({survey.id for survey in [*new, *changed]}))
        return outcome

    def _keys(self, rows: list[Row]) -> list[str]:
        return identities(self.run.id, self.name, rows)

    def _is_possible(self, row: Row, tickets: dict[str, int], outcome: Outcome) -> bool:
        if row["score"] not in Survey.SCALES[row["kind"]]:
            outcome.refuse(row, "score", out_of_scale(row["kind"], row["score"]))
            return False
        return not refuse_unknown_ticket(row, tickets, outcome)

    def _found(self, keys: set[str]) -> dict[str, Survey]:
        found = (
            Survey.objects.filter(company=self.company, identity__in=keys).order_by("id").select_for_update()
        )
        return {survey.identity: survey for survey in found}

    def _answer(self, found: dict[str, Survey], answers: dict) -> None:
        for fields in (["score", "comment"], ["score"]):
            SurveyAnswer.objects.bulk_create(
                [
                    SurveyAnswer(
                        company=self.company,
                        survey=found[key],
                        answered_at=at,
                        score=row["score"],
                        comment=row["comment"],
                    )
                    for (key, at), row in answers.items()
                    if ("comment" in row.given) == ("comment" in fields)
                ],
                update_conflicts=True,
                unique_fields=["company", "survey", "answered_at"],
                update_fields=fields,
                batch_size=1000,
            )

    def _settle(self, surveys: list[Survey]) -> list[Survey]:
        """The day of the first answer, the score of the last one within 30 days; returns what changed."""
        given: dict[int, list[SurveyAnswer]] = {}
        for answer in SurveyAnswer.objects.filter(survey__in=surveys).order_by("answered_at"):
            given.setdefault(answer.survey_id, []).append(answer)
        stored = {row["id"]: row for row in Survey.objects.filter(id__in=given).values("id", *SETTLED)}
        changed = []
        for survey in surveys:
            first = given[survey.id][0].answered_at
            last = [answer for answer in given[survey.id] if answer.answered_at <= first + COUNTS_FOR][-1]
            survey.first_answered_at, survey.score, survey.comment = first, last.score, last.comment
            if any(getattr(survey, name) != stored[survey.id][name] for name in SETTLED):
                changed.append(survey)
        Survey.objects.bulk_update(changed, SETTLED, batch_size=500)
        return changed


class Shifts(Kind):
    name = "shifts"
    columns = (
        Column("email", columns.email, required=True),
        Column("started_at", columns.instant, required=True),
        Column("ended_at", columns.instant, required=True),
    )

    def write(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        kept = [row for row in rows if self._is_possible(row, outcome)]
        people = self.directory.members([row["email"] for row in kept])
        wanted = {(people[row["email"]], row["started_at"]): row["ended_at"] for row in kept}
        found = {
            (shift.member_id, shift.started_at): shift
            for shift in Shift.objects.filter(
                company=self.company,
                member_id__in={key[0] for key in wanted},
                started_at__in={key[1] for key in wanted},
            )
        }
        new = [
            Shift(company=self.company, member_id=member, started_at=start, ended_at=end)  # type: ignore[misc]
            for (member, start), end in wanted.items()
            if (member, start) not in found
        ]
        changed = [shift for key, shift in found.items() if key in wanted and shift.ended_at != wanted[key]]
        for shift in changed:
            shift.ended_at = wanted[shift.member_id, shift.started_at]
        Shift.objects.bulk_create(new, batch_size=1000)
        Shift.objects.bulk_update(changed, ["ended_at"], batch_size=500)
        derive_shifts(self.company.id, [shift.id for shift in [*new, *changed]])
        outcome.added, outcome.changed = len(new), len(changed)
        return outcome

    def _is_possible(self, row: Row, outcome: Outcome) -> bool:
        length = row["ended_at"] - row["started_at"]
        if length <= timedelta(0):
            outcome.refuse(row, "ended_at", _("The shift ends before it starts."))
        elif length > LONGEST_SHIFT:
            outcome.refuse(row, "ended_at", _("The shift is longer than seven days."))
        else:
            return True
        return False


class Notes(Kind):
    name = "notes"
    columns = (
        Column("author_email", columns.email, required=True),
        Column("body", columns.text(1_000_000), required=True),
        Column("external_id", columns.text(200)),
        Column("customer_external_id", columns.text(200)),
        Column("ticket_external_id", columns.text(200)),
        Column("type", columns.choice(*Note.Type.values), empty=Note.Type.NOTE),
        Column("noted_at", columns.instant),
        Column("due_on", columns.day),
    )

    def write(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        tickets = ticket_ids(self, rows)
        kept = [row for row in rows if self._is_possible(row, tickets, outcome)]
        if not kept:
            return outcome
        people = self.directory.members([row["author_email"] for row in kept])
        customers = self.directory.customers([row["customer_external_id"] for row in kept])
        keys = identities(self.run.id, self.name, kept)
        wanted = {
            key: {
                "author_id": people[row["author_email"]],
                "customer_id": customers[row["customer_external_id"]],
                "ticket_id": tickets.get(row["ticket_external_id"]),
                "type": row["type"],
                "body": row["body"],
                "due_on": row["due_on"],
            }
            # The time of a note that came without one is that of its first import.
            | ({"noted_at": row["noted_at"]} if row["noted_at"] else {})
            for key, row in zip(keys, kept, strict=True)
        }
        given = {key: row.fills(NOTE) for key, row in zip(keys, kept, strict=True)}
        result = upsert(Note, self.company.id, "identity", wanted, given)
        outcome.added, outcome.changed = len(result.added), len(result.changed)
        return outcome

    def _is_possible(self, row: Row, tickets: dict[str, int], outcome: Outcome) -> bool:
        if not row["customer_external_id"] and not row["ticket_external_id"]:
            outcome.refuse(row, "customer_external_id", _("A note needs a customer or a ticket."))
            return False
        return not refuse_unknown_ticket(row, tickets, outcome)
