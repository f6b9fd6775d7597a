"""What a rep on a ticket, or at a customer, has to hand: the run that is going on, else what fits."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, QuerySet

from accounts.models import Member
from customers.models import Customer, Ticket
from playbooks.models import Playbook, Run, Scenario, ScenarioCategory, Version
from playbooks.models.playbook import Trust

from .lists import readable
from .runs import runs_with_links

MOST, FORMER = 6, 3
# Best first.
ORDER = [Trust.VERIFIED, Trust.DUE, Trust.EXPIRED, Trust.UNVERIFIED]


@dataclass(frozen=True)
class Offer:
    """A playbook that can be started."""

    playbook: Playbook
    trust: Trust


@dataclass(frozen=True)
class AtHand:
    """runs: those going on, the newest first. former: the last that ended. scenario: of the ticket, if it is known."""

    ticket: Ticket | None
    customer: Customer | None
    runs: list[Run]
    former: list[Run]
    scenario: Scenario | None = None
    offers: list[Offer] = field(default_factory=list)


def at_hand_on_ticket(member: Member, ticket: Ticket, today: date) -> AtHand:
    """While a run goes on nothing else is offered."""
    going, former = _runs(runs_with_links(member).filter(ticket=ticket))
    if going:
        return AtHand(ticket, None, going, former)
    scenario = scenario_of(ticket)
    return AtHand(ticket, None, going, former, scenario, _offers(member, scenario, today))


def at_hand_at_customer(member: Member, customer: Customer) -> AtHand:
    """Runs at the customer, not those on their tickets."""
    going, former = _runs(runs_with_links(member).filter(customer=customer))
    return AtHand(None, customer, going, former)


def scenario_of(ticket: Ticket) -> Scenario | None:
    """By the category of the ticket; a mapping that names the channel wins."""
    if ticket.category_id is None:
        return None
    mapped = ScenarioCategory.objects.filter(company_id=ticket.company_id, category_id=ticket.category_id)
    mapped = mapped.filter(channel=ticket.channel) | mapped.filter(channel__isnull=True)
    first = mapped.filter(scenario__archived_at__isnull=True).select_related(
        "scenario__senior", "scenario__team"
    )
    found = first.order_by(F("channel").asc(nulls_last=True)).first()
    return found.scenario if found else None


def _runs(runs: QuerySet[Run]) -> tuple[list[Run], list[Run]]:
    newest = list(runs.filter(is_trial=False).order_by("-started_at", "-id")[:20])
    going = [run for run in newest if run.state == Run.State.ACTIVE]
    return going, [run for run in newest if run.state != Run.State.ACTIVE][:FORMER]


def _offers(member: Member, scenario: Scenario | None, today: date) -> list[Offer]:
    if scenario is None:
        return []
    published = Version.objects.filter(company_id=member.company_id, state=Version.State.PUBLISHED)
    rows = readable(member).filter(scenario=scenario, id__in=published.values("playbook_id"))
    offers = [Offer(playbook, playbook.trust(today)) for playbook in rows]
    return sorted(offers, key=lambda offer: (ORDER.index(offer.trust), offer.playbook.title.casefold()))[
        :MOST
    ]
