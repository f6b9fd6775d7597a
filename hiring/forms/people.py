"""Whom a job names."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.forms.fields import IN_BRACKETS
from accounts.models import Member

MOST = 30
LONGEST = 300


class Several(forms.TextInput):
    """All that was sent under its name: ticked boxes and what was typed."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return data.getlist(name) if hasattr(data, "getlist") else list(data.get(name, []))


@dataclass(frozen=True)
class Picked:
    """People who were found, and {what was typed: why it is nobody}."""

    people: list[Member]
    wrong: dict[str, str]


class PeopleField(forms.Field):
    """Several people: each an e-mail address, a whole name, or both as "Name <address>"."""

    people: QuerySet[Member] = Member.objects.none()
    widget = Several

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def clean(self, value: Any) -> list[int]:
        picked = self.picked(value)
        if picked.wrong:
            raise ValidationError(list(picked.wrong.values()))
        if len(picked.people) > MOST:
            raise ValidationError(_("At most %(n)s people.") % {"n": MOST})
        return [person.id for person in picked.people]

    def picked(self, value: Iterable[Any] | None) -> Picked:
        """Each of them once, in the order in which they were sent. More than anybody picks is not looked at."""
        sent = list(value or ())
        texts = [each.replace("\0", "") for each in sent if isinstance(each, str)]
        lines = [line.strip() for text in texts for line in text.splitlines()]
        words = [line[:LONGEST] for line in lines if line][: 2 * MOST]
        found = {each.id: each for each in sent if isinstance(each, Member)}
        wrong: dict[str, str] = {}
        for word, people in self._found(words).items():
            if len(people) == 1:
                found[people[0].id] = people[0]
            elif people:
                told = _("More than one person is called “%(word)s”; write the e-mail address.")
                wrong[word] = told % {"word": word[:80]}
            else:
                wrong[word] = _("Nobody to choose here is called “%(word)s”.") % {"word": word[:80]}
        return Picked(list(found.values()), wrong)

    def _found(self, words: list[str]) -> dict[str, list[Member]]:
        """{word: who is meant by it}; all addresses are looked up at once."""
        keys = {word: self._key(word) for word in words}
        emails = {key for key in keys.values() if "@" in key}
        by_email: dict[str, list[Member]] = {}
        for person in self.people.filter(email__in=emails) if emails else ():
            by_email.setdefault(person.email, []).append(person)
        return {
            word: by_email.get(key, []) if "@" in key else list(self.people.filter(name__iexact=key)[:2])
            for word, key in keys.items()
        }

    @staticmethod
    def _key(word: str) -> str:
        """The address inside of brackets, or all of it; addresses are kept in small letters."""
        key = bracketed[1].strip() if (bracketed := IN_BRACKETS.search(word)) else word
        return key.lower() if "@" in key else key
