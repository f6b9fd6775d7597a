"""Scorecards of another program, with the kits that their interviews were held by as far as the ratings tell."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cs_platform.lib import clock
from hiring.actions.interviews import PATIENCE
from hiring.models import (
    Attribute,
    Criterion,
    Interview,
    Kit,
    KitAttribute,
    KitVersion,
    PanelRole,
    Rating,
    Scorecard,
)

from .records import Card, Talk

if TYPE_CHECKING:
    from .writing import Writer

# What stands for the anchors of an attribute that came without any.
NO_ANCHOR = "-"


class CardWriter:
    """Kits first: an interview names a version of one, and a version never changes."""

    def __init__(self, writer: "Writer"):
        self.writer, self.company = writer, writer.company
        self.talks: dict[str, Interview] = {}
        self.asked: dict[str, dict[str, None]] = {}
        for card in writer.export.cards:
            names = self.asked.setdefault(card.talk, {})
            names.update(dict.fromkeys(rated.attribute for rated in card.ratings))
        # By name of the kit: all that any of its interviews asked for.
        self.by_kit: dict[str, dict[str, None]] = {}
        self.attributes = {each.name.lower(): each for each in Attribute.objects.filter(company=self.company)}

    def expect(self, talk: Talk) -> None:
        self.by_kit.setdefault(self._kit_name(talk), {}).update(self.asked.get(talk.id, {}))

    def kit_for(self, talk: Talk) -> KitVersion:
        """The newest version of the kit of that name if it asks for all of it, else a new one that does."""
        name = self._kit_name(talk)
        kit, _new = Kit.objects.get_or_create(company=self.company, name=name)
        wanted = [self.attribute(each) for each in self.by_kit.get(name, {})]
        newest = kit.versions.order_by("-number").first()
        if newest is not None:
            there = set(newest.attributes.values_list("attribute_id", flat=True))
            if {each.id for each in wanted} <= there:
                return newest
            wanted += [each for each in self.attributes.values() if each.id in there and each not in wanted]
        version = KitVersion.objects.create(
            company=self.company, kit=kit, number=newest.number + 1 if newest else 1, purpose=_("Imported")
        )
        KitAttribute.objects.bulk_create(
            KitAttribute(
                company=self.company,
                of=version,
                attribute=each,
                position=position,
                name=each.name,
                definition=each.definition,
                anchor_1=each.anchor_1,
                anchor_3=each.anchor_3,
                anchor_5=each.anchor_5,
            )
            for position, each in enumerate(dict.fromkeys(wanted), 1)
        )
        return version

    def attribute(self, name: str) -> Attribute:
        """By name, of whatever case; one that is not known becomes the company's own."""
        found = self.attributes.get(name.lower())
        if found is None:
            last = max((each.position for each in self.attributes.values()), default=0)
            found = self.attributes[name.lower()] = Attribute.objects.create(
                company=self.company,
                name=name,
                anchor_1=NO_ANCHOR,
                anchor_3=NO_ANCHOR,
                anchor_5=NO_ANCHOR,
                position=last + 1,
            )
        return found

    def write(self, card: Card) -> None:
        """As it stood there. One that is here already is left: a scorecard that is in never changes."""
        interview = self.talks.get(card.talk)
        if interview is None:
            raise ValidationError({"interview": _("Its interview could not be imported.")})
        key = self.writer.key(card.id)
        cards = Scorecard.objects.filter(company=self.company)
        if cards.filter(external_id=key).exists():
            return
        member = self.writer.directory.members([card.email])[card.email]
        assert member is not None
        if cards.filter(interview=interview, member_id=member).exists():
            raise ValidationError({"": _("This person has another scorecard of the same interview.")})
        row = Scorecard.objects.create(
            company=self.company,
            interview=interview,
            application_id=interview.application_id,
            stage_id=interview.stage_id,
            member_id=member,
            role=PanelRole.SCORER,
            summary=card.summary,
            started_at=interview.starts_at,
            due_at=interview.ends_at + PATIENCE,
            external_id=key,
        )
        self._rate(row, card)
        self._close(row, card)
        self.writer.counts["scorecards"].added += 1

    def _rate(self, row: Scorecard, card: Card) -> None:
        asked = set(
            KitAttribute.objects.filter(of_id=row.interview.kit_id).values_list("attribute_id", flat=True)
        )
        rated = {self.attribute(each.attribute).id: each for each in card.ratings}
        if set(rated) - asked:
            raise ValidationError({"": _("Its interview was imported before, without these attributes.")})
        Rating.objects.bulk_create(
            Rating(
                company=self.company,
                scorecard=row,
                attribute_id=attribute,
                value=each.value,
                is_given=each.is_given,
                evidence=each.evidence,
            )
            for attribute, each in rated.items()
        )
        Criterion.objects.bulk_create(
            [
                Criterion(
                    company=self.company,
                    requisition_id=row.application.requisition_id,
                    attribute_id=attribute,
                )
                for attribute in rated
            ],
            ignore_conflicts=True,
        )

    def _close(self, row: Scorecard, card: Card) -> None:
        """In, if it was; nobody waits here for one that never came there or that says nothing."""
        if card.submitted_at and card.recommendation:
            row.state, row.submitted_at = Scorecard.State.SUBMITTED, card.submitted_at
            row.recommendation = card.recommendation
        else:
            row.state, row.excused_at = Scorecard.State.EXCUSED, clock.now()
            row.excuse = (
                _("Imported without a recommendation.")
                if card.submitted_at
                else _("Was not submitted there.")
            )
        row.save()

    def _kit_name(self, talk: Talk) -> str:
        return _("%(name)s (imported)") % {"name": talk.name[:100]}
