"""Notes and offers of another program. They have no number here, so they are known again by time and place."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from hiring.models import Application, CandidateNote, Offer

from .records import Note, Offered

if TYPE_CHECKING:
    from .writing import Writer


class ExtraWriter:
    def __init__(self, writer: "Writer"):
        self.writer, self.company = writer, writer.company
        # The applications of each person of the export, in order.
        self.of_person: dict[str, list[Application]] = {}
        for applied in writer.export.applications:
            if (application := writer.applications.get(applied.id)) is not None:
                self.of_person.setdefault(applied.person, []).append(application)
        for rows in self.of_person.values():
            rows.sort(key=lambda row: (row.applied_at, row.id))

    def note(self, note: Note) -> None:
        """At the application that was the newest when it was written."""
        applications = self.of_person.get(note.person)
        if not applications:
            raise ValidationError({"candidate": _("Its candidate has no application in the export.")})
        before = [each for each in applications if each.applied_at <= note.at]
        application = before[-1] if before else applications[0]
        known = CandidateNote.objects.filter(
            company=self.company, application__candidate=application.candidate_id, written_at=note.at
        )
        if known.filter(text=note.text).exists():
            return
        CandidateNote.objects.create(
            company=self.company,
            application=application,
            author_id=self._member(note.email),
            text=note.text,
            written_at=note.at,
        )
        self.writer.counts["notes"].added += 1

    def offer(self, offered: Offered) -> None:
        application = self.writer.applications.get(offered.application)
        if application is None:
            raise ValidationError({"application": _("Its application is not in the export.")})
        offer = Offer.objects.filter(
            company=self.company, application=application, made_at=offered.at
        ).first()
        is_new = offer is None
        offer = offer or Offer(
            company=self.company,
            application=application,
            made_at=offered.at,
            made_by_id=self._member(offered.email),
            starts_on=(application.closed_at or offered.at).date(),
        )
        if not is_new and offer.state == offered.state:
            return
        offer.state = offered.state
        offer.save()
        count = self.writer.counts["offers"]
        count.added, count.changed = count.added + is_new, count.changed + (not is_new)

    def _member(self, email: str) -> int | None:
        return self.writer.directory.members([email])[email] if email else None
