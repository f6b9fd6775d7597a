"""Several people at once, by e-mail address or name."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.forms.fields import IN_BRACKETS
from accounts.models import Member

MOST = 500


def to_choose(member: Member) -> QuerySet[Member]:
    """Who can be asked: people who work here now."""
    return Member.objects.visible_to(member).active().filter(is_stub=False, is_bot=False)


class PeopleField(forms.CharField):
    """One person a line; gives a list of members. `people` says who may be named."""

    people: QuerySet[Member] = Member.objects.none()
    widget = forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"})

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=60_000, **options)

    def clean(self, value: Any) -> Any:
        lines = [_key(line) for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST:
            raise ValidationError(_("At most %(most)s people.") % {"most": MOST})
        wanted = {line.lower() for line in lines}
        named = [Q(name__iexact=name) for name in wanted if "@" not in name]
        rows = self.people.filter(Q(email__in=[each for each in wanted if "@" in each]) | _any(named))
        found: dict[str, list[Member]] = {}
        for member in rows.order_by("id"):
            for key in {member.email, member.name.lower()} & wanted:
                found.setdefault(key, []).append(member)
        _check(lines, found)
        return list({found[line.lower()][0].id: found[line.lower()][0] for line in lines}.values())

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(member.email for member in value) if isinstance(value, list) else value


def _any(conditions: list[Q]) -> Q:
    joined = Q(id=None)
    for each in conditions:
        joined |= each
    return joined


def _key(line: str) -> str:
    bracketed = IN_BRACKETS.search(line)
    return (bracketed[1] if bracketed else line).strip()


def _check(lines: list[str], found: dict[str, list[Member]]) -> None:
    unknown = [line for line in lines if line.lower() not in found]
    if unknown:
        raise ValidationError(
            _("Nobody here is called: %(names)s.") % {"names": ", ".join(unknown[:5])[:200]}
        )
    double = [line for line in lines if len(found[line.lower()]) > 1]
    if double:
        raise ValidationError(
            _("More than one person is called %(name)s; write the e-mail address.") % {"name": double[0][:80]}
        )
