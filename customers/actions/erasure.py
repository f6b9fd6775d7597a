"""Erasure of what tells of people. Every figure stays: no time, score, amount, status or count is touched.

FCR knows the same requester by the e-mail. Each address becomes one that nobody can work back: the key it is
made with is thrown away at the end. So tickets of one person still match each other, and nobody else's.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Collection
from functools import partial
from typing import Any
from urllib.parse import unquote_plus

from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts import activity
from accounts.actions.ledger import blank_ledger
from accounts.models import Draft, IdempotencyKey, Member, Notification
from cs_platform.lib import clock
from customers.models import (
    Contact,
    Customer,
    CustomerFact,
    Note,
    NoteVersion,
    ReplyMail,
    SavedView,
    Survey,
    SurveyAnswer,
    Ticket,
    TicketEvent,
    Upload,
)
from customers.queries.erasure import KEPT_FOR, PROGRESS
from metrics.facts import queue_up

ERASED = "@erased.invalid"
SHORTEST = 5  # letters of what is looked for in loose text
STEPS = 7
NO_ADDRESS = {"to_address": "", "error": ""}  # a mail server may have repeated the address
NAMED_BY = ("external_id", "ticket_external_id", "customer_external_id")
Progress = Callable[[int, int], None]


@transaction.atomic
def erase_customer(
    *, actor: Member, customer: Customer, with_name: bool = False, progress: Progress | None = None
) -> dict[str, int]:
    """Erases what is kept about the people of a customer; returns counts. It cannot be taken back.

    with_name: the customer is a person, so that name and external_id go as well. progress(step, of) is told.
    """
    queue_up(actor.company_id)
    step = _Steps(progress)
    family = list(family_of(customer).select_for_update(no_key=True))
    tickets = tickets_of(customer.company_id, family)
    addresses = addresses_of(customer.company_id, family)
    told = _strings(family, addresses, with_name)
    ticket_ids = list(tickets.values_list("id", flat=True))
    step()
    counts = _erase_texts(customer.company_id, ticket_ids, family, step)
    counts["requesters"] = _rename(customer.company_id, addresses)
    step()
    contacts = Contact.objects.filter(company_id=customer.company_id, customer__in=family)
    subjects = {
        "ticket": ticket_ids,
        "customer": [row.id for row in family],
        "contact": list(contacts.values_list("id", flat=True)),
    }
    names = _names_of(customer.company_id, subjects)
    counts["contacts"] = _erase_contacts(contacts)
    CustomerFact.objects.filter(company_id=customer.company_id, customer__in=family).delete()
    for row in family:
        _erase_row(row, with_name)
    step()
    _forget(customer.company_id, told, subjects, names)
    activity.record("customer.erased", customer, actor=actor, with_name=with_name, counts=counts)
    step()
    return counts


@transaction.atomic
def queue_erasure(*, actor: Member, customer: Customer, with_name: bool) -> None:
    """Lets a worker erase; `queries.erasure.is_being_erased` tells how far it is."""
    cache.set(PROGRESS.format(customer.id), (0, STEPS), KEPT_FOR)
    args = [actor.id, customer.id, with_name]
    transaction.on_commit(partial(_hand_over, args))


def _hand_over(args: list) -> None:
    """To a worker; without a broker it is done here, however long that takes."""
    try:
        current_app.send_task("customers.tasks.erase_customer", args=args, retry=False)
    except (RedisError, OperationalError, OSError):
        erase_for(*args)


def erase_for(member_id: int, customer_id: int, with_name: bool) -> None:
    """What the worker does: the same transaction, with its progress where the page can see it."""
    actor = Member.objects.get(id=member_id)
    customer = Customer.objects.visible_to(actor).get(id=customer_id)
    at = PROGRESS.format(customer.id)
    try:
        erase_customer(
            actor=actor,
            customer=customer,
            with_name=with_name,
            progress=lambda step, of: cache.set(at, (step, of), KEPT_FOR),
        )
    finally:
        cache.delete(at)


@transaction.atomic
def erase_contact(*, actor: Member, contact: Contact) -> dict[str, int]:
    """Erases one person: name, e-mail and phone, and the text of the tickets that they wrote."""
    queue_up(actor.company_id)
    contact = Contact.objects.visible_to(actor).select_for_update(no_key=True).get(id=contact.id)
    addresses = _without_team(contact.company_id, {contact.email, contact.email.lower()})
    wrote = Ticket.objects.filter(company_id=contact.company_id, requester_email__in=addresses)
    ticket_ids = list(wrote.values_list("id", flat=True))
    told = {contact.name, contact.phone, *addresses}
    subjects = {"ticket": ticket_ids, "customer": [], "contact": [contact.id]}
    names = _names_of(contact.company_id, subjects)
    counts = _erase_texts(contact.company_id, ticket_ids, [], _Steps(None))
    counts["requesters"] = _rename(contact.company_id, addresses)
    counts["contacts"] = _erase_contacts(Contact.objects.filter(id=contact.id))
    _forget(contact.company_id, told, subjects, names)
    activity.record("contact.erased", contact, actor=actor, counts=counts)
    return counts


def family_of(customer: Customer) -> QuerySet[Customer]:
    """The customer, and those that were merged into it."""
    rows = Customer.objects.filter(company_id=customer.company_id)
    return rows.filter(Q(id=customer.id) | Q(merged_into=customer)).order_by("id")


def addresses_of(company_id: int, family: Collection[Customer]) -> set[str]:
    """E-mail addresses of the customer's people, but for those of the team."""
    contacts = Contact.objects.filter(company_id=company_id, customer__in=family)
    requesters = Ticket.objects.filter(company_id=company_id, customer__in=family)
    found = set(contacts.values_list("email", flat=True))
    found |= {email.lower() for email in found}
    found |= set(requesters.order_by().values_list("requester_email", flat=True).distinct())
    return {email for email in _without_team(company_id, found) if not email.endswith(ERASED)}


def _without_team(company_id: int, emails: Collection[str]) -> set[str]:
    """The addresses that are those of customers, however a contact's was typed."""
    rows = Member.objects.comparable().filter(company_id=company_id)
    team = set(rows.filter(email__in={email.lower() for email in emails}).values_list("email", flat=True))
    return {email for email in emails if email and email.lower() not in team}


def tickets_of(company_id: int, family: Collection[Customer]) -> QuerySet[Ticket]:
    """The customer's tickets, and those without a customer that one of its people wrote."""
    theirs = Q(customer__in=family)
    loose = Q(customer__isnull=True, requester_email__in=addresses_of(company_id, family))
    return Ticket.objects.filter(theirs | loose, company_id=company_id).order_by("id")


class _Steps:
    def __init__(self, progress: Progress | None):
        self.progress = progress
        self.done = 0

    def __call__(self) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, STEPS)


def _strings(family: Collection[Customer], addresses: set[str], with_name: bool) -> set[str]:
    contacts = Contact.objects.filter(customer__in=family).values_list("name", "phone", "email")
    told = {text for row in contacts for text in row} | addresses
    return told | ({row.name for row in family} if with_name else set())


def _erase_texts(
    company_id: int, ticket_ids: list[int], family: Collection[Customer], step: _Steps
) -> dict[str, int]:
    """Subjects, bodies, notes and comments; an update of a ticket's text also renews what search knows of it."""
    tickets = Ticket.objects.filter(company_id=company_id, id__in=ticket_ids)
    of_tickets = Q(company_id=company_id, ticket_id__in=ticket_ids)
    of_family = Q(company_id=company_id, customer__in=family) | of_tickets
    counts = {"tickets": tickets.update(subject="", body="", version=F("version") + 1)}
    step()
    counts["events"] = TicketEvent.objects.filter(of_tickets).exclude(body="").update(body="")
    ReplyMail.objects.filter(company_id=company_id, event__ticket_id__in=ticket_ids).update(**NO_ADDRESS)
    step()
    counts["notes"] = Note.objects.filter(of_family).update(body="")
    NoteVersion.objects.filter(company_id=company_id, note__in=Note.objects.filter(of_family)).update(body="")
    surveys = list(Survey.objects.filter(of_family).values_list("id", flat=True))
    counts["answers"] = Survey.objects.filter(id__in=surveys).exclude(comment="").update(comment="")
    SurveyAnswer.objects.filter(company_id=company_id, survey_id__in=surveys).exclude(comment="").update(
        comment=""
    )
    step()
    return counts


def _rename(company_id: int, addresses: Collection[str]) -> int:
    """Gives each address a pseudonym on every ticket of the company, else two of a person's tickets that
    match today would match no more."""
    ReplyMail.objects.filter(company_id=company_id, to_address__in=addresses).update(**NO_ADDRESS)
    key = secrets.token_bytes(32)
    old = sorted(addresses)
    new = [f"erased-{_digest(key, email)}{ERASED}" for email in old]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_ticket t SET requester_email = u.new FROM unnest(%s::text[], %s::text[]) u (old, new)"
            " WHERE t.company_id = %s AND t.requester_email = u.old",
            [old, new, company_id],
        )
        return cursor.rowcount


def _digest(key: bytes, text: str) -> str:
    return hashlib.blake2b(text.encode(), key=key, digest_size=12).hexdigest()


def _erase_contacts(contacts: QuerySet[Contact]) -> int:
    rows = list(contacts)
    for contact in rows:
        contact.name = contact.email = contact.phone = contact.title = ""
        contact.external_id = f"erased-{secrets.token_hex(12)}"
    return Contact.objects.bulk_update(
        rows, ["name", "email", "phone", "title", "external_id"], batch_size=500
    )


def _erase_row(row: Customer, with_name: bool) -> None:
    row.churn_reason, row.erased_at = "", clock.now()
    if with_name:
        row.external_id = f"erased-{secrets.token_hex(12)}"
        row.name = row.external_id
    row.version += 1
    row.save(update_fields=["churn_reason", "erased_at", "name", "external_id", "version"])


def _names_of(company_id: int, subjects: dict[str, list[int]]) -> set[str]:
    """The external ids of what is erased: by these, answers of the API are about it."""
    models: dict[str, Any] = {"ticket": Ticket, "customer": Customer, "contact": Contact}
    names: set[str] = set()
    for kind, ids in subjects.items():
        rows = models[kind].objects.filter(company_id=company_id, id__in=ids)
        names.update(rows.values_list("external_id", flat=True))
    return names


def _forget(company_id: int, told: set[str], subjects: dict[str, list[int]], names: set[str]) -> None:
    """Copies of the text: in what is being written, was heard of, was answered to the API, was looked for, and in
    what the ledger says of changes."""
    words = {text.lower() for text in told if _is_telling(text)}
    _forget_drafts(company_id, words, subjects)
    _forget_notifications(company_id, words, subjects)
    _forget_answers(company_id, words, names)
    views = SavedView.objects.filter(company_id=company_id)
    found = [row.id for row in views if _holds(words, [row.name, unquote_plus(row.query)])]
    views.filter(id__in=found).delete()
    for upload in Upload.objects.filter(company_id=company_id):
        if _holds(words, [upload.report, upload.message]):
            Upload.objects.filter(id=upload.id).update(report={}, message="")
    blank_ledger(company_id=company_id, subjects=subjects, blank=partial(_without_text, words))


def _is_telling(text: str) -> bool:
    """Whether a text can only mean this person: an address, a number, a full name. "Max" is in many drafts."""
    return len(text) >= SHORTEST and any(char in " @" or char.isdigit() for char in text)


def _forget_drafts(company_id: int, words: set[str], subjects: dict[str, list[int]]) -> None:
    """Drafts at the customer and its tickets, and whatever names one of its people."""
    begun = tuple(f"{kind}:{row}:" for kind, rows in subjects.items() for row in rows)
    about = {kind: {str(row) for row in rows} for kind, rows in subjects.items()}
    drafts = Draft.objects.filter(company_id=company_id)
    found = [
        draft.id
        for draft in drafts.iterator()
        if draft.place.startswith(begun)
        or any(draft.content.get(kind) in rows for kind, rows in about.items())
        or _holds(words, draft.content)
    ]
    drafts.filter(id__in=found).delete()


def _forget_answers(company_id: int, words: set[str], names: set[str]) -> None:
    """Blanks answers about what is erased, or that name one of the people. The key keeps its status, so that
    nothing is done twice."""
    answered = IdempotencyKey.objects.filter(company_id=company_id, answer__isnull=False)
    found = [
        row.id for row in answered.iterator() if _is_about(names, row.answer) or _holds(words, row.answer)
    ]
    answered.filter(id__in=found).update(answer=None)


def _is_about(names: set[str], answer: Any) -> bool:
    return isinstance(answer, dict) and any(answer.get(field) in names for field in NAMED_BY)


def _forget_notifications(company_id: int, words: set[str], subjects: dict[str, list[int]]) -> None:
    urls = {f"/{kind}s/{row}/" for kind, rows in subjects.items() for row in rows}
    heard = Notification.objects.filter(company_id=company_id)
    found = [row.id for row in heard.iterator() if row.url.split("#")[0] in urls or _holds(words, row.detail)]
    heard.filter(id__in=found).delete()


def _without_text(words: set[str], detail: dict) -> dict:
    """Of a change which fields changed; of anything that names one of the people, no text at all."""
    kept = {name: value for name, value in detail.items() if name != "after"}
    if "before" in kept:
        kept["before"] = dict.fromkeys(kept["before"], "")
    return _blanked(kept) if _holds(words, kept) else kept


def _blanked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _blanked(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_blanked(each) for each in value]
    return "" if isinstance(value, str) else value


def _holds(words: set[str], content: object) -> bool:
    text = json.dumps(content, ensure_ascii=False).lower()
    return any(word in text for word in words)
