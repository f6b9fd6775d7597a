"""Writes what an export holds. A row is known again by its external_id, the format's name before the other's id."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Company, Member
from customers.imports.directory import Directory
from hiring.actions.people import survivor_of
from hiring.models import Application, Candidate, Interview, Requisition, Stage, StageMove

from .cards import CardWriter
from .extras import ExtraWriter
from .records import Applied, Export, Job, Person, Place, Refusal, Talk
from .stages import kind_of

NOUNS = ("requisitions", "candidates", "applications", "interviews", "scorecards", "notes", "offers")


@dataclass
class Count:
    added: int = 0
    changed: int = 0


class Writer:
    """One import. Each record is written whole or refused with its file and line."""

    def __init__(
        self,
        company: Company,
        format: str,
        export: Export,
        progress: Callable[[float], None] = lambda share: None,
    ):
        self.company, self.format, self.export = company, format, export
        self.progress, self.done, self.total = progress, 0, len(export)
        self.counts = {noun: Count() for noun in NOUNS}
        self.directory = Directory(company)
        gone = Candidate.objects.filter(company=company, merged_into__isnull=False)
        self.merged = set(gone.values_list("merged_into_id", flat=True))
        self.jobs: dict[str, Requisition] = {}
        self.people: dict[str, Candidate] = {}
        self.applications: dict[str, Application] = {}

    def write(self) -> None:
        self._each(self.export.jobs, self._job)
        self._each(self.export.people, self._person)
        self._each(self.export.applications, self._application)
        cards = CardWriter(self)
        for talk in self.export.talks:
            cards.expect(talk)
        self._each(self.export.talks, lambda talk: self._talk(talk, cards))
        self._each(self.export.cards, cards.write)
        extras = ExtraWriter(self)
        self._each(self.export.notes, extras.note)
        self._each(self.export.offers, extras.offer)

    def key(self, id: str) -> str:
        return f"{self.format}:{id}"[:200]

    def _each(self, records: Iterable[Any], write: Callable[[Any], None]) -> None:
        for record in records:
            self.done += 1
            self.progress(self.done / self.total)
            try:
                with transaction.atomic():
                    write(record)
            except ValidationError as error:
                column, reason = _why(error)
                self.refuse(record.place, column, reason)
            except IntegrityError:
                self.refuse(record.place, "", _("There is such a row already, of other origin."))

    def refuse(self, place: Place, column: str, reason: str) -> None:
        self.export.refused.append(Refusal(place, column, reason))

    def saved(self, noun: str, model: Any, id: str, **values: Any) -> Any:
        """The row of an external_id with these values, new or changed. Raises ValidationError."""
        key = self.key(id)
        row = model.objects.filter(company=self.company, external_id=key).first()
        is_new = row is None
        row = row or model(company=self.company, external_id=key)
        changed = [name for name, value in values.items() if is_new or getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        if is_new or changed:
            row.full_clean(exclude=["company"], validate_unique=False, validate_constraints=False)
            row.save()
            count = self.counts[noun]
            count.added, count.changed = count.added + is_new, count.changed + (not is_new)
        return row

    def _job(self, job: Job) -> None:
        state = Requisition.State.OPEN if job.is_open else Requisition.State.CANCELLED
        values: dict[str, Any] = {"title": job.title, "place": job.location, "state": state}
        if job.opened_at:
            values["opened_at"] = job.opened_at
        self.jobs[job.id] = requisition = self.saved("requisitions", Requisition, job.id, **values)
        for name in self.export.stages.get(job.id, ()):
            self.stage(requisition, name)

    def stage(self, requisition: Requisition, name: str) -> Stage:
        """The stage of this name, made behind the others if there is none."""
        name = name or _("Applied")
        found = requisition.stages.filter(name=name).first()
        if found is not None:
            return found
        last = requisition.stages.order_by("-position").first()
        return Stage.objects.create(
            company=self.company,
            requisition=requisition,
            name=name,
            kind=kind_of(name),
            position=last.position + 1 if last else 1,
        )

    def _person(self, person: Person) -> None:
        values: dict[str, Any] = {
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            "links": person.links,
        }
        if person.created_at:
            values["created_at"] = person.created_at
        # Somebody who works here does not read the own file.
        member = (
            Member.objects.filter(company=self.company, email=person.email).first() if person.email else None
        )
        if member is not None:
            values["member"] = member
        known = Candidate.objects.filter(company=self.company, external_id=self.key(person.id)).first()
        if known is not None and (known.merged_into_id or known.id in self.merged):
            # What people made one here is not taken apart by a file, and its facts stay as they were chosen.
            self.people[person.id] = survivor_of(known)
            return
        self.people[person.id] = self.saved("candidates", Candidate, person.id, **values)

    def _application(self, applied: Applied) -> None:
        person, job = self.people.get(applied.person), self.jobs.get(applied.job)
        if person is None:
            raise ValidationError({"candidate": _("Its candidate is not in the export.")})
        if job is None:
            raise ValidationError({"job": _("Its job is not in the export.")})
        closed_at = None
        if applied.state != Application.State.ACTIVE:
            closed_at = max(applied.closed_at or applied.applied_at, applied.applied_at)
        moves = sorted(applied.moves, key=lambda move: move.at)
        since = moves[-1].at if moves else applied.applied_at
        self.applications[applied.id] = application = self.saved(
            "applications",
            Application,
            applied.id,
            candidate=person,
            requisition=job,
            stage=self.stage(job, applied.stage or (moves[-1].stage if moves else "")),
            state=applied.state,
            source=applied.source,
            source_detail=applied.source_detail,
            applied_at=applied.applied_at,
            stage_since=since,
            closed_at=closed_at,
            close_reason=applied.reason,
        )
        self._moves(application, applied)

    def _moves(self, application: Application, applied: Applied) -> None:
        """The history only grows: what is there already is left."""
        there = set(application.moves.values_list("moved_at", "stage_id", "outcome"))
        wanted: list[tuple[Any, int | None, str]] = [
            (move.at, self.stage(application.requisition, move.stage).id, "") for move in applied.moves
        ]
        if not wanted:
            wanted = [(applied.applied_at, application.stage_id, "")]
        if application.closed_at:
            wanted.append((application.closed_at, None, application.state))
        StageMove.objects.bulk_create(
            StageMove(
                company=self.company, application=application, moved_at=at, stage_id=stage, outcome=outcome
            )
            for at, stage, outcome in dict.fromkeys(wanted)
            if (at, stage, outcome) not in there
        )

    def _talk(self, talk: Talk, cards: CardWriter) -> None:
        application = self.applications.get(talk.application)
        if application is None:
            raise ValidationError({"application": _("Its application is not in the export.")})
        stage = self.stage(application.requisition, talk.stage) if talk.stage else application.stage
        known = Interview.objects.filter(company=self.company, external_id=self.key(talk.id)).first()
        cards.talks[talk.id] = self.saved(
            "interviews",
            Interview,
            talk.id,
            application=application,
            # Who reads what goes by stage, so one that is known stays where it is.
            stage=known.stage if known else stage,
            kit=known.kit if known else cards.kit_for(talk),
            state=talk.state,
            starts_at=talk.starts_at,
            ends_at=talk.ends_at,
            zone=talk.zone,
            place=talk.location,
            tells_candidate=False,
        )


def _why(error: ValidationError) -> tuple[str, str]:
    if hasattr(error, "error_dict"):
        column, words = next(iter(error.message_dict.items()))
        return column, " ".join(words)
    return "", " ".join(error.messages)
