"""Erasure of a candidate: identity, texts and files go, ratings stay without a name.

Blanked is all that tells of the person: facts, consent, notes, evidence, quotes, samples, summaries, reasons, letters,
what was said at a closing, places of interviews. Deleted are notes, files, drafts and notifications. Kept are ratings,
recommendations, stages and times, with which nobody is found.
"""

import json
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from accounts import activity
from accounts.actions.ledger import blank_ledger
from accounts.mailbox import forget_mails_to
from accounts.models import Draft, Member, Notification, Outbox
from cs_platform.lib import clock
from customers.actions.copies import Copies, telling
from hiring.models import (
    Application,
    Candidate,
    CandidateFile,
    CandidateNote,
    Decision,
    Interview,
    Letter,
    Offer,
    Rating,
    Revision,
    Sample,
    Scorecard,
    Sign,
    Takeover,
)

from .files import forget_places
from .people import check_stands, locked_people, merged_into

# Of a decision against the composite: the database wants a reason, and this is none.
NOTHING = "–"


@dataclass(frozen=True)
class Traces:
    """Ids of all rows that tell of one candidate, by the type under which the ledger and pages know them."""

    company_id: int
    ids: dict[str, list[int]]

    @classmethod
    def of(cls, candidate: Candidate) -> "Traces":
        company_id = candidate.company_id
        people = [candidate.id, *merged_into(company_id, [candidate.id])]
        applications = _ids(Application, company_id, candidate_id__in=people)
        by = {"application_id__in": applications}
        cards = _ids(Scorecard, company_id, **by)
        ids = {
            "candidate": people,
            "application": applications,
            "interview": _ids(Interview, company_id, **by),
            "scorecard": cards,
            "rating": _ids(Rating, company_id, scorecard_id__in=cards),
            "candidatenote": _ids(CandidateNote, company_id, **by),
            "candidatefile": _ids(CandidateFile, company_id, candidate_id__in=people),
            "decision": _ids(Decision, company_id, **by),
            "offer": _ids(Offer, company_id, **by),
            "letter": _ids(Letter, company_id, **by),
        }
        return cls(company_id, ids)


@transaction.atomic
def erase_candidate(*, actor: Member | None, candidate: Candidate) -> Candidate:
    """With all that was merged into it; it cannot be taken back. Twice is once. actor: None when the time is over."""
    # Whoever scores or decides at this moment is waited for.
    people = locked_people(candidate.company_id, [candidate.id], no_key=False)
    candidate = people[candidate.id]
    if candidate.erased_at:
        return candidate
    check_stands(candidate)
    traces = Traces.of(candidate)
    words = telling([word for each in people.values() for word in _words(each)])
    places = list(CandidateFile.objects.filter(candidate__in=people).values_list("place", flat=True))
    addresses = {address for each in people.values() for address in _addresses(each)}
    _set_erasing("on")
    _blank_texts(traces)
    _set_erasing("")
    for each in people.values():
        _blank_person(each)
    _forget_copies(traces, words)
    activity.record("candidate.erased", candidate, actor=actor)
    transaction.on_commit(lambda: _forget_outside(candidate.company_id, places, addresses))
    return candidate


def _blank_texts(traces: Traces) -> None:
    by_application = {"company_id": traces.company_id, "application_id__in": traces.ids["application"]}
    by_card = {"company_id": traces.company_id, "scorecard_id__in": traces.ids["scorecard"]}
    CandidateNote.objects.filter(**by_application).delete()
    CandidateFile.objects.filter(id__in=traces.ids["candidatefile"]).delete()
    Rating.objects.filter(**by_card).exclude(evidence="").update(evidence="")
    Sign.objects.filter(**by_card).exclude(quote="").update(quote="")
    Sample.objects.filter(**by_card).update(first_try="", feedback="", second_try="")
    Scorecard.objects.filter(**by_application).exclude(summary="").update(summary="")
    Scorecard.objects.filter(**by_application, state=Scorecard.State.EXCUSED).update(excuse="")
    Revision.objects.filter(company_id=traces.company_id, rating_id__in=traces.ids["rating"]).update(
        reason=""
    )
    decisions = Decision.objects.filter(**by_application)
    decisions.filter(is_against=True).update(reason=NOTHING, answer="")
    decisions.filter(is_against=False).update(reason="", answer="")
    letters = Letter.objects.filter(**by_application)
    letters.filter(state=Letter.State.WAITING).update(state=Letter.State.FAILED)
    letters.update(to="", subject="", body="", fault="")
    Interview.objects.filter(**by_application).update(place="", external_id=None)
    Offer.objects.filter(**by_application).update(member=None)
    Application.objects.filter(id__in=traces.ids["application"]).update(
        source_detail="", close_reason="", next_action="", external_id=None, version=F("version") + 1
    )


def _blank_person(candidate: Candidate) -> None:
    candidate.name = candidate.email = candidate.phone = candidate.links = candidate.consent_text = ""
    # A second import of the same file finds nobody here, and nobody finds the person by it.
    candidate.external_id = f"erased-{secrets.token_hex(12)}" if candidate.external_id else None
    candidate.member, candidate.keep_until, candidate.merge = None, None, {}
    candidate.erased_at = clock.now()
    candidate.version += 1
    candidate.save()


def _forget_copies(traces: Traces, words: set[str]) -> None:
    copies = Copies(traces.company_id, words, traces.ids)
    copies.forget_drafts()
    copies.forget_notifications()
    copies.forget_answers()
    copies.forget_views()
    copies.forget_trials()
    blank_ledger(company_id=traces.company_id, subjects=traces.ids, blank=_without_words)
    _forget_pages(traces)
    _forget_outbox(traces, words)
    _forget_takeovers(traces, words)


def _forget_pages(traces: Traces) -> None:
    """Drafts and notifications of the pages of the hiring area, whatever they say."""
    ours = {"company_id": traces.company_id}
    drafts = Draft.objects.filter(**ours).values_list("id", "place")
    Draft.objects.filter(**ours, id__in=[id for id, place in drafts if _is_about(traces, place)]).delete()
    heard = Notification.objects.filter(**ours, url__startswith="/hiring/").values_list("id", "url")
    Notification.objects.filter(**ours, id__in=[id for id, url in heard if _is_about(traces, url)]).delete()


def _is_about(traces: Traces, where: str) -> bool:
    """hiring/applications/7/debrief/, application:7:note, room:7."""
    named = {
        **{kind: set(map(str, ids)) for kind, ids in traces.ids.items()},
        "room": set(map(str, traces.ids["scorecard"])),
        "debrief": set(map(str, traces.ids["application"])),
    }
    parts = re.split(r"[/:]", where)
    return any(
        after in named[kind.removesuffix("s")]
        for kind, after in zip(parts, parts[1:], strict=False)
        if kind.removesuffix("s") in named
    )


def _forget_outbox(traces: Traces, words: set[str]) -> None:
    """What is told of us holds ids; should a text of the person be among it, it goes."""
    for row in Outbox.objects.filter(company_id=traces.company_id):
        text = json.dumps(row.detail, ensure_ascii=False).lower()
        if any(word in text for word in words):
            Outbox.objects.filter(id=row.id).update(detail=_without_words(row.detail))


def _forget_takeovers(traces: Traces, words: set[str]) -> None:
    """A refused line may have repeated a cell."""
    for takeover in Takeover.objects.filter(company_id=traces.company_id):
        text = json.dumps([takeover.report, takeover.message], ensure_ascii=False).lower()
        if any(word in text for word in words):
            Takeover.objects.filter(id=takeover.id).update(report={}, message="")


def _without_words(value: Any) -> Any:
    """Ids and figures stay."""
    if isinstance(value, dict):
        return {name: _without_words(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_words(each) for each in value]
    return "" if isinstance(value, str) else value


def _forget_outside(company_id: int, places: list[str], addresses: Collection[str]) -> None:
    """After the commit: what lies on the disk. What is missed here, `files.sweep` finds."""
    forget_places(places)
    for address in addresses:
        forget_mails_to(address)


def _words(candidate: Candidate) -> Collection[str]:
    """Also those that went when another entry of the person was merged into it."""
    told = [vars(candidate), *(candidate.merge.get(when, {}) for when in ("before", "after"))]
    facts = [each.get(name) or "" for each in told for name in ("name", "email", "phone")]
    return [*facts, *(link for each in told for link in (each.get("links") or "").split())]


def _addresses(candidate: Candidate) -> set[str]:
    told = [candidate.email, *(candidate.merge.get(when, {}).get("email") for when in ("before", "after"))]
    return {address for address in told if address}


def _ids(model: Any, company_id: int, **by: Any) -> list[int]:
    rows: QuerySet[Any] = model.objects.filter(company_id=company_id, **by)
    return list(rows.order_by("id").values_list("id", flat=True))


def _set_erasing(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cs.erasing', %s, true)", [value])
