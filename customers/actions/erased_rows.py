"""How a row is erased: its text goes, the row and its figures stay."""

import secrets

from django.db.models import F, QuerySet

from customers.models import Contact, Customer, ReplyMail, Ticket
from customers.queries.erasure import ERASED, Texts

NO_ADDRESS = {"to_address": "", "error": ""}  # a mail server may have repeated the address


def erase_tickets(company_id: int, ids: list[int]) -> dict[str, int]:
    """Subjects, texts and all that was written at some tickets; search forgets the words by itself."""
    tickets = Ticket.objects.filter(company_id=company_id, id__in=ids)
    counts = {"tickets": tickets.update(subject="", body="", version=F("version") + 1)}
    texts = Texts(company_id, ids)
    texts.mails.update(**NO_ADDRESS)
    counts["messages"] = texts.messages.update(body="")
    for name, rows, field in fields(texts):
        counts[name] = rows.update(**{field: ""})
    return counts


def fields(texts: Texts) -> list[tuple[str, QuerySet, str]]:
    """(count, rows, the field that holds text). What was said before goes before what is said now."""
    return [
        ("versions", texts.versions, "body"),
        ("notes", texts.notes, "body"),
        ("earlier_answers", texts.earlier_answers, "comment"),
        ("answers", texts.answers, "comment"),
    ]


def rename(company_id: int, address: str) -> int:
    """Gives an address a pseudonym on every ticket of the company."""
    ReplyMail.objects.filter(company_id=company_id, to_address=address).update(**NO_ADDRESS)
    tickets = Ticket.objects.filter(company_id=company_id, requester_email=address)
    return tickets.update(requester_email=f"erased-{secrets.token_hex(12)}{ERASED}")


def erase_contacts(contacts: QuerySet[Contact]) -> int:
    rows = list(contacts)
    for contact in rows:
        contact.name = contact.email = contact.phone = contact.title = ""
        contact.external_id = f"erased-{secrets.token_hex(12)}"
    return Contact.objects.bulk_update(
        rows, ["name", "email", "phone", "title", "external_id"], batch_size=500
    )


def erase_row(row: Customer, with_name: bool) -> None:
    row.churn_reason = ""
    if with_name:
        row.external_id = f"erased-{secrets.token_hex(12)}"
        row.name = row.external_id
    row.version += 1
    row.save(update_fields=["churn_reason", "name", "external_id", "version"])
