"""Reports on hiring: how long, how many, how well interviewers agree. Of scorecards only settled ones are counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Member
from cs_platform.lib import clock
from hiring.models import (
    Application,
    Attribute,
    Requisition,
    Scorecard,
    Source,
    Stage,
    VoluntaryAnswer,
)
from metrics.intervals import wilson

from .agreement import FEWEST, Agreement, Leniency
from .board import own_files
from .settings import settings_of
from .tally import Tally, tally

# Nothing is told of a smaller group.
SMALLEST_GROUP = 10
FOUR_FIFTHS = 0.8
MOST_OVERDUE = 100


@dataclass(frozen=True)
class Share:
    """part of n, with its 95 % interval."""

    part: int
    n: int

    @property
    def value(self) -> float | None:
        return self.part / self.n if self.n else None

    @property
    def text(self) -> str:
        return "–" if self.value is None else f"{self.value:.0%}".replace("%", " %")

    @property
    def interval(self) -> str:
        low, high = wilson(self.part, self.n)
        return "" if low is None or high is None else f"{low * 100:.0f}–{high * 100:.0f} %"


@dataclass(frozen=True)
class StageRow:
    """median: seconds of the visits that have ended, of which there are n. there: who is in it now."""

    name: str
    n: int
    median: float | None
    passed: Share
    there: int


@dataclass(frozen=True)
class SourceRow:
    name: str
    applications: int
    interviewed: Share
    offered: Share
    hired: Share


@dataclass(frozen=True)
class AgreementRow:
    name: str
    of: Agreement


@dataclass(frozen=True)
class LeniencyRow:
    name: str
    of: Leniency

    @property
    def is_enough(self) -> bool:
        return self.of.n >= FEWEST

    @property
    def text(self) -> str:
        return f"{self.of.difference:+.2f}".replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True)
class OverdueRow:
    """A scorecard that is late."""

    member: str
    application: int
    candidate: str
    stage: str
    due_at: datetime


@dataclass(frozen=True)
class GroupRow:
    """hired: None for a group that is too small to be told of. ratio: to the group with the highest rate."""

    kind: str
    name: str
    hired: Share | None
    ratio: float | None = None

    @property
    def is_below(self) -> bool:
        return self.ratio is not None and self.ratio < FOUR_FIFTHS


@dataclass(frozen=True)
class Reports:
    requisition: Requisition | None
    requisitions: list[Requisition]
    stages: list[StageRow] = field(default_factory=list)
    sources: list[SourceRow] = field(default_factory=list)
    agreement: list[AgreementRow] = field(default_factory=list)
    leniency: list[LeniencyRow] = field(default_factory=list)
    overdue: list[OverdueRow] = field(default_factory=list)
    # The reader's, by which times are told.
    today: date | None = None
    # None: not collected, or not for this reader.
    groups: list[GroupRow] | None = None

    @property
    def is_empty(self) -> bool:
        return not self.stages


def reports(member: Member, requisition_id: int | None = None) -> Reports:
    """Of the jobs that the member hires for, or of one of them; nobody's own application is in it."""
    known = list(Requisition.objects.visible_to(member).order_by("-opened_at", "-id"))
    chosen = next((each for each in known if each.id == requisition_id), None)
    ids, own = [each.id for each in ([chosen] if chosen else known)], own_files(member)
    counted = tally(member.company_id, ids, own)
    return Reports(
        requisition=chosen,
        requisitions=known,
        stages=_stages(counted),
        sources=_sources(counted),
        agreement=_agreement(member, counted),
        leniency=_leniency(member, counted),
        overdue=_overdue(member, ids, own),
        today=timezone.localtime(clock.now()).date(),
        groups=None if chosen else _groups(member),
    )


def _stages(counted: Tally) -> list[StageRow]:
    return [
        StageRow(str(name), n, median, Share(on, left), there)
        for kind, name in Stage.Kind.choices
        if kind in counted.visits
        for n, median, left, on, there in [counted.visits[kind]]
    ]


def _sources(counted: Tally) -> list[SourceRow]:
    names = dict(Source.choices)
    return [
        SourceRow(str(names[source]), n, Share(interviewed, n), Share(offered, n), Share(took, closed))
        for source, n, interviewed, offered, took, closed in counted.sources
    ]


def _agreement(member: Member, counted: Tally) -> list[AgreementRow]:
    if counted.together is None:
        return []
    found = counted.agreement
    names = Attribute.objects.filter(company_id=member.company_id, id__in=found).order_by("position", "id")
    rows = [AgreementRow(name, found[id]) for id, name in names.values_list("id", "name")]
    return [AgreementRow(_("All attributes together"), counted.together), *rows]


def _leniency(member: Member, counted: Tally) -> list[LeniencyRow]:
    found = counted.leniency
    if not found:
        return []
    people = Member.objects.visible_to(member).filter(id__in=[each.person for each in found])
    names = dict(people.values_list("id", "name"))
    return [LeniencyRow(names[each.person], each) for each in found]


def _overdue(member: Member, requisitions: list[int], own: list[int]) -> list[OverdueRow]:
    """Who is late is no secret, whatever is on the scorecard."""
    late = Scorecard.objects.filter(company_id=member.company_id, due_at__lt=clock.now()).waiting()
    late = late.filter(application__requisition_id__in=requisitions)
    rows = (
        late.exclude(application__candidate_id__in=own)
        .order_by("due_at", "id")
        .values_list(
            "member__name", "application_id", "application__candidate__name", "stage__name", "due_at"
        )
    )
    return [OverdueRow(*row) for row in rows[:MOST_OVERDUE]]


def _groups(member: Member) -> list[GroupRow] | None:
    """Of the whole company, for leaders and admins: slices could be taken from each other. Closed applications only."""
    if not member.sees_everybody or not settings_of(member.company_id).collects_voluntary:
        return None
    answers = VoluntaryAnswer.objects.filter(company_id=member.company_id).exclude(
        Q(application__state=Application.State.ACTIVE) | Q(application__candidate__member_id=member.id)
    )
    rows = (
        answers.order_by("kind", "value")
        .values_list("kind", "value")
        .annotate(n=Count("id"), hired=Count("id", filter=Q(application__state=Application.State.HIRED)))
    )
    told = {(kind, value): Share(took, n) for kind, value, n, took in rows if n >= SMALLEST_GROUP}
    best: dict[str, float] = {}
    for (kind, _value), share in told.items():
        best[kind] = max(best.get(kind, 0.0), share.value or 0.0)
    kinds = dict(VoluntaryAnswer.Kind.choices)
    return [
        GroupRow(str(kinds[kind]), value, share, _ratio(share, best[kind], kind, told) if share else None)
        for kind, value, _n, _took in rows
        for share in [told.get((kind, value))]
    ]


def _ratio(share: Share, best: float, kind: str, told: dict[tuple[str, str], Share]) -> float | None:
    """Of one group alone, or where nobody was hired, there is nothing to compare with."""
    alone = len([each for each in told if each[0] == kind]) < 2
    return None if alone or not best else (share.value or 0.0) / best


# --- As a file ----------------------------------------------------------------------------------------------------


def sheet(page: Reports) -> tuple[list[str], Iterator[list[object]]]:
    header = [_("report"), _("of"), _("figure"), _("value"), _("n"), _("low"), _("high")]
    return header, _lines(page)


def _lines(page: Reports) -> Iterator[list[object]]:
    for stage in page.stages:
        days = None if stage.median is None else round(stage.median / 86_400, 2)
        yield [_("Time in stage"), stage.name, _("median, days"), days, stage.n, None, None]
        yield _of_share(_("Pass-through"), stage.name, _("went on"), stage.passed)
    for source in page.sources:
        for figure, share in (
            (_("interviewed"), source.interviewed),
            (_("offered"), source.offered),
            (_("hired of those closed"), source.hired),
        ):
            yield _of_share(_("Source"), source.name, figure, share)
    for row in page.agreement:
        figures = [_rounded(each) for each in (row.of.icc, row.of.low, row.of.high)]
        yield [_("Agreement"), row.name, "ICC(1)", figures[0], row.of.n, *figures[1:]]
    for person in page.leniency:
        shown = [person.of.difference, person.of.low, person.of.high] if person.is_enough else [None] * 3
        figures = [_rounded(each) for each in shown]
        yield [_("Leniency"), person.name, _("points above others"), figures[0], person.of.n, *figures[1:]]
    for card in page.overdue:
        since = card.due_at.isoformat()
        yield [_("Overdue scorecard"), card.member, _("due"), since, None, None, None]
    for group in page.groups or []:
        if group.hired is not None:
            name = f"{group.kind}: {group.name}"
            yield _of_share(_("Selection rate"), name, _("hired of those closed"), group.hired)
            yield [_("Selection rate"), name, _("to the highest"), _rounded(group.ratio), None, None, None]


def _of_share(report: str, of: str, figure: str, share: Share) -> list[object]:
    low, high = wilson(share.part, share.n)
    return [report, of, figure, _rounded(share.value), share.n, _rounded(low), _rounded(high)]


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
