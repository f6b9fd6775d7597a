"""The debrief of an application: what everybody saw, side by side, largest disagreement first."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Member
from cs_platform.lib.words import decimal
from hiring.composite import APART, Given, Line
from hiring.models import (
    Application,
    Decision,
    KitAttribute,
    PanelRole,
    Rating,
    Revision,
    Sample,
    Scorecard,
    Sign,
)

from .reckoning import Reckoning, reckoned
from .sealing import settled_cards

# Closer than this to the line, one place is not enough; closer than a hair, it is at it.
NEAR, HAIR = Decimal("0.05"), Decimal("0.005")
# By scorecard and attribute.
Ratings = dict[tuple[int, int], Rating]


@dataclass(frozen=True)
class Column:
    """A scorecard, with who wrote it. is_grouped: there are several stages, so that somebody may have more than one.
    is_first: of its stage."""

    card: Scorecard
    is_grouped: bool = False
    is_first: bool = False

    @property
    def counts(self) -> bool:
        return self.card.counts

    @property
    def told(self) -> str:
        """What the person was on which panel; a stage that stands above is not said again."""
        told = [self.card.get_role_display()]
        if not self.is_grouped:
            told.append(self.card.stage.name)
        return ", ".join(told if self.counts else [*told, _("not counted")])

    @property
    def label(self) -> str:
        """Where the heads of the table are not seen."""
        name = self.card.member.name
        return f"{name}, {self.card.stage.name}" if self.is_grouped else name


@dataclass(frozen=True)
class Cell:
    """What one scorecard says of one attribute. asked: None if its kit does not ask for it."""

    column: Column
    asked: KitAttribute | None
    rating: Rating | None
    signs: list[Sign]
    samples: list[Sample]
    revisions: list[Revision]
    is_own: bool

    @property
    def anchor(self) -> str:
        if self.asked is None or self.rating is None or self.rating.value is None:
            return ""
        return self.asked.anchor(self.rating.value)

    @property
    def has_words(self) -> bool:
        return bool((self.rating and self.rating.evidence) or self.signs or self.samples)


@dataclass(frozen=True)
class Point:
    """Where a rating lies on the drawn scale, and how big it is: some people may have given the same."""

    x: str
    r: str


@dataclass(frozen=True)
class Row:
    """An attribute. line: its part of the composite; None if it does not weigh. first: whether it leads the table."""

    attribute: int
    name: str
    line: Line | None
    cells: list[Cell]
    is_first: bool = False

    @property
    def spread(self) -> int:
        return self.line.spread if self.line else 0

    @property
    def is_apart(self) -> bool:
        return self.spread >= APART

    @cached_property
    def values(self) -> list[int]:
        """Those that count, in order."""
        rated = [cell.rating.value for cell in self.cells if cell.column.counts and cell.rating]
        return sorted(value for value in rated if value is not None)

    @property
    def points(self) -> list[Point]:
        return [
            Point(_place(value), "5.5" if self.values.count(value) > 1 else "4")
            for value in sorted(set(self.values))
        ]

    @property
    def ends(self) -> tuple[str, str]:
        return _place(min(self.values)), _place(max(self.values))

    @property
    def mean(self) -> str:
        """Where the mean lies."""
        return _place(sum(self.values) / len(self.values))

    @property
    def told(self) -> str:
        """The ratings for whoever does not see the drawing."""
        given = ", ".join(map(str, self.values))
        mean = f"{sum(self.values) / len(self.values):.1f}"
        return _("%(name)s: ratings %(given)s, mean %(mean)s") % {
            "name": self.name,
            "given": given,
            "mean": mean,
        }


@dataclass(frozen=True)
class Figures:
    """A reckoning as it is shown. A composite next to its line is shown with a second place."""

    of: Reckoning

    @property
    def gap(self) -> Decimal:
        return (self.of.value or Decimal(0)) - self.of.threshold

    @property
    def composite(self) -> str:
        places = 1 if abs(self.gap) >= NEAR else 2
        return decimal(float(self.of.value or 0), places)

    @property
    def compared(self) -> str:
        """Against the line, in words."""
        if self.gap == 0 or abs(self.gap) < HAIR:
            return _("at the line") if self.of.is_above else _("just below the line")
        size = decimal(float(abs(self.gap)), 1 if abs(self.gap) >= NEAR else 2)
        return (_("%s above the line") if self.gap > 0 else _("%s below the line")) % size

    @property
    def line(self) -> str:
        return decimal(float(self.of.threshold), 2).rstrip("0").rstrip(".")

    @property
    def composite_at(self) -> str:
        return _on_line(float(self.of.value or 1))

    @property
    def line_at(self) -> str:
        return _on_line(float(self.of.threshold))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Attribute, weight in per cent, n, mean, and what it adds."""
        return [
            line | {"percent": f"{float(line['share']) * 100:.0f} %" if line["n"] else "–"}
            for line in self.of.kept
        ]


@dataclass(frozen=True)
class Missing:
    """Somebody whose scorecard is outstanding. That they are missing is no secret."""

    member: Member
    due_at: datetime
    is_late: bool
    is_own: bool
    card_id: int

    @property
    def told(self) -> str:
        return _("late since") if self.is_late else _("due")


@dataclass(frozen=True)
class Debrief:
    """While it is closed there are only how many scorecards are in, and who is missing."""

    application: Application
    is_open: bool
    submitted: int
    total: int
    missing: list[Missing] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    reckoning: Reckoning | None = None
    decisions: list[Decision] = field(default_factory=list)

    @property
    def opened_at(self) -> datetime | None:
        """When the last scorecard came."""
        at = [column.card.submitted_at for column in self.columns if column.card.submitted_at]
        return max(at, default=None)

    @property
    def figures(self) -> Figures | None:
        return Figures(self.reckoning) if self.reckoning else None

    @property
    def kits(self) -> list[str]:
        return sorted({str(column.card.interview.kit) for column in self.columns})

    @property
    def stages(self) -> list[tuple[str, int]]:
        """(stage, how many scorecards) above the columns; nothing if all are of one."""
        if not self.columns or not self.columns[0].is_grouped:
            return []
        grouped = groupby(self.columns, key=lambda column: column.card.stage)
        return [(stage.name, len(list(columns))) for stage, columns in grouped]

    @property
    def is_wide(self) -> bool:
        """More columns than a page has room for: they scroll beside the attributes."""
        return len(self.columns) > 5

    @property
    def waiting(self) -> Decision | None:
        """The decision that a second person has to answer."""
        return next((each for each in self.decisions if each.state == Decision.State.PROPOSED), None)

    @property
    def lede(self) -> str:
        """What to talk about, in a sentence or two."""
        apart = [row for row in self.rows if row.is_apart]
        if not apart:
            return _("The panel agrees: no attribute is 2 points apart.")
        said = [
            _("Talk about %(attribute)s first: the panel is %(n)s points apart.")
            % {"attribute": apart[0].name.lower(), "n": apart[0].spread}
        ]
        said += [
            _("%(attribute)s is %(n)s apart.") % {"attribute": row.name, "n": row.spread} for row in apart[1:]
        ]
        rest = [row for row in self.rows if row.line and row.line.n and not row.is_apart]
        return " ".join([*said, _("The rest is within 1.")] if rest else said)


def debrief_of(member: Member, application: Application) -> Debrief:
    """What the member may read of it now."""
    columns = _columns(application)
    if not columns:
        return _closed(member, application)
    ratings = _ratings(columns)
    reckoning = _reckoning(application, columns, ratings)
    return Debrief(
        application,
        True,
        len(columns),
        len(columns),
        columns=columns,
        rows=_rows(member, columns, ratings, reckoning),
        reckoning=reckoning,
        decisions=_decisions(application),
    )


def _closed(member: Member, application: Application) -> Debrief:
    cards = Scorecard.objects.filter(company_id=application.company_id, application_id=application.id)
    due = list(cards.exclude(state=Scorecard.State.EXCUSED).select_related("member").order_by("due_at", "id"))
    missing = [
        Missing(card.member, card.due_at, card.is_late, card.member_id == member.id, card.id)
        for card in due
        if card.is_open
    ]
    return Debrief(application, False, len(due) - len(missing), len(due), missing)


def _decisions(application: Application) -> list[Decision]:
    """Newest first. In an open debrief nobody's scorecard is outstanding, so whoever reaches it reads them."""
    rows = Decision.objects.filter(company_id=application.company_id, application_id=application.id)
    return list(rows.select_related("decided_by", "approved_by").order_by("-id"))


def _columns(application: Application) -> list[Column]:
    """None until all are in or excused; then whoever reaches the application reads them."""
    cards = settled_cards(application.company_id).filter(application_id=application.id)
    found = cards.select_related("member", "stage", "interview__kit__kit").only(
        "company_id", "application_id", "role", "state", "recommendation", "summary", "submitted_at",
        "member__name", "stage__name", "stage__position", "interview__kit__number", "interview__kit__kit__name",
    )  # fmt: skip
    roles = list(PanelRole.values)
    order = sorted(found, key=lambda each: (-each.stage.position, roles.index(each.role), each.id))
    before = [None, *(card.stage_id for card in order)]
    is_grouped = len({card.stage_id for card in order}) > 1
    return [
        Column(card, is_grouped, is_grouped and card.stage_id != last)
        for card, last in zip(order, before, strict=False)
    ]


def _of(columns: list[Column]) -> dict[str, Any]:
    return {
        "company_id": columns[0].card.company_id,
        "scorecard_id__in": [column.card.id for column in columns],
    }


def _ratings(columns: list[Column]) -> Ratings:
    rows = Rating.objects.filter(**_of(columns))
    return {(each.scorecard_id, each.attribute_id): each for each in rows}


def _reckoning(application: Application, columns: list[Column], ratings: Ratings) -> Reckoning:
    people = {column.card.id: column.card.member_id for column in columns if column.counts}
    given = [
        Given(attribute, people[card], rating.value)
        for (card, attribute), rating in ratings.items()
        if card in people
    ]
    return reckoned(application, people, given)


def _rows(member: Member, columns: list[Column], ratings: Ratings, reckoning: Reckoning) -> list[Row]:
    of_cards = _of(columns)
    signs: dict[tuple[int, int], list[Sign]] = defaultdict(list)
    for sign in Sign.objects.filter(**of_cards).order_by("is_warning", "id"):
        signs[sign.scorecard_id, sign.attribute_id].append(sign)
    revisions: dict[int, list[Revision]] = defaultdict(list)
    of_ratings = {
        "company_id": of_cards["company_id"],
        "rating_id__in": [rating.id for rating in ratings.values()],
    }
    for revision in Revision.objects.filter(**of_ratings).order_by("id"):
        revisions[revision.rating_id].append(revision)
    samples: dict[tuple[int, int], list[Sample]] = defaultdict(list)
    for sample in Sample.objects.filter(**of_cards).select_related("question").order_by("question__position"):
        if sample.first_try or sample.feedback or sample.second_try:
            samples[sample.scorecard_id, sample.question.attribute_id].append(sample)
    asked = {
        (each.of_id, each.attribute_id): each
        for each in KitAttribute.objects.filter(
            company_id=of_cards["company_id"], of_id__in={column.card.interview.kit_id for column in columns}
        )
    }
    names = {each.attribute_id: each.name for each in asked.values()} | reckoning.names
    lines = {line.attribute: line for line in reckoning.composite.lines}

    def cells(attribute: int) -> Iterator[Cell]:
        for column in columns:
            key = (column.card.id, attribute)
            kit = asked.get((column.card.interview.kit_id, attribute))
            own = column.card.member_id == member.id
            rating = ratings.get(key)
            later = revisions[rating.id] if rating else []
            yield Cell(column, kit, rating, signs[key], samples[key], later, own)

    order = sorted(names, key=lambda each: (-_spread(lines.get(each)), each not in lines))
    return [
        Row(attribute, names[attribute], lines.get(attribute), list(cells(attribute)), not place)
        for place, attribute in enumerate(order)
    ]


def _spread(line: Line | None) -> int:
    return line.spread if line else -1


def _place(value: float) -> str:
    """On the drawn scale: 1 at 4 %, 5 at 96 %."""
    return f"{4 + (value - 1) * 23:.4g}%"


def _on_line(value: float) -> str:
    """On the line from 1 to 5."""
    return f"{(value - 1) * 25:.4g}%"
