"""What an erasure reaches: the one set of rules, by which the page counts before and the deed erases after."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Member
from customers.models import (
    Contact,
    Customer,
    ImportRun,
    Note,
    NoteVersion,
    ReplyMail,
    Survey,
    SurveyAnswer,
    Ticket,
    TicketEvent,
    Upload,
)

ERASED = "@erased.invalid"


@dataclass(frozen=True)
class Texts:
    """What is written at some tickets and customers, as far as there is any text."""

    company_id: int
    tickets: Any  # ids, or a query of tickets
    customers: Collection[int] = ()

    @property
    def messages(self) -> QuerySet[TicketEvent]:
        rows = TicketEvent.objects.filter(company_id=self.company_id, ticket__in=self.tickets)
        return rows.exclude(body="")

    @property
    def mails(self) -> QuerySet[ReplyMail]:
        return ReplyMail.objects.filter(company_id=self.company_id, event__ticket__in=self.tickets)

    @property
    def notes(self) -> QuerySet[Note]:
        return Note.objects.filter(self._at, company_id=self.company_id).exclude(body="")

    @property
    def versions(self) -> QuerySet[NoteVersion]:
        notes = Note.objects.filter(self._at, company_id=self.company_id)
        return NoteVersion.objects.filter(company_id=self.company_id, note__in=notes).exclude(body="")

    @property
    def answers(self) -> QuerySet[Survey]:
        return self._surveys.exclude(comment="")

    @property
    def earlier_answers(self) -> QuerySet[SurveyAnswer]:
        rows = SurveyAnswer.objects.filter(company_id=self.company_id, survey__in=self._surveys)
        return rows.exclude(comment="")

    @property
    def _surveys(self) -> QuerySet[Survey]:
        return Survey.objects.filter(self._at, company_id=self.company_id)

    @property
    def _at(self) -> Q:
        return Q(customer__in=self.customers) | Q(ticket__in=self.tickets)


@dataclass(frozen=True)
class Reach:
    """The people of a customer and of those that were merged into it, or one person."""

    company_id: int
    customers: tuple[int, ...]
    contacts: QuerySet[Contact]

    @classmethod
    def of_customer(cls, customer: Customer) -> "Reach":
        family = tuple(family_of(customer).values_list("id", flat=True))
        company_id = customer.company_id
        contacts = Contact.objects.filter(company_id=company_id, customer__in=family)
        return cls(company_id, family, contacts)

    @classmethod
    def of_contact(cls, contact: Contact) -> "Reach":
        company_id = contact.company_id
        return cls(company_id, (), Contact.objects.filter(company_id=company_id, id=contact.id))

    @cached_property
    def addresses(self) -> set[str]:
        """E-mail addresses of these people, but for those of the team, however a contact's was typed."""
        found = set(self.contacts.values_list("email", flat=True))
        found |= {email.lower() for email in found}
        wrote = self._all_tickets.filter(customer__in=self.customers).order_by()
        found |= set(wrote.values_list("requester_email", flat=True).distinct())
        rows = Member.objects.comparable().filter(company_id=self.company_id)
        team = set(rows.filter(email__in={email.lower() for email in found}).values_list("email", flat=True))
        return {e for e in found if e and e.lower() not in team and not e.endswith(ERASED)}

    @property
    def tickets(self) -> QuerySet[Ticket]:
        """A customer's: its own, and those of no customer that its people wrote. A person's: all that they wrote."""
        wrote = Q(requester_email__in=self.addresses)
        if self.customers:
            wrote = Q(customer__in=self.customers) | wrote & Q(customer__isnull=True)
        return self._all_tickets.filter(wrote)

    @property
    def elsewhere(self) -> QuerySet[Ticket]:
        """Tickets of others that the same people wrote: they lose the address, not their text."""
        wrote = self._all_tickets.filter(requester_email__in=self.addresses)
        return wrote.filter(customer__isnull=False).exclude(customer__in=self.customers)

    @property
    def texts(self) -> Texts:
        return Texts(self.company_id, self.tickets, self.customers)

    @property
    def _all_tickets(self) -> QuerySet[Ticket]:
        return Ticket.objects.filter(company_id=self.company_id)


def family_of(customer: Customer) -> QuerySet[Customer]:
    """The customer, and those that were merged into it."""
    rows = Customer.objects.filter(company_id=customer.company_id)
    return rows.filter(Q(id=customer.id) | Q(merged_into=customer)).order_by("id")


@dataclass(frozen=True)
class Extent:
    """How many rows lose their text. mentions: notes that name the person, which nobody can judge but people."""

    contacts: int
    tickets: int
    messages: int
    notes: int
    answers: int
    files: int
    elsewhere: int = 0
    mentions: tuple[Note, ...] = ()


def customer_extent(customer: Customer) -> Extent:
    reach = Reach.of_customer(customer)
    return replace(_extent(reach), elsewhere=reach.elsewhere.count())


def contact_extent(contact: Contact) -> Extent:
    return replace(_extent(Reach.of_contact(contact)), mentions=tuple(_mentions(contact)))


def _extent(reach: Reach) -> Extent:
    texts = reach.texts
    return Extent(
        contacts=reach.contacts.count(),
        tickets=reach.tickets.count(),
        messages=texts.messages.count(),
        notes=texts.notes.count(),
        answers=texts.answers.count(),
        files=_files(reach.company_id),
    )


def _mentions(contact: Contact) -> QuerySet[Note]:
    says = Q(id=None)
    for text in filter(None, (contact.name, contact.email)):
        says |= Q(body__icontains=text)
    about = Q(customer=contact.customer_id) if contact.customer_id else Q(id=None)
    return Note.objects.filter(says, about, company_id=contact.company_id).order_by("-noted_at")[:20]


def _files(company_id: int) -> int:
    """Files that lie on the disk as they were handed in, or with the rows that were refused."""
    refused = ImportRun.objects.filter(company_id=company_id).exclude(error_file="").count()
    return Upload.objects.filter(company_id=company_id).exclude(path="").count() + refused
