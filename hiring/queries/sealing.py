"""Who may read which scorecard. The one place of the rule: every page, list, search, export, mail and API route that
shows anything of a scorecard of somebody else takes its rows from here.

- Whoever has a scorecard of an application that is neither in nor excused reads nothing of anybody else's on that
  application, of whatever role.
- Whoever has put in an own one reads those that are in on the same application and stage.
- Everybody else who may read the application reads a stage's scorecards once all of that stage are in or excused.
- The debrief, with composite and averages, opens when all of the application are in or excused.

Open to everybody is only how many are in: "2 of 4 submitted", and who is still missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Member
from hiring.models import Application, CandidateNote, Decision, Scorecard

SUBMITTED = Scorecard.State.SUBMITTED


def readable_cards(member: Member) -> QuerySet[Any]:
    """The member's own, and those of others that are not sealed for the member."""
    ours = Scorecard.objects.filter(company_id=member.company_id)
    same_panel = ours.filter(application_id=OuterRef("application_id"), stage_id=OuterRef("stage_id"))
    is_open = Exists(same_panel.filter(member_id=member.id, state=SUBMITTED)) | ~Exists(same_panel.waiting())
    reachable = Application.objects.visible_to(member).order_by()
    not_sealed = Q(state=SUBMITTED) & ~_waits_for(member, "application_id") & is_open
    return ours.filter(
        (Q(member_id=member.id) | not_sealed), application_id__in=reachable.values("id")
    ).order_by()


def readable_notes(member: Member) -> QuerySet[Any]:
    """Notes on candidates, but those of people on a panel whose scorecards the member may not read."""
    cards = Scorecard.objects.filter(company_id=member.company_id)
    of_author = cards.filter(application_id=OuterRef("application_id"), member_id=OuterRef("author_id"))
    of_author = of_author.exclude(state=Scorecard.State.EXCUSED)
    sealed = Exists(of_author.exclude(id__in=readable_cards(member).values("id")))
    reachable = Application.objects.visible_to(member).order_by()
    notes = CandidateNote.objects.filter(
        company_id=member.company_id, application_id__in=reachable.values("id")
    )
    return notes.filter(Q(author_id=member.id) | ~sealed)


def sealed_authors(member: Member, application: Application, cards: Iterable[Any]) -> set[int]:
    """Of one application that the member reaches: whose notes are sealed. cards: all its scorecards.

    The same rule as `readable_notes`, for a page that has the scorecards already.
    """
    counting = [card for card in cards if card.state != Scorecard.State.EXCUSED]
    if not any(card.is_open for card in counting):
        return set()  # everything that is in is read by everybody
    read = set(readable_cards(member).filter(application_id=application.id).values_list("id", flat=True))
    return {card.member_id for card in counting if card.id not in read} - {member.id}


def readable_decisions(member: Member) -> QuerySet[Any]:
    """Decisions, and with them composites, but for people whose own scorecard is outstanding."""
    reachable = Application.objects.visible_to(member).order_by()
    return decisions_unsealed(member).filter(application_id__in=reachable.values("id"))


def decisions_unsealed(member: Member) -> QuerySet[Any]:
    """The same where the applications are ones that the member reaches anyway."""
    decisions = Decision.objects.filter(company_id=member.company_id)
    return decisions.filter(~_waits_for(member, "application_id"))


def settled_cards(company_id: int) -> QuerySet[Any]:
    """Scorecards that are in, of applications on which none is outstanding: what reports may count."""
    ours = Scorecard.objects.filter(company_id=company_id)
    # Gathered once and not looked for again beside each of thousands.
    outstanding = ours.waiting().order_by().values("application_id")
    return ours.exclude(application_id__in=outstanding).filter(state=SUBMITTED).order_by()


def is_debrief_open(application: Application) -> bool:
    """All scorecards are in or excused, and one at least is in. The same for every reader."""
    cards = Scorecard.objects.filter(company_id=application.company_id, application_id=application.id)
    return opens_debrief(cards.values_list("state", flat=True))


def opens_debrief(states: Iterable[str]) -> bool:
    """The same, of the states of all the application's scorecards."""
    found = set(states)
    return SUBMITTED in found and not found & {Scorecard.State.ASSIGNED, Scorecard.State.DRAFT}


@dataclass(frozen=True)
class Progress:
    """How many scorecards of an application, or of one of its stages, are in. total: without those excused."""

    submitted: int
    total: int

    @classmethod
    def among(cls, states: Iterable[str]) -> "Progress | None":
        """Of the states of some scorecards; None if all are excused or there are none."""
        found = [state for state in states if state != Scorecard.State.EXCUSED]
        return cls(found.count(SUBMITTED), len(found)) if found else None

    @property
    def is_complete(self) -> bool:
        return 0 < self.total == self.submitted


def progress_of(company_id: int, applications: Iterable[int]) -> dict[tuple[int, int], Progress]:
    """{(application, stage): Progress}; stages without scorecards are left out."""
    cards = Scorecard.objects.filter(company_id=company_id, application_id__in=list(applications))
    rows = (
        cards.exclude(state=Scorecard.State.EXCUSED)
        .order_by()
        .values_list("application_id", "stage_id")
        .annotate(submitted=Count("id", filter=Q(state=SUBMITTED)), total=Count("id"))
    )
    return {(application, stage): Progress(submitted, total) for application, stage, submitted, total in rows}


def _waits_for(member: Member, application: str) -> Exists:
    own = Scorecard.objects.of(member).waiting()
    return Exists(own.filter(application_id=OuterRef(application)))
