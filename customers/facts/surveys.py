from collections.abc import Collection

from django.db import transaction

from accounts.models import Company
from customers.life import NOBODY
from customers.models import CustomerOwner, Survey
from metrics.facts import FactRow, queue_up, record_facts
from metrics.kinds import Kind

KINDS = {Survey.Kind.CSAT: Kind.CSAT, Survey.Kind.NPS: Kind.NPS, Survey.Kind.CES: Kind.CES}


@transaction.atomic
def derive_surveys(company_id: int, survey_ids: Collection[int]) -> None:
    """Derives the facts of survey answers again.

    Credit of CSAT and CES: who was named when it was sent, else who first resolved the ticket. Of NPS: who
    was named, else who owned the customer on the day of the answer.
    """
    queue_up(company_id)
    surveys = list(
        Survey.objects.filter(company_id=company_id, id__in=survey_ids)
        .select_related("ticket")
        .order_by("id")
        .select_for_update(of=("self",), no_key=True)
    )
    owners = _owners(company_id, surveys)
    facts = [
        FactRow(
            kind=KINDS[Survey.Kind(survey.kind)],
            source_id=survey.id,
            seq=0,
            rep_id=survey.stated_rep_id or owners.get(survey.id, NOBODY),
            occurred_at=survey.first_answered_at,
            v1=survey.score,
            customer_id=survey.customer_id or 0,
            category_id=(survey.ticket.category_id or 0) if survey.ticket else 0,
            channel_id=survey.ticket.channel if survey.ticket else 0,
        )
        for survey in surveys
    ]
    record_facts(company_id=company_id, kinds=tuple(KINDS.values()), source_ids=survey_ids, facts=facts)


def _owners(company_id: int, surveys: list[Survey]) -> dict[int, int]:
    """Who gets the credit where nobody was named."""
    zones = Company.objects.get(id=company_id).zones()
    history: dict[int, list[tuple]] = {}
    customers = {s.customer_id for s in surveys if s.kind == Survey.Kind.NPS and s.customer_id}
    rows = CustomerOwner.objects.filter(company_id=company_id, customer_id__in=customers)
    for customer_id, valid_from, owner in rows.order_by("valid_from").values_list(
        "customer_id", "valid_from", "owner_id"
    ):
        history.setdefault(customer_id, []).append((valid_from, owner or NOBODY))
    credit = {}
    for survey in surveys:
        if survey.kind == Survey.Kind.NPS:
            day = zones.day(survey.first_answered_at)
            owned = [
                owner for valid_from, owner in history.get(survey.customer_id or 0, ()) if valid_from <= day
            ]
            credit[survey.id] = owned[-1] if owned else NOBODY
        elif survey.ticket:
            credit[survey.id] = survey.ticket.resolver_id or NOBODY
    return credit
