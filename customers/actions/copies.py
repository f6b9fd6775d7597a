"""Copies of what an erasure erases: in what is being written, was heard of, was answered to the API, was looked for,
was tried out of a file, and in what the ledger says of changes."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote_plus

from accounts.actions.ledger import blank_ledger
from accounts.models import Draft, IdempotencyKey, Notification
from customers.models import SavedView, Upload

SHORTEST = 5  # letters of what is looked for in loose text
NAMED_BY = ("external_id", "ticket_external_id", "customer_external_id")


@dataclass(frozen=True)
class Copies:
    """words: texts that can only mean these people. subjects: {type: ids} of what is erased. names: external ids."""

    company_id: int
    words: Collection[str]
    subjects: Mapping[str, Collection[int]]
    names: Collection[str] = ()

    def forget_drafts(self) -> None:
        """Drafts at the customer and its tickets, and whatever names one of its people."""
        begun = {f"{kind}:{row}" for kind, rows in self.subjects.items() for row in rows}
        about = {kind: {str(row) for row in rows} for kind, rows in self.subjects.items()}
        drafts = Draft.objects.filter(company_id=self.company_id)
        found = [
            draft.id
            for draft in drafts.iterator()
            if ":".join(draft.place.split(":")[:2]) in begun
            or any(draft.content.get(kind) in rows for kind, rows in about.items())
            or self._are_named_in(draft.content)
        ]
        drafts.filter(id__in=found).delete()

    def forget_notifications(self) -> None:
        urls = {f"/{kind}s/{row}/" for kind, rows in self.subjects.items() for row in rows}
        heard = Notification.objects.filter(company_id=self.company_id)
        found = [
            row.id
            for row in heard.iterator()
            if row.url.split("#")[0] in urls or self._are_named_in(row.detail)
        ]
        heard.filter(id__in=found).delete()

    def forget_answers(self) -> None:
        """Blanks answers about what is erased, or that name one of the people. The key keeps its status, so that
        nothing is done twice."""
        answered = IdempotencyKey.objects.filter(company_id=self.company_id, answer__isnull=False)
        found = [
            row.id
            for row in answered.iterator()
            if self._is_about(row.answer) or self._are_named_in(row.answer)
        ]
        answered.filter(id__in=found).update(answer=None)

    def forget_views(self) -> None:
        views = SavedView.objects.filter(company_id=self.company_id)
        found = [row.id for row in views if self._are_named_in([row.name, unquote_plus(row.query)])]
        views.filter(id__in=found).delete()

    def forget_trials(self) -> None:
        for upload in Upload.objects.filter(company_id=self.company_id):
            if self._are_named_in([upload.report, upload.message]):
                Upload.objects.filter(id=upload.id).update(report={}, message="")

    def forget_ledger(self) -> None:
        blank_ledger(
            company_id=self.company_id,
            subjects=self.subjects,
            blank=partial(_without_text, self._are_named_in),
        )

    def _is_about(self, answer: Any) -> bool:
        return isinstance(answer, dict) and any(answer.get(field) in self.names for field in NAMED_BY)

    def _are_named_in(self, content: object) -> bool:
        text = json.dumps(content, ensure_ascii=False).lower()
        return any(word in text for word in self.words)


def telling(texts: Collection[str]) -> set[str]:
    """Those that can only mean a person: an address, a number, a full name. "Max" is in many drafts."""
    return {
        text.lower()
        for text in texts
        if len(text) >= SHORTEST and any(char in " @" or char.isdigit() for char in text)
    }


def _without_text(are_named_in: Callable[[object], bool], detail: dict) -> dict:
    """Of a change which fields changed; of anything that names one of the people, no text at all."""
    kept = {name: value for name, value in detail.items() if name != "after"}
    if "before" in kept:
        kept["before"] = dict.fromkeys(kept["before"], "")
    return _blanked(kept) if are_named_in(kept) else kept


def _blanked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _blanked(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_blanked(each) for each in value]
    return "" if isinstance(value, str) else value
