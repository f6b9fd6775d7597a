"""How the mail of a reply reads: plain text, headers of one line, and a thread that mail programs recognise."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from accounts.mailbox import COMPANY
from customers.models import ReplyMail, Ticket
from customers.queries.reply_mail import earlier_mails

LONGEST_SUBJECT = 300


def letter_of(mail: ReplyMail) -> EmailMessage:
    """The mail of a reply. Raises ValueError for an address that no mail can carry."""
    company, actor = mail.company, mail.event.actor
    words = {"text": mail.event.body, "actor": actor, "company": company, "ticket": mail.event.ticket}
    earlier = earlier_mails(mail)
    headers = {"Message-ID": mail.message_id, COMPANY: company.slug}
    if earlier:
        headers |= {"In-Reply-To": earlier[-1], "References": " ".join(earlier)}
    if actor and actor.is_bot:
        headers["Auto-Submitted"] = "auto-generated"
    answers_to = company.reply_address or (actor.email if actor and not actor.is_bot else "")
    return EmailMessage(
        subject_of(mail.event.ticket),
        render_to_string("customers/email/reply.txt", words).strip() + "\n",
        formataddr((_one_line(company.sender_name or company.name), _sender())),
        [mail.to_address],
        reply_to=[answers_to] if answers_to else None,
        headers=headers,
    )


def subject_of(ticket: Ticket) -> str:
    """ "Re: Charged twice [T-4711]"; a subject that begins so already keeps its one "Re:"."""
    subject = _one_line(ticket.subject)[:LONGEST_SUBJECT]
    begun = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    return f"{begun.strip()} [{_one_line(ticket.external_id)}]"


def domain() -> str:
    """Of the address that mails are sent from."""
    return _sender().rpartition("@")[2] or "localhost"


def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _one_line(text: str) -> str:
    """Without line breaks and other signs that no header may hold."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
