"""Reads of the people whom a ticket may concern."""

import re

from django.db.models import Q

from accounts.models import Member


def colleagues(member: Member) -> list[Member]:
    """Everybody who can take a ticket, by name."""
    people = Member.objects.visible_to(member).active().filter(is_bot=False)
    return list(people.only("id", "company_id", "name", "email").order_by("name", "id"))


def people_like(author: Member, words: str, limit: int = 8) -> list[Member]:
    """Whom @words may come to mean: a part of their name, or their e-mail, begins with it."""
    people = Member.objects.visible_to(author).active().filter(is_bot=False).exclude(id=author.id)
    if words:
        begins = Q(name__istartswith=words) | Q(name__icontains=f" {words}") | Q(email__istartswith=words)
        people = people.filter(begins)
    return list(people.only("id", "company_id", "name", "email").order_by("name", "id")[:limit])


def mentioned(author: Member, body: str) -> list[int]:
    """Whom a text names by @: by name, by the part of the e-mail before @, or by a first name that one has."""
    if "@" not in body:
        return []
    people = [person for person in colleagues(author) if person.id != author.id]
    firsts = [person.name.split()[0].lower() for person in people if person.name.split()]
    found = []
    for person in people:
        handles = {person.name, person.email.partition("@")[0]}
        first = person.name.split()[0] if person.name.split() else ""
        if firsts.count(first.lower()) == 1:
            handles.add(first)
        if any(handle and _names(body, handle) for handle in handles):
            found.append(person.id)
    return found


def _names(body: str, handle: str) -> bool:
    return re.search(rf"(?<![\w.])@{re.escape(handle)}(?![\w@-])", body, re.IGNORECASE) is not None
