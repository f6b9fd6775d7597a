"""A job with thousands of applicants: where they are, how they came there, and what panels wrote about them.

Rows are made through the models, a table at a time, with the same rules as if people had made them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench.data import Made

# Of a hundred people in the pipeline, how many have come to each stage and no further.
IN_STAGE = (48, 24, 12, 9, 4, 3)
# For each of these in the pipeline there is one who was turned down or hired.
OPEN_TO_CLOSED = 5
GIVEN = (
    "Aditi",
    "Bilal",
    "Clara",
    "Dmitri",
    "Esther",
    "Felipe",
    "Hana",
    "Ivan",
    "Julia",
    "Kofi",
    "Lena",
    "Maria",
)
FAMILY = (
    "Costa",
    "Hussain",
    "Jensen",
    "Lindqvist",
    "Mwangi",
    "Nowak",
    "Petrov",
    "Rao",
    "Santos",
    "Suzuki",
    "Volkov",
)
SOURCES = ("applied", "applied", "applied", "job_board", "job_board", "referral", "sourced", "agency")
WORDS = (
    "She named the goal, what stood in the way, what she did about it and what came of it, with numbers. " * 3
)
TABLES = ("candidate", "application", "stagemove", "offer", "interview", "scorecard", "rating", "sign")
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pool:
    """The job and what is opened of it: somebody whose debrief is open, with all that can hang on a candidate."""

    requisition: Any
    application: Any


def fill(company: Made, actor: Any, people: list[int], n: int) -> Pool:
    """A job with n people in its pipeline. people: ids of those who interview."""
    from hiring.actions.requisitions import open_requisition

    job = open_requisition(actor=actor, title="Customer success rep", seats=20, manager=actor)
    maker = _Maker(company, job, actor, people)
    applications = maker.applications(n)
    maker.moves(applications)
    cards = maker.interviews([each for each in applications if each.place >= 2])
    maker.ratings(cards)
    chosen = max((each for each in applications if each.place == 4), key=lambda each: each.id)
    maker.everything(chosen)
    _vacuum()
    return Pool(job, chosen)


def found(company: Made, actor: Any) -> Pool | None:
    """What an earlier run has filled."""
    from hiring.models import CandidateNote, Requisition

    job = Requisition.objects.filter(company_id=company.id, owner_id=actor.id).order_by("id").first()
    note = CandidateNote.objects.filter(company_id=company.id).order_by("id").first()
    return Pool(job, note.application) if job and note else None


class _Maker:
    def __init__(self, company: Made, job: Any, actor: Any, people: list[int]) -> None:
        self.company, self.job, self.actor, self.people = company, job, actor, people
        self.now: datetime = company.now
        self.stages = list(job.stages.select_related("kit").order_by("position"))

    def applications(self, n: int) -> list[Any]:
        """n in the pipeline and some that are closed; `place` is the stage that each has come to."""
        from hiring.models import Application, Candidate

        numbers = range(n + max(n // OPEN_TO_CLOSED, 1))
        candidates = Candidate.objects.bulk_create(
            (self._candidate(Candidate, number) for number in numbers), batch_size=2000
        )
        made = [self._application(Application, each, number, n) for number, each in enumerate(candidates)]
        return Application.objects.bulk_create(made, batch_size=2000)

    def _candidate(self, model: Any, number: int) -> Any:
        name = f"{GIVEN[number % len(GIVEN)]} {FAMILY[number % len(FAMILY)]} {number}"
        # Every fiftieth writes from the same telephone as the one before: may be the same person.
        phone = f"+49 30 {5_000_000 + number - (number % 50 == 1)}"
        return model(
            company_id=self.company.id,
            name=name,
            email=f"applicant{number}@people.example",
            phone=phone,
            links="https://people.example/cv",
            consented_at=self.now - 20 * A_DAY,
            consent_text="I agree. " * 20,
            keep_until=self.company.today + timedelta(days=5 + number % 365),
        )

    def _application(self, model: Any, candidate: Any, number: int, n: int) -> Any:
        place = _place(number)
        since = self.now - timedelta(hours=7 * (number % 60), minutes=number % 59)
        applied = since - (place * 6 + number % 5) * A_DAY
        is_closed, is_hired = number >= n, number >= n and number % 20 == 0
        if is_hired:
            place = len(self.stages) - 1
        made = model(
            company_id=self.company.id,
            candidate=candidate,
            requisition=self.job,
            stage=self.stages[place],
            state=("hired" if is_hired else "rejected") if is_closed else "active",
            source=SOURCES[number % len(SOURCES)],
            source_detail="A board" if number % 3 == 0 else "",
            applied_at=applied,
            stage_since=since,
            answered_at=since if number % 2 else None,
            closed_at=since + A_DAY / 24 if is_closed else None,
            next_action="Read the application" if number % 3 == 0 else "",
            next_by_id=self.people[number % len(self.people)] if number % 3 == 0 else None,
            next_on=self.company.today + timedelta(days=number % 9 - 2) if number % 3 == 0 else None,
        )
        made.place = place
        return made

    def moves(self, applications: list[Any]) -> None:
        """Through every stage up to the one where somebody is, and the end of those that are closed."""
        from hiring.models import Offer, StageMove

        rows, offers = [], []
        for each in applications:
            step = (each.stage_since - each.applied_at) / max(each.place, 1)
            of = {"company_id": self.company.id, "application": each, "moved_by": self.actor}
            for place in range(each.place + 1):
                at = each.applied_at + place * step
                rows.append(StageMove(stage=self.stages[place], moved_at=at, **of))
            if each.closed_at:
                rows.append(StageMove(stage=None, moved_at=each.closed_at, outcome=each.state, **of))
            if each.place == len(self.stages) - 1:
                state = "accepted" if each.state == "hired" else "out"
                starts_on = self.company.today + 30 * A_DAY
                offers.append(Offer(company_id=self.company.id, application=each, state=state,
                                    manager=self.actor, starts_on=starts_on, made_by=self.actor))  # fmt: skip
        StageMove.objects.bulk_create(rows, batch_size=5000)
        Offer.objects.bulk_create(offers)

    def interviews(self, applications: list[Any]) -> list[Any]:
        """A first call by one person; of those who came to the panel also one with three, of which a few still owe
        a scorecard. Those are drafts still: ratings are written before a scorecard is in."""
        from hiring.models import Interview, Scorecard

        talks = []
        for each in applications:
            for place in (1, 3) if each.place >= 3 else (1,):
                talks.append(self._interview(Interview, each, place))
        cards = []
        for number, talk in enumerate(Interview.objects.bulk_create(talks, batch_size=2000)):
            for seat in range(3 if talk.stage == self.stages[3] else 1):
                cards.append(self._card(Scorecard, talk, number, seat))
        return Scorecard.objects.bulk_create(cards, batch_size=2000)

    def _interview(self, model: Any, application: Any, place: int) -> Any:
        begins = application.applied_at + (place * 5 + 1) * A_DAY
        begins = min(begins, self.now - 2 * A_DAY)
        return model(
            company_id=self.company.id,
            application=application,
            stage=self.stages[place],
            kit=self.stages[place].kit,
            state="held",
            starts_at=begins,
            ends_at=begins + A_DAY / 32,
            zone="UTC",
            planned_by=self.actor,
        )

    def _card(self, model: Any, talk: Any, number: int, seat: int) -> Any:
        return model(
            company_id=self.company.id,
            interview=talk,
            application_id=talk.application_id,
            stage=talk.stage,
            member_id=self.people[(number + 7 * seat) % len(self.people)],
            role="lead" if seat == 0 else "scorer",
            state="draft",
            declared_at=talk.starts_at,
            started_at=talk.starts_at,
            due_at=talk.ends_at + A_DAY,
        )

    def ratings(self, cards: list[Any], words: str = "") -> None:
        """On every attribute of each card's kit, with evidence and a sign; then they are put in."""
        from hiring.models import KitQuestion, Rating, Scorecard, Sign

        # {kit: {attribute: a sign of its first question}}
        asked: dict[int, dict[int, str]] = {}
        for question in KitQuestion.objects.filter(company_id=self.company.id).order_by("-position"):
            asked.setdefault(question.of_id, {})[question.attribute_id] = question.good_signs[0]
        ratings, signs = [], []
        for number, card in enumerate(cards):
            for attribute, label in asked[card.interview.kit_id].items():
                of = {"company_id": self.company.id, "scorecard": card, "attribute_id": attribute}
                value = 1 + (card.application_id * 7 + attribute + (number % 3 == 0)) % 5
                ratings.append(Rating(value=value, is_given=True, evidence=words or WORDS[:99], **of))
                signs.append(Sign(is_warning=False, label=label, quote=words[:99], **of))
        Rating.objects.bulk_create(ratings, batch_size=5000)
        Sign.objects.bulk_create(signs, batch_size=5000)
        owed = {card.id for number, card in enumerate(cards) if number % 23 == 22}
        put_in = Scorecard.objects.filter(id__in=[card.id for card in cards if card.id not in owed])
        put_in.update(state="submitted", submitted_at=self.now, recommendation="yes", summary=words or "Yes.")

    def everything(self, application: Any) -> None:
        """A panel of four more that wrote a lot, notes, files, and a decision that was sent back."""
        from hiring.models import CandidateFile, CandidateNote, Decision, Interview, Scorecard

        of = {"company_id": self.company.id, "application": application}
        Scorecard.objects.filter(**of, state="draft").update(
            state="excused", excused_at=self.now, excuse="Ill"
        )
        talk = self._interview(Interview, application, 3)
        talk.save()
        cards = [self._card(Scorecard, talk, 3 + 5 * seat, 0) for seat in range(4)]
        for card, role in zip(cards, ("lead", "scorer", "scorer", "shadow"), strict=True):
            card.role = role
        self.ratings(Scorecard.objects.bulk_create(cards), WORDS)
        CandidateNote.objects.bulk_create(
            CandidateNote(author=self.actor, text=WORDS, **of) for _number in range(20)
        )
        CandidateFile.objects.bulk_create(
            CandidateFile(
                company_id=self.company.id,
                candidate_id=application.candidate_id,
                name=f"CV {number}.pdf",
                kind="pdf",
                size=90_000,
                place=f"bench/{number}",
                text=WORDS * 20,
                added_by=self.actor,
            )
            for number in range(3)
        )
        decided = {"threshold": self.job.threshold, "reason": WORDS, "decided_by": self.actor}
        Decision.objects.create(
            outcome="hire", state="refused", composite=3.2, answer="Why?", **decided, **of
        )


def _place(number: int) -> int:
    """Spread as `IN_STAGE` says; neighbours lie in different stages."""
    at, passed = number * 37 % 100, 0
    for place, share in enumerate(IN_STAGE):
        passed += share
        if at < passed:
            return place
    return 0


def _vacuum() -> None:
    from contextlib import closing

    from bench.place import loader

    with closing(loader()) as link, link.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(f'hiring_{table}' for table in TABLES)}")
