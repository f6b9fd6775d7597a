"""An item of a path: what is to be done, the steps of a playbook as they stand today, and all that happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from accounts.models import Member
from cs_platform.lib import clock
from cs_platform.templatetags.parts import part as rendered
from customers.models import Ticket
from playbooks.graph import Node
from playbooks.models import Version
from playbooks.queries.graphs import graph_of
from training.markdown import STEP, html_of
from training.models import Enrolment, Entry, Item, Session
from training.permissions import can_ask, can_do, can_judge, can_waive

from .parts import Chapter, Part, Way, way_of
from .people import is_above


@dataclass(frozen=True)
class Said:
    """An entry as it is read: the lines of the rubric that were seen, and the tickets on which."""

    entry: Entry
    seen: Sequence[str]
    tickets: Sequence[Ticket]


@dataclass(frozen=True)
class ItemPage:
    """body: the text with its steps. steps: the whole playbook, where the text names none of them."""

    enrolment: Enrolment
    way: Way
    chapter: Chapter
    part: Part
    body: SafeString
    steps: Sequence[Node]
    version: Version | None
    history: Sequence[Said]
    sessions: Sequence[Session]
    is_own: bool
    may_do: bool
    may_ask: bool
    may_judge: bool
    may_waive: bool

    @property
    def item(self) -> Item:
        return self.part.item

    @property
    def asked(self) -> Said | None:
        """What waits for somebody's word."""
        found = self.part.asked
        return next((said for said in self.history if found and said.entry.id == found.id), None)

    @property
    def shows_partner(self) -> bool:
        """What the partner of a role-play says is for whoever plays it, and not for the trainee."""
        return bool(self.item.partner) and not self.is_own


def item_page(member: Member, enrolment: Enrolment, item: int, today: date) -> ItemPage | None:
    """None for an item that is not on the path."""
    above = not member.sees_everybody and is_above(member, enrolment.member_id)
    waives = can_waive(member, enrolment, above)
    way = way_of(enrolment, today, judges=waives)
    if (found := way.part(item)) is None:
        return None
    chapter, part = found
    is_free = chapter.is_open and not part.is_done
    version, nodes = _playbook(part)
    body, named = _body(part.item.body, nodes)
    return ItemPage(
        enrolment=enrolment,
        way=way,
        chapter=chapter,
        part=part,
        body=body,
        steps=[] if named or part.item.kind != Item.Kind.LESSON else nodes,
        version=version,
        history=_history(member, enrolment, part),
        sessions=_sessions(part.item),
        is_own=enrolment.member_id == member.id,
        may_do=is_free and can_do(member, enrolment, part.item),
        may_ask=is_free and not part.at.waits and can_ask(member, enrolment, part.item),
        may_judge=not part.is_done and can_judge(member, enrolment, part.item, above),
        may_waive=not part.is_done and waives,
    )


def _playbook(part: Part) -> tuple[Version | None, Sequence[Node]]:
    """The version that is out now, and its steps."""
    if part.module.playbook_id is None:
        return None, ()
    version = Version.objects.filter(
        company_id=part.item.company_id, playbook_id=part.module.playbook_id, state=Version.State.PUBLISHED
    ).first()
    return (version, graph_of(version).nodes) if version else (None, ())


def _body(text: str, nodes: Sequence[Node]) -> tuple[SafeString, bool]:
    """The text as HTML, and whether it names a step of its own."""
    by_key = {node.key: (number, node) for number, node in enumerate(nodes, 1)}

    def step(key: str) -> SafeString | None:
        if key not in by_key:
            return None
        number, node = by_key[key]
        return rendered("training/items/_step.html", number=number, node=node, inside=True)

    named = any(match[1] in by_key for match in STEP.finditer(text))
    return html_of(text, 2, step), named


def _history(member: Member, enrolment: Enrolment, part: Part) -> list[Said]:
    """All entries of the item, the newest first."""
    entries = Entry.objects.filter(company_id=enrolment.company_id, enrolment=enrolment, item=part.item)
    rows = list(entries.select_related("by").order_by("-id")) if part.at.is_begun else []
    tickets = _tickets(member, rows)
    rubric = part.item.rubric
    return [
        Said(
            entry,
            [rubric[n] for n in entry.checks if n < len(rubric)],
            [tickets[id] for id in entry.tickets if id in tickets],
        )
        for entry in rows
    ]


def _tickets(member: Member, entries: Iterable[Entry]) -> dict[int, Ticket]:
    ids = {id for entry in entries for id in entry.tickets}
    if not ids:
        return {}
    rows: Any = Ticket.objects.visible_to(member).filter(id__in=ids).only("id", "external_id", "subject")
    return {ticket.id: ticket for ticket in rows}


def _sessions(item: Item) -> list[Session]:
    """Where a live session can be attended next."""
    if item.kind != Item.Kind.SESSION:
        return []
    rows = Session.objects.filter(company_id=item.company_id, item=item.key, cancelled_at__isnull=True)
    return list(rows.filter(ends_at__gt=clock.now()).select_related("host").order_by("starts_at")[:3])
