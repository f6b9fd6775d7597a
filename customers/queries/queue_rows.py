"""What a row of the queue says, in the reader's language and zone."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import Member
from cs_platform.lib import clock
from customers.models import Event, Priority, Status

from .clocks import next_of, stopped_words
from .search import Snippet, snippets
from .search_words import holds, marked

NEAR, SOON, WEEK = 3_600, 12 * 3_600, 6 * 86_400  # seconds


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue, ready to be shown.

    more: the priority if it is a high one, and where a word was found outside the subject. tone: "near" or "stop".
    face: "accent" for one's own.
    """

    id: int
    number: str
    subject: str
    more: str
    customer: str
    state: str
    clock: str
    clock_of: str
    tone: str
    icon: str
    assignee: str
    initials: str
    face: str
    category: str
    age: str


FIELDS = tuple(field.name for field in fields(QueueRow))


class Wording:
    """The words of a page's rows, looked up once for all of them."""

    def __init__(self, member: Member, terms: Sequence[str]):
        self.member, self.terms = member, terms
        self.now, self.zone = clock.now(), timezone.get_current_timezone()
        self.states = {key: str(label) for key, label in Status.choices}
        self.reopened, self.you, self.no_subject = _("Reopened"), _("You"), _("No subject")
        self.stopped = {key: stopped_words(key) for key in Status.values}
        high = (Priority.URGENT, Priority.HIGH)
        self.priorities = {priority.value: str(priority.label).lower() for priority in high}
        self.first, self.resolution, self.resolved = _("First response"), _("Resolution"), _("Resolved")
        self.no_deadline, self.late = _("No deadline"), _("%(time)s late")
        self.events = {key: str(label) for key, label in Event.choices} if terms else {}
        self.events |= {"": _("Text"), "replied": _("Reply"), "noted": _("Note")}
        self.units = ((86_400, _("d")), (3_600, _("h")), (60, _("min")))

    def rows(self, rows: Sequence[dict[str, Any]]) -> list[QueueRow]:
        hidden = [row["id"] for row in rows if self.terms and not holds(_shown(row), self.terms)]
        hits = snippets(self.member, hidden, self.terms)
        return [self.row(row, hits.get(row["id"])) for row in rows]

    def row(self, row: dict[str, Any], hit: Snippet | None) -> QueueRow:
        words, clock_of, tone, icon = self.clock(row)
        name = row["assignee__name"] or ""
        is_mine = row["assignee_id"] == self.member.id
        is_reopened = row["status"] == Status.OPEN and row["reopened_count"]
        return QueueRow(
            row["id"],
            row["external_id"],
            self.marked(row["subject"] or self.no_subject),
            self.more(row["priority"], hit),
            self.marked(row["customer__name"] or row["requester_email"]),
            self.reopened if is_reopened else self.states[row["status"]],
            words,
            clock_of,
            tone,
            icon,
            self.you if is_mine else name,
            "".join(word[0] for word in (name.split()[:1] + name.split()[1:][-1:])).upper(),
            "accent" if is_mine else "",
            row["category__name"] or "",
            self.span((self.now - row["opened_at"]).total_seconds(), units=1),
        )

    def clock(self, row: dict[str, Any]) -> tuple[str, str, str, str]:
        """(how long there is, of which clock, tone, icon)."""
        if stopped := self.stopped.get(row["status"]):
            return stopped, "", "stop", "pause"
        if row["status"] != Status.OPEN:
            at = row["last_resolved_at"]
            return (self.day(at, "j M Y"), self.resolved, "", "") if at else ("", "", "", "")
        first = row["first_response_due_at"]
        due = next_of(row["first_response_at"], first, row["resolution_due_at"])
        if due is None:
            return self.no_deadline, "", "stop", ""
        is_first = row["first_response_at"] is None and due == first
        which, left = self.first if is_first else self.resolution, (due - self.now).total_seconds()
        if left < 0:
            return self.late % {"time": self.span(-left)}, which, "near", "late"
        if left < NEAR:
            return self.span(left), which, "near", "clock"
        if left < SOON:
            return self.span(left), which, "", ""
        return self.day(due, "D H:i" if left < WEEK else self.far(due)), which, "", ""

    def span(self, seconds: float, units: int = 2) -> str:
        """3 d 4 h, 1 h 10 min, 22 min; with one unit 3 d, 1 h."""
        left, parts = max(int(seconds), 0), list[str]()
        for size, unit in self.units:
            count, left = divmod(left, size)
            if count or (size == 60 and not parts):
                parts.append(f"{count} {unit}")
            elif parts:
                break
        return " ".join(parts[:units])

    def far(self, due: datetime) -> str:
        """The form of a day far off: it says its year when that is not this one."""
        is_this_year = due.astimezone(self.zone).year == self.now.astimezone(self.zone).year
        return "j M, H:i" if is_this_year else "j M Y"

    def day(self, at: datetime, form: str) -> str:
        return date_format(at.astimezone(self.zone), form)

    def marked(self, text: str) -> str:
        return marked(text, self.terms) if self.terms else text

    def more(self, priority: str, hit: Snippet | None) -> str:
        shown = self.priorities.get(priority)
        badge = format_html('<span class="q-s__p">{}</span>', shown) if shown else SafeString("")
        return badge + format_html('<span class="q-s__hit">{}</span>', self.hit(hit)) if hit else badge

    def hit(self, snippet: Snippet) -> SafeString:
        where = f"{self.events.get(snippet.event, '')}, {self.day(snippet.at, 'j M')}"
        text = " ".join(snippet.text.split())
        text = text.partition(" ")[2] if snippet.is_cut and " " in text else text
        return mark_safe(f"{escape(where)}: “{marked(text[:110], self.terms)}”")  # noqa: S308 - both parts are escaped


def _shown(row: dict[str, Any]) -> str:
    return f"{row['subject']} {row['customer__name'] or ''}"
