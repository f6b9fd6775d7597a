"""Whom a job names."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.forms.fields import IN_BRACKETS
from accounts.models import Member

MOST = 30


class PeopleField(forms.CharField):
    """Several people, one a line: an e-mail address, a whole name, or both as "Name <address>"."""

    people: QuerySet[Member] = Member.objects.none()
    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=6000, **options)

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST:
            raise ValidationError(_("At most %(n)s people.") % {"n": MOST})
        words = [bracketed[1].strip() if (bracketed := IN_BRACKETS.search(line)) else line for line in lines]
        found = {self._one(word).id: None for word in words}
        return list(found)

    def _one(self, word: str) -> Member:
        by = {"email": word.lower()} if "@" in word else {"name__iexact": word}
        people = list(self.people.filter(**by)[:2])
        if len(people) == 1:
            return people[0]
        if people:
            told = _("More than one person is called “%(word)s”; write the e-mail address.")
        else:
            told = _("Nobody to choose here is called “%(word)s”.")
        raise ValidationError(told % {"word": word[:80]})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{person.name} <{person.email}>" for person in value)
        return value
