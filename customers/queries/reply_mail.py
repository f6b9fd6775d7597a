"""Where a reply goes, if anywhere, and how far its mail is."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.mailbox import mails_are_kept
from accounts.models import Company, Member
from cs_platform.lib import clock
from customers.models import Contact, ReplyMail, Ticket

MOST_REFERENCES = 20
MOST_AT_ONCE = 500
WENT_OUT = (ReplyMail.State.SENT, ReplyMail.State.KEPT, ReplyMail.State.UNSURE)
NOWHERE = ".invalid"  # never an address; the erased ones end with it


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a reply on a ticket would be mailed to. Without an address it is only recorded; is_off says why."""

    address: str = ""
    name: str = ""
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class MailLine:
    """How far the mail of a reply is, as the conversation tells it."""

    event_id: int
    state: str
    to: str
    sent_at: datetime | None
    error: str
    replied_at: datetime

    @property
    def is_stuck(self) -> bool:
        """Whether only a person gets it any further."""
        return self.state in (ReplyMail.State.FAILED, ReplyMail.State.UNSURE)

    @property
    def is_on_its_way(self) -> bool:
        """Whether it is a matter of seconds: nobody has refused it yet."""
        return self.state in (ReplyMail.State.WAITING, ReplyMail.State.SENDING) and not self.error

    @property
    def icon(self) -> str:
        return {ReplyMail.State.SENT: "check", ReplyMail.State.KEPT: "mail"}.get(
            ReplyMail.State(self.state), "alert-triangle" if self.is_stuck else "hourglass"
        )

    @property
    def words(self) -> str:
        said = {"to": self.to or _("an address that was erased"), "at": self._time(), "why": self.error}
        if self.state == ReplyMail.State.SENT:
            return _("Mailed to %(to)s at %(at)s") % said
        if self.state == ReplyMail.State.KEPT:
            return _("Kept for %(to)s at %(at)s: there is no mail server") % said
        if self.state == ReplyMail.State.FAILED:
            return _("Not mailed: %(why)s") % said
        if self.state == ReplyMail.State.UNSURE:
            return _("Perhaps not mailed: the connection ended while it was sent")
        return (
            _("Waiting to be mailed; the last try: %(why)s") if self.error else _("Waiting to be mailed")
        ) % said

    def _time(self) -> str:
        """The time of day, with the day if it is not that of the reply."""
        if self.sent_at is None:
            return ""
        local = timezone.localtime(self.sent_at)
        same_day = local.date() == timezone.localtime(self.replied_at).date()
        return date_format(local, "H:i" if same_day else "j M, H:i")


def recipient_of(member: Member, ticket: Ticket) -> Recipient:
    address = address_for(member.company, ticket)
    if not address:
        return Recipient(is_off=not is_mailing(member.company))
    return Recipient(address, _name_of(member, ticket, address))


def is_mailing(company: Company) -> bool:
    """Whether replies are mailed. The demo's customers are made up, so its mails never leave the house."""
    return company.mails_replies and (not company.demo_note or mails_are_kept())


def address_for(company: Company, ticket: Ticket) -> str:
    """The requester's address, if the company mails replies and it is one that can be mailed to."""
    address = ticket.requester_email if is_mailing(company) else ""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return "" if address.endswith(NOWHERE) else address


def _name_of(member: Member, ticket: Ticket, address: str) -> str:
    """How the customer's contacts call the person of that address."""
    if ticket.customer_id is None:
        return ""
    contacts = Contact.objects.visible_to(member).filter(customer_id=ticket.customer_id)
    return contacts.filter(email__iexact=address).values_list("name", flat=True).first() or ""


def earlier_mails(mail: ReplyMail) -> list[str]:
    """Message ids of the replies that went out on the ticket before, oldest first; the newest 20."""
    before = ReplyMail.objects.filter(
        company_id=mail.company_id,
        event__ticket_id=mail.event.ticket_id,
        event_id__lt=mail.event_id,
        state__in=WENT_OUT,
    )
    newest = before.order_by("-event_id").values_list("message_id", flat=True)[:MOST_REFERENCES]
    return list(newest)[::-1]


def mails_due() -> list[int]:
    """Of all companies: what is due to be sent, or was begun by somebody who is gone."""
    open_states = (ReplyMail.State.WAITING, ReplyMail.State.SENDING)
    due = ReplyMail.objects.filter(state__in=open_states, due_at__lte=clock.now())
    return list(due.order_by("due_at").values_list("id", flat=True)[:MOST_AT_ONCE])
