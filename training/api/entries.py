"""What is said at an item of a path: how it is sent, and which deed it is."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.problems import Conflict
from accounts.models import Member
from cs_platform.lib import clock
from customers.api.fields import MOST, TicketNamed, person
from customers.api.filters import ListFilter
from customers.models import Ticket
from training.actions.entries import ask_for, judge, mark_done, waive
from training.actions.rides import hold_ride
from training.completion import ASKED_FOR, BY_ANOTHER, BY_ONESELF
from training.forms.entries import LONGEST, MOST_TICKETS
from training.models import Enrolment, Entry, Item, RideAlong
from training.permissions import can_ask, can_do, can_judge, can_waive
from training.queries.parts import way_of
from training.queries.people import is_above

from .fields import number, refuse

Kind, Outcome = Entry.Kind, Entry.Outcome
# What may be sent; a try is made by taking the quiz.
SAID = [(kind.value, kind.label) for kind in (Kind.DONE, Kind.ASKED, Kind.JUDGED, Kind.WAIVED)]
JUDGEMENTS = [(each.value, each.label) for each in (Outcome.PASSED, Outcome.NOT_YET)]
FITS: dict[str, Iterable[str]] = {
    Kind.DONE: BY_ONESELF,
    Kind.ASKED: ASKED_FOR,
    Kind.JUDGED: BY_ANOTHER,
    Kind.WAIVED: Item.Kind.values,
}
MOST_CHECKS = 100


class EntrySerializer(serializers.ModelSerializer):
    item = serializers.IntegerField(source="item_id")
    by_email = person("by")
    checks = serializers.ListField(
        child=serializers.IntegerField(), help_text="Lines of the rubric, by place, the first being 0."
    )
    ticket_external_ids = serializers.SerializerMethodField(help_text="On which it was seen.")

    class Meta:
        model = Entry
        fields = [
            "id",
            "item",
            "kind",
            "outcome",
            "by_email",
            "at",
            "words",
            "next_step",
            "checks",
            "ticket_external_ids",
            "minutes",
        ]

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_ticket_external_ids(self, entry: Entry) -> list[str]:
        return [self.context["tickets"][each] for each in entry.tickets if each in self.context["tickets"]]


class NewEntry(serializers.Serializer):
    item = serializers.IntegerField(min_value=1, max_value=MOST, help_text="Of the path.")
    kind = serializers.ChoiceField(
        SAID,
        help_text="done: the trainee's own word. asked: handed in, or asked for. judged, waived: another one's word.",
    )
    outcome = serializers.ChoiceField(JUDGEMENTS, required=False, help_text="Of what is judged.")
    words = serializers.CharField(
        max_length=LONGEST,
        allow_blank=True,
        required=False,
        default="",
        help_text="What was seen or is handed in; needed for a waiver and a “not yet”.",
    )
    next_step = serializers.CharField(
        max_length=LONGEST, allow_blank=True, required=False, default="", help_text="Needed for a “not yet”."
    )
    checks = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=MOST_CHECKS),
        max_length=MOST_CHECKS,
        required=False,
        default=list,
        help_text="Lines of the rubric, by place, the first being 0.",
    )
    ticket_external_ids = serializers.ListField(
        child=TicketNamed(allow_null=False), max_length=MOST_TICKETS, required=False, default=list
    )
    minutes = serializers.IntegerField(min_value=0, max_value=1440, required=False, default=0)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["kind"] == Kind.JUDGED and "outcome" not in asked:
            raise serializers.ValidationError({"outcome": [_("Choose one of the two.")]})
        if asked["kind"] == Kind.WAIVED and not asked["words"].strip():
            raise serializers.ValidationError({"words": [_("Say why.")]})
        return asked


class EntryStateSerializer(serializers.Serializer):
    """Without a word of it: the answer is kept for a repeated call."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Kind.choices)
    outcome = serializers.ChoiceField(Outcome.choices)
    enrolment_state = serializers.ChoiceField(Enrolment.State.choices, help_text="What came of the path.")


class EntryFilter(ListFilter):
    """Of the entries of a path."""

    item = number()
    kind = serializers.ChoiceField(Kind.choices, required=False)

    LOOKUPS = {"item": "item_id"}


def shown(member: Member, entries: Iterable[Entry]) -> Any:
    """Entries with the tickets that the member may read."""
    ids = {id for entry in entries for id in entry.tickets}
    rows = Ticket.objects.visible_to(member).filter(id__in=ids).values_list("id", "external_id")
    return EntrySerializer(entries, many=True, context={"tickets": dict(rows) if ids else {}}).data


def say(member: Member, enrolment: Enrolment, asked: dict[str, Any]) -> Entry:
    """Adds what was sent. Raises what the API answers with: not this kind, not this person, not now."""
    why, item = _part(enrolment, asked.pop("item"), member)
    kind = asked.pop("kind")
    if item.kind not in FITS[kind]:
        raise serializers.ValidationError({"kind": [_("Of this item that is not said.")]})
    if any(check >= len(item.rubric) for check in asked["checks"]):
        raise serializers.ValidationError({"checks": [_("There is no such line.")]})
    if not enrolment.is_active:
        raise Conflict(_("This path has ended."))
    asked["tickets"] = [ticket.id for ticket in asked.pop("ticket_external_ids")]
    return DEEDS[kind](member, enrolment, item, why, asked)


def _part(enrolment: Enrolment, item: int, member: Member) -> tuple[str, Item]:
    """The item, and why its module waits; empty if it is open."""
    found = way_of(enrolment, member.company.today()).part(item)
    if found is None:
        raise serializers.ValidationError({"item": [_("This is not on the path.")]})
    chapter, part = found
    return chapter.why, part.item


def _done(member: Member, enrolment: Enrolment, item: Item, why: str, asked: dict[str, Any]) -> Entry:
    refuse(can_do(member, enrolment, item), _("Only whose path it is can say so."))
    _open(why)
    return mark_done(
        actor=member, enrolment=enrolment, item=item, words=asked["words"], checks=asked["checks"]
    )


def _asked(member: Member, enrolment: Enrolment, item: Item, why: str, asked: dict[str, Any]) -> Entry:
    refuse(can_ask(member, enrolment, item), _("Only whose path it is can ask."))
    _open(why)
    given = {name: asked[name] for name in ("words", "tickets")}
    return ask_for(actor=member, enrolment=enrolment, item=item, **given)


def _judged(member: Member, enrolment: Enrolment, item: Item, why: str, asked: dict[str, Any]) -> Entry:
    """A host says it of the ride-along that has begun, which is held by that."""
    rides = RideAlong.objects.filter(
        company_id=member.company_id,
        enrolment=enrolment,
        item=item,
        host=member,
        state=RideAlong.State.PLANNED,
        starts_at__lte=clock.now(),
    )
    ride = rides.order_by("starts_at").first()
    above = is_above(member, enrolment.member_id)
    refuse(
        can_judge(member, enrolment, item, above, hosts=ride is not None),
        _("Whoever leads the trainee says so, never oneself."),
    )
    if ride is None:
        return judge(actor=member, enrolment=enrolment, item=item, **asked)
    asked.pop("minutes")
    entry = hold_ride(actor=member, ride=ride, **asked).entry
    assert entry is not None
    return entry


def _waived(member: Member, enrolment: Enrolment, item: Item, why: str, asked: dict[str, Any]) -> Entry:
    may = can_waive(member, enrolment, is_above(member, enrolment.member_id))
    refuse(may, _("Whoever leads the trainee waives a part, never oneself."))
    return waive(actor=member, enrolment=enrolment, item=item, reason=asked["words"])


def _open(why: str) -> None:
    if why:
        raise Conflict(why)


DEEDS: dict[str, Callable[..., Entry]] = {
    Kind.DONE: _done,
    Kind.ASKED: _asked,
    Kind.JUDGED: _judged,
    Kind.WAIVED: _waived,
}
