"""What the address of the queue asks for. Whatever is wrong with it is said by name and left out."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Member
from cs_platform.lib.days import day_of
from customers.models import UNRESOLVED, Category, Channel, Customer, Priority, Status
from customers.queries.queue import DONE, NEVER, SORTS, Filters, micros
from customers.queries.search_words import MOST_LETTERS

ANY = tuple(status for status in Status.values if status != Status.DELETED)
GROUPS: dict[str, tuple[str, ...]] = {"unresolved": UNRESOLVED, "done": DONE, "any": ANY}


class BadValue(Exception):
    """A parameter says something that cannot be; the message tells what could."""


@dataclass(frozen=True)
class Chip:
    """A filter as the page shows it: its name, what it asks for, and the address without it."""

    title: str
    words: str
    without: str


@dataclass(frozen=True)
class Asked:
    filters: Filters
    chips: list[Chip] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)  # what of the address counts

    @property
    def query(self) -> str:
        """The filters and the order, as a query string."""
        return urlencode(self.sent)

    @property
    def kept(self) -> dict[str, str]:
        """What a new search keeps."""
        return {key: value for key, value in self.sent.items() if key not in ("q", "sort")}

    @property
    def unsorted(self) -> dict[str, str]:
        """What another order keeps."""
        return {key: value for key, value in self.sent.items() if key != "sort"}

    @property
    def everywhere(self) -> str:
        """The same words in all tickets."""
        return urlencode({"q": self.filters.q})


Found = tuple[dict[str, Any], Any, str]  # fields of Filters, name of the filter, its value in words


def _state(member: Member, text: str) -> Found:
    states = [part for name in text.split(",") for part in GROUPS.get(name.strip(), (name.strip(),))]
    if unknown := [state for state in states if state not in ANY]:
        raise BadValue(
            _("“%(value)s” is no state. There are %(known)s.")
            % {"value": unknown[0], "known": ", ".join([*GROUPS, *ANY])}
        )
    kept = tuple(state for state in ANY if state in states)
    words = _("any") if kept == ANY else ", ".join(str(Status(state).label).lower() for state in kept)
    return {"states": kept}, _("State"), words


def _assignee(member: Member, text: str) -> Found:
    title = _("Assignee")
    if text == "me":
        return {"assignee": member.id}, title, _("you")
    if text == "nobody":
        return {"is_unassigned": True}, title, _("nobody")
    person = _row(Member.objects.visible_to(member), text, _("There is no such person."))
    return {"assignee": person.id}, title, person.name


def _team(member: Member, text: str) -> Found:
    person = _row(Member.objects.visible_to(member), text, _("There is no such person."))
    return {"team": person.id}, _("Team of"), person.name


def _category(member: Member, text: str) -> Found:
    found = _row(Category.objects.visible_to(member), text, _("There is no such category."))
    return {"category": found.id}, _("Category"), found.name


def _customer(member: Member, text: str) -> Found:
    rows = Customer.objects.visible_to(member)
    if not text.isdigit():
        # The form of filters asks for a name.
        text = str(rows.filter(name__iexact=text).values_list("id", flat=True).first() or 0)
    found = _row(rows, text, _("There is no such customer."))
    return {"customer": found.id}, _("Customer"), found.name


def _row(rows: Any, text: str, missing: str) -> Any:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    found = rows.filter(id=number).first() if number else None
    if found is None:
        raise BadValue(missing)
    return found


def _priority(member: Member, text: str) -> Found:
    return {"priority": _choice(text, Priority.values)}, _("Priority"), str(Priority(text).label).lower()


def _channel(member: Member, text: str) -> Found:
    by_name = {channel.name.lower(): channel for channel in Channel}
    channel = by_name[_choice(text, list(by_name))]
    return {"channel": channel.value}, _("Channel"), str(channel.label)


def _due(member: Member, text: str) -> Found:
    words = {"late": _("late"), "today": _("today")}
    return {"due": _choice(text, list(words)), "states": (Status.OPEN.value,)}, _("Clock"), words[text]


def _reopened(member: Member, text: str) -> Found:
    return {"is_reopened": bool(_choice(text, ["yes"]))}, _("Reopened"), _("yes")


def _resolved(member: Member, text: str) -> Found:
    days = int(_choice(text, ["1", "7", "30"]))
    return {"resolved_days": days}, _("Resolved"), _("in the last %(days)s days") % {"days": days}


def _choice(text: str, known: list[str]) -> str:
    if text not in known:
        raise BadValue(
            _("“%(value)s” is not one of %(known)s.") % {"value": text[:60], "known": ", ".join(known)}
        )
    return text


def _from(member: Member, text: str) -> Found:
    day = _day(text)
    return {"opened_from": day}, _("Opened from"), date_format(day, "j M Y")


def _to(member: Member, text: str) -> Found:
    day = _day(text)
    return {"opened_to": day}, _("Opened until"), date_format(day, "j M Y")


def _day(text: str) -> date:
    day = day_of(text)
    if day is None:
        raise BadValue(_("“%(value)s” is no day. Write it as 2026-03-31.") % {"value": text[:60]})
    return day


def _tag(member: Member, text: str) -> Found:
    return {"tag": text[:100]}, _("Tag"), text[:100]


READERS: dict[str, Callable[[Member, str], Found]] = {
    "state": _state,
    "assignee": _assignee,
    "team": _team,
    "category": _category,
    "priority": _priority,
    "channel": _channel,
    "customer": _customer,
    "from": _from,
    "to": _to,
    "due": _due,
    "tag": _tag,
    "reopened": _reopened,
    "resolved": _resolved,
}


def read_filters(member: Member, given: QueryDict, ignored: tuple[str, ...] = ()) -> Asked:
    """Filters, chips and what is wrong, from the parameters of an address. Several values of one: by commas."""
    sent = {key: ",".join(values).replace("\0", "").strip() for key, values in given.lists()}
    sent = {key: value for key, value in sent.items() if value and key not in ignored}
    problems: list[str] = []
    fields: dict[str, Any] = {}
    read: list[tuple[str, str, str]] = []
    for key, value in sent.items():
        if key in READERS:
            try:
                found, title, words = READERS[key](member, value)
            except BadValue as bad:
                problems.append(f"{key}: {bad}")
                continue
            # A running clock says more than the state does.
            fields = {**fields, **found} if key != "state" else {**found, **fields}
            read.append((key, title, words))
        elif key not in ("q", "sort", "after"):
            problems.append(_("“%(name)s” is no filter of tickets.") % {"name": key[:60]})
    fields["q"] = _q(sent.get("q", ""), problems)
    if "states" not in fields and fields["q"]:
        fields["states"] = ANY
    filters = _ordered(Filters(**fields), sent, problems)
    kept = {key: sent[key] for key, _title, _words in read}
    kept |= {key: sent[key] for key in ("q", "sort") if sent.get(key) and getattr(filters, key)}
    kept |= {"q": filters.q} if filters.q else {}
    if "state" in kept:
        whole = (name for name, states in GROUPS.items() if set(states) == set(filters.states))
        kept["state"] = next(whole, ",".join(filters.states))
    return Asked(filters, _chips(read, kept, filters), problems, kept)


def _q(text: str, problems: list[str]) -> str:
    if len(text) > MOST_LETTERS:
        problems.append(_("q: only the first %(most)s letters were looked for.") % {"most": MOST_LETTERS})
    return text[:MOST_LETTERS]


def _ordered(filters: Filters, sent: dict[str, str], problems: list[str]) -> Filters:
    sort = sent.get("sort", "")
    if sort and sort not in SORTS:
        problems.append(
            _("sort: “%(value)s” is not one of %(known)s.") % {"value": sort[:60], "known": ", ".join(SORTS)}
        )
    elif sort and sort in filters.sorts():
        filters = replace(filters, sort=sort)
    if after := sent.get("after"):
        place = re.fullmatch(r"(-?[0-9]{1,18})\.([0-9]{1,18})", after)
        if place and abs(int(place[1])) <= micros(NEVER):
            filters = replace(filters, after=(int(place[1]), int(place[2])))
        else:
            problems.append(_("after: this is no place in the list; it begins at the top."))
    return filters


def _chips(read: list[tuple[str, str, str]], kept: dict[str, str], filters: Filters) -> list[Chip]:
    chips = []
    if "state" not in kept and "due" not in kept and not filters.q:
        words = ", ".join(str(Status(state).label).lower() for state in filters.states)
        chips.append(Chip(_("State"), words, urlencode({**kept, "state": "any"})))
    for key, title, words in read:
        left = {name: value for name, value in kept.items() if name != key}
        if key == "state" and filters.states != ANY:
            left["state"] = "any"
        chips.append(Chip(title, words, urlencode(left)))
    return chips
