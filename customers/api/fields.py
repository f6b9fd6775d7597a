"""Fields that several nouns share: rows of the company by what people call them, and times in its zone."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Member
from customers.actions.standing import erased_words, merged_words
from customers.imports.columns import BadCell, Frame, Parser, deadline, instant
from customers.imports.kinds.tickets import CHANNELS
from customers.models import Customer, Ticket

# A whole number in the database.
MOST = 2**31 - 1


def person(source: str) -> serializers.EmailField:
    """Whom a row names, to be read."""
    return serializers.EmailField(source=f"{source}.email", allow_null=True, default=None)


def external_id(source: str) -> serializers.CharField:
    return serializers.CharField(source=f"{source}.external_id", allow_null=True, default=None)


@extend_schema_field({"type": "string", "format": "date-time"})
class Instant(serializers.Field):
    """ISO 8601; without an offset in the company's zone. The rules are those of imports."""

    parse: Parser = staticmethod(instant)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or len(data) > 60 or not data.isascii() or "\0" in data:
            raise serializers.ValidationError(
                _("This is not an ISO 8601 time like 2026-03-01T09:30:00+01:00.")
            )
        try:
            return self.parse(data.strip(), Frame.of(self.context["request"].user.company))
        except BadCell as error:
            raise serializers.ValidationError(str(error)) from error

    def to_representation(self, value: Any) -> Any:
        return value


class Deadline(Instant):
    """A time that may lie ahead."""

    parse: Parser = staticmethod(deadline)


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 254})
class Named(serializers.Field):
    """A row of the company by name: null for none, an error of this field for one that is not there."""

    def __init__(self, **options: Any):
        super().__init__(**{"allow_null": True, "required": False, **options})

    def to_internal_value(self, data: Any) -> Any:
        name = serializers.CharField(max_length=254).run_validation(data)
        found = self.find(self.context["request"].user, name)
        if found is not None and (why_not := self.refused(found)):
            raise serializers.ValidationError(why_not)
        if found is None:
            raise serializers.ValidationError(
                _("There is no “%(name)s” in this company.") % {"name": name[:100]}
            )
        return found

    def find(self, member: Member, name: str) -> Any:
        raise NotImplementedError

    def refused(self, row: Any) -> str:
        """Why it cannot be named here, if so."""
        return ""


class Person(Named):
    """Somebody who works here, by e-mail."""

    def find(self, member: Member, name: str) -> Member | None:
        people = Member.objects.visible_to(member).active()
        return people.filter(email=name.lower()).first()


class CustomerNamed(Named):
    """By external_id; one that was merged into another, or erased, takes nothing new."""

    def find(self, member: Member, name: str) -> Customer | None:
        rows = Customer.objects.visible_to(member).select_related("merged_into")
        return rows.filter(external_id=name).first()

    def refused(self, row: Customer) -> str:
        return merged_words(row) or erased_words(row)


class TicketNamed(Named):
    """By external_id."""

    def find(self, member: Member, name: str) -> Ticket | None:
        return Ticket.objects.visible_to(member).filter(external_id=name).first()


class RowId(serializers.IntegerField):
    """A row that the caller may read, by its id."""

    model: Any = None

    def __init__(self, **options: Any):
        super().__init__(**{"min_value": 1, "max_value": MOST, **options})

    def to_internal_value(self, data: Any) -> Any:
        id = super().to_internal_value(data)
        self.run_validators(id)
        row = self.model.objects.visible_to(self.context["request"].user).filter(id=id).first()
        if row is None:
            raise serializers.ValidationError(_("There is no such row, or you may not read it."))
        return row

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Bounds were looked at with the number; a row has none."""
        (is_empty, data) = self.validate_empty_values(data)
        return data if is_empty else self.to_internal_value(data)


class Made(serializers.Serializer):
    """What was made, by id: answers that are kept for a repeated call hold nothing personal."""

    id = serializers.IntegerField()


class Nothing(serializers.Serializer):
    """Nothing has to be sent."""


@extend_schema_field({"type": "string", "description": "email, phone, chat, web, social, api or other."})
class ChannelName(serializers.Field):
    """As in files of tickets."""

    def to_internal_value(self, data: Any) -> int:
        name = serializers.CharField(max_length=60).run_validation(data).lower()
        if name not in CHANNELS:
            known = ", ".join(dict.fromkeys(channel.name.lower() for channel in CHANNELS.values()))
            raise serializers.ValidationError(
                _("“%(name)s” is none of %(known)s.") % {"name": name, "known": known}
            )
        return CHANNELS[name]


def fresh_external_id(model: Any, member: Member, value: str) -> str:
    """Raises ValidationError for one that is taken."""
    if value and model.objects.filter(company_id=member.company_id, external_id=value).exists():
        raise serializers.ValidationError(_("This external_id is taken."))
    return value
