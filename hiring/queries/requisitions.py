"""The list of jobs with what waits on each, and the page of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Count, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value

from accounts.models import Member
from cs_platform.lib import clock
from hiring.models import (
    Application,
    Attribute,
    Criterion,
    Decision,
    Interview,
    Offer,
    Requisition,
    Scorecard,
    Stage,
    StageMove,
)

from .people import applications_to
from .sealing import decisions_unsealed
from .seats import taken_seats
from .unqualified import Unready, unqualified

A_PAGE = 50
SHOWN_CARDS = 30
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Waiting:
    """What a job waits for. over: candidates longer in a stage than planned. cards: scorecards that are not in
    though the interview has ended. decisions: those that a second person has to look at, where the reader may.
    unready: interviews to come with somebody to score who is not qualified yet."""

    people: int = 0
    over: int = 0
    cards: int = 0
    decisions: int = 0
    offers: int = 0
    unready: Sequence[Unready] = ()

    @property
    def is_anything(self) -> bool:
        return bool(self.over or self.cards or self.decisions or self.offers or self.unready)


@dataclass(frozen=True)
class RequisitionRow:
    requisition: Requisition
    taken: int
    waits: Waiting

    @property
    def left(self) -> int:
        return max(0, self.requisition.seats - self.taken)


@dataclass(frozen=True)
class OwnCards:
    """The reader's scorecards that are not in. due: the interview has ended. ahead: it has not."""

    due: list[Scorecard]
    ahead: list[Scorecard]


@dataclass(frozen=True)
class HiringPage:
    rows: list[RequisitionRow]
    page: Page
    closed: int
    own: OwnCards

    @property
    def left(self) -> int:
        return sum(row.left for row in self.rows if row.requisition.state == Requisition.State.OPEN)

    @property
    def over(self) -> int:
        return sum(row.waits.over for row in self.rows)


def hiring_page(member: Member, number: str | None, is_closed: bool) -> HiringPage:
    """What the reader hires for, newest first, and the own interviews."""
    found = Requisition.objects.visible_to(member)
    standing = Q(state__in=[Requisition.State.OPEN, Requisition.State.ON_HOLD])
    shown = found.exclude(standing) if is_closed else found.filter(standing)
    page = Paginator(shown.select_related("manager").order_by("-opened_at", "-id"), A_PAGE).get_page(number)
    requisitions = list(page.object_list)
    waits = waiting(member, [each.id for each in requisitions])
    taken = taken_seats(member.company_id) if requisitions else {}
    rows = [RequisitionRow(each, taken.get(each.id, 0), waits[each.id]) for each in requisitions]
    return HiringPage(rows, page, found.exclude(standing).count(), own_cards(member))


def own_cards(member: Member) -> OwnCards:
    """Outstanding ones first by due date, then those of interviews to come."""
    cards = Scorecard.objects.of(member).waiting().exclude(interview__state=Interview.State.CANCELLED)
    cards = cards.select_related(
        "interview", "stage", "application__candidate", "application__requisition"
    ).order_by("interview__ends_at", "id")[:SHOWN_CARDS]
    now = clock.now()
    due = [card for card in cards if card.interview.ends_at <= now]
    return OwnCards(due, [card for card in cards if card.interview.ends_at > now])


def waiting(member: Member, requisitions: Iterable[int]) -> dict[int, Waiting]:
    """{requisition id: Waiting} of jobs that the reader hires for, without the reader's own application."""
    ids = list(requisitions)
    if not ids:
        return {}
    active = applications_to(member, ids).filter(state=Application.State.ACTIVE)
    reachable, counted = active.values("id"), active.values_list("requisition_id")
    people = {
        id: (n, over)
        for id, n, over in counted.annotate(n=Count("id"), over=Count("id", filter=is_over(clock.now())))
    }
    cards = Scorecard.objects.filter(company_id=member.company_id, application_id__in=reachable).waiting()
    cards = cards.filter(interview__ends_at__lte=clock.now())
    cards = cards.exclude(interview__state=Interview.State.CANCELLED)
    decisions = decisions_unsealed(member).filter(state=Decision.State.PROPOSED, application_id__in=reachable)
    decisions = decisions.exclude(decided_by_id=member.id)
    offers = Offer.objects.filter(
        company_id=member.company_id, state=Offer.State.OUT, application_id__in=reachable
    )
    through = "application__requisition_id"
    outstanding, decided, out = (_by(each, through) for each in (cards, decisions, offers))
    unready = unqualified(member, ids)
    return {
        id: Waiting(
            *people.get(id, (0, 0)),
            outstanding.get(id, 0),
            decided.get(id, 0),
            out.get(id, 0),
            unready.get(id, ()),
        )
        for id in ids
    }


def is_over(now: datetime) -> Q:
    """Applications that have been in their stage for longer than its limit."""
    limit = F("stage__limit_days") * Value(DAY)
    since = ExpressionWrapper(Value(now) - limit, output_field=DateTimeField())
    return Q(stage_since__lt=since)


def _by(rows: QuerySet, path: str) -> dict[int, int]:
    """{what the path leads to: how many rows}."""
    return dict(rows.order_by().values_list(path).annotate(n=Count("id")))


# --- One job ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StageRow:
    """people: who is in it now. may_go: nobody has ever come through it."""

    stage: Stage
    people: int
    may_go: bool


@dataclass(frozen=True)
class Weight:
    """An attribute with its part of all weights, in per cent. is_asked: a kit of the stages asks for it."""

    criterion: Criterion
    per_cent: Decimal
    is_asked: bool


@dataclass(frozen=True)
class RequisitionPage:
    requisition: Requisition
    stages: list[StageRow]
    weights: list[Weight]
    team: list[Member]
    taken: int
    waits: Waiting

    @property
    def left(self) -> int:
        return max(0, self.requisition.seats - self.taken)

    @property
    def unasked(self) -> list[Weight]:
        return [weight for weight in self.weights if not weight.is_asked]


def requisition_page(member: Member, requisition: Requisition) -> RequisitionPage:
    rows = requisition.team_rows.select_related("member").order_by("member__name", "member_id")
    offers = Offer.objects.filter(company_id=requisition.company_id, state=Offer.State.ACCEPTED)
    return RequisitionPage(
        requisition=requisition,
        stages=stage_rows(requisition),
        weights=weights_of(requisition),
        team=[row.member for row in rows],
        taken=offers.filter(application__requisition_id=requisition.id).count(),
        waits=waiting(member, [requisition.id])[requisition.id],
    )


def stage_rows(requisition: Requisition) -> list[StageRow]:
    """In their order, in two queries."""
    of_stage = {"company_id": requisition.company_id, "stage_id": OuterRef("id")}
    applications = Application.objects.filter(requisition=requisition)
    is_used = (
        Exists(StageMove.objects.filter(**of_stage))
        | Exists(applications.filter(stage_id=OuterRef("id")))
        | Exists(Interview.objects.filter(**of_stage))
    )
    stages = requisition.stages.select_related("kit__kit").annotate(is_used=is_used).order_by("position")
    people = _by(applications.filter(state=Application.State.ACTIVE), "stage_id")
    return [StageRow(stage, people.get(stage.id, 0), not stage.is_used) for stage in stages]


def weights_of(requisition: Requisition) -> list[Weight]:
    """Heaviest first."""
    criteria = list(requisition.criteria.select_related("attribute"))
    total = sum(each.weight for each in criteria) or Decimal(1)
    asked = asked_by(requisition)
    rows = [Weight(each, 100 * each.weight / total, each.attribute_id in asked) for each in criteria]
    return sorted(rows, key=lambda row: (-row.criterion.weight, row.criterion.attribute.position))


def asked_by(requisition: Requisition) -> set[int]:
    """Ids of the attributes that the kits of the stages ask for."""
    stages = requisition.stages.filter(kit__isnull=False).order_by()
    return set(stages.values_list("kit__attributes__attribute_id", flat=True))


def weighable(requisition: Requisition) -> list[Attribute]:
    """Attributes of the company that stand, and those that weigh already."""
    weighs = requisition.criteria.order_by().values("attribute_id")
    found = Attribute.objects.filter(company_id=requisition.company_id)
    return list(found.filter(Q(archived_at__isnull=True) | Q(id__in=weighs)).order_by("position", "id"))
