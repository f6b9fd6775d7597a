"""What an erasure would take, before it is taken."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Q

from customers.models import Contact, Customer, ImportRun, Note, Survey, Ticket, TicketEvent, Upload

# The state of an erasure that a worker does, renewed at each step; it is gone when the erasure is done, and soon
# after a worker died over it.
PROGRESS = "erasure:{}"
KEPT_FOR = 600


@dataclass(frozen=True)
class Extent:
    """How many rows lose their text. mentions: notes that name the person, which nobody can judge but people."""

    contacts: int
    tickets: int
    messages: int
    notes: int
    answers: int
    elsewhere: int
    files: int
    mentions: tuple[Note, ...] = ()

    @property
    def rows(self) -> int:
        return self.contacts + self.tickets + self.messages + self.notes + self.answers


def customer_extent(customer: Customer) -> Extent:
    family = list(
        Customer.objects.filter(company_id=customer.company_id).filter(
            Q(id=customer.id) | Q(merged_into=customer)
        )
    )
    company = {"company_id": customer.company_id}
    tickets = Ticket.objects.filter(**company, customer__in=family)
    wrote = tickets.exclude(requester_email="").values("requester_email")
    elsewhere = Ticket.objects.filter(**company, requester_email__in=wrote).exclude(customer__in=family)
    return Extent(
        contacts=Contact.objects.filter(**company, customer__in=family).count(),
        tickets=tickets.count(),
        messages=TicketEvent.objects.filter(**company, ticket__in=tickets).exclude(body="").count(),
        notes=Note.objects.filter(Q(customer__in=family) | Q(ticket__in=tickets), **company).count(),
        answers=Survey.objects.filter(**company, customer__in=family).exclude(comment="").count(),
        elsewhere=elsewhere.count(),
        files=_files(customer.company_id),
    )


def contact_extent(contact: Contact) -> Extent:
    company = {"company_id": contact.company_id}
    addresses = [contact.email, contact.email.lower()] if contact.email else []
    tickets = Ticket.objects.filter(**company, requester_email__in=addresses)
    named = [text for text in (contact.name, contact.email) if text]
    says = Q(id=None)
    for text in named:
        says |= Q(body__icontains=text)
    about = Q(customer=contact.customer_id) if contact.customer_id else Q(id=None)
    return Extent(
        contacts=1,
        tickets=tickets.count(),
        messages=TicketEvent.objects.filter(**company, ticket__in=tickets).exclude(body="").count(),
        notes=Note.objects.filter(**company, ticket__in=tickets).count(),
        answers=Survey.objects.filter(**company, ticket__in=tickets).exclude(comment="").count(),
        elsewhere=0,
        files=_files(contact.company_id),
        mentions=tuple(Note.objects.filter(says, about, **company).order_by("-noted_at")[:20]),
    )


def is_being_erased(customer_id: int) -> tuple[int, int] | None:
    """(step, of) while a worker is at it."""
    return cache.get(PROGRESS.format(customer_id))


def _files(company_id: int) -> int:
    """Files that lie on the disk as they were handed in, or with the rows that were refused."""
    refused = ImportRun.objects.filter(company_id=company_id).exclude(error_file="").count()
    return Upload.objects.filter(company_id=company_id).exclude(path="").count() + refused
