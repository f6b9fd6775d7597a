"""What customers does after a deed: it tells the people concerned (each key names the deed, so told once), and
has replies mailed."""

from collections.abc import Iterator

from celery import current_app
from django.urls import reverse

from accounts.notifications import Notice, notify
from customers.models import Note, ReplyMail, Status, Survey, Ticket, Upload
from customers.notices import url_of_note
from customers.queries.needs import is_low

Rows = list[tuple[int, dict]]


def tell_of_assignment(company_id: int, rows: Rows) -> None:
    """Tickets were logged for somebody or given to somebody, by somebody else; of a bulk deed it tells once."""
    given = [(ticket_id, detail) for ticket_id, detail in rows if detail.get("assignee")]
    there = _holders(company_id, given)
    deeds: dict[tuple, Rows] = {}
    for ticket_id, detail in given:
        if ticket_id in there:
            deed = (detail.get("batch") or detail["activity"], detail["assignee"])
            deeds.setdefault(deed, []).append((ticket_id, detail))
    notify(company_id, [_of_assignment(its) for its in deeds.values()])


def tell_of_mention(company_id: int, rows: Rows) -> None:
    named = [(ticket_id, detail) for ticket_id, detail in rows if detail.get("mentions")]
    there = _holders(company_id, named)
    notify(
        company_id,
        [
            _of_ticket("ticket.mentioned", ticket_id, detail, member_id)
            for ticket_id, detail in named
            if ticket_id in there
            for member_id in detail["mentions"]
        ],
    )


def tell_of_mention_by_note(company_id: int, rows: Rows) -> None:
    """As above, in a note on a customer or a typed note on a ticket."""
    named = {note_id: detail for note_id, detail in rows if detail.get("mentions")}
    notes = Note.objects.filter(company_id=company_id, id__in=named) if named else []
    notify(company_id, [notice for note in notes for notice in _of_note(note, named[note.id])])


def tell_of_return(company_id: int, rows: Rows) -> None:
    """The customer of somebody's ticket replied."""
    _tell_holder("ticket.customer_replied", company_id, rows)


def tell_of_reopening(company_id: int, rows: Rows) -> None:
    _tell_holder("ticket.reopened", company_id, rows)


def tell_of_low_score(company_id: int, rows: Rows) -> None:
    """A low score on somebody's ticket, or without a ticket from somebody's customer."""
    low = dict(rows)
    surveys = Survey.objects.filter(company_id=company_id, id__in=low).select_related("ticket", "customer")
    notify(
        company_id,
        [
            _of_score(survey, low[survey.id].get("actor"))
            for survey in surveys
            if is_low(survey.kind, survey.score)
        ],
    )


def tell_of_customer(company_id: int, rows: Rows) -> None:
    """A customer was given to somebody."""
    notify(
        company_id,
        [
            Notice(
                member_id=detail.get("owner"),
                verb="customer.given",
                key=f"customer.given:{detail['activity']}",
                url=reverse("customers:customer_show", args=[customer_id]),
                detail={"customer": customer_id},
                actor_id=detail["actor"],
            )
            for customer_id, detail in rows
        ],
    )


def tell_of_import(company_id: int, rows: Rows) -> None:
    _tell_importer("import.done", company_id, rows)


def tell_of_failed_import(company_id: int, rows: Rows) -> None:
    _tell_importer("import.failed", company_id, rows)


def mail_replies(company_id: int, rows: Rows) -> None:
    """Has a worker send each mail that waits. If the broker is away this fails, and the outbox tries again."""
    events = [detail["event"] for _ticket_id, detail in rows if detail.get("event")]
    waiting = ReplyMail.objects.filter(company_id=company_id, event_id__in=events)
    for mail_id in waiting.filter(state=ReplyMail.State.WAITING).values_list("id", flat=True):
        current_app.send_task("customers.tasks.mail_reply", [mail_id], retry=False)


def tell_of_lost_mail(company_id: int, rows: Rows) -> None:
    """Whoever replied hears that the reply did not go out."""
    there = _holders(company_id, rows)
    notify(
        company_id,
        [
            _of_ticket("ticket.not_mailed", ticket_id, detail, detail["by"])
            for ticket_id, detail in rows
            if ticket_id in there
        ],
    )


def _tell_holder(verb: str, company_id: int, rows: Rows) -> None:
    holders = _holders(company_id, rows)
    notify(
        company_id,
        [
            _of_ticket(verb, ticket_id, detail, holders[ticket_id])
            for ticket_id, detail in rows
            if ticket_id in holders
        ],
    )


def _tell_importer(verb: str, company_id: int, rows: Rows) -> None:
    """Whoever started an import hears of its end; nobody else does."""
    uploads = dict(
        Upload.objects.filter(company_id=company_id, run_id__in=dict(rows)).values_list("run_id", "id")
    )
    notify(
        company_id,
        [
            Notice(
                detail["actor"], verb, f"{verb}:{run_id}", _of_upload(uploads.get(run_id)), {"run": run_id}
            )
            for run_id, detail in rows
        ],
    )


def _of_upload(upload_id: int | None) -> str:
    if upload_id is None:
        return reverse("customers:import_index")
    return reverse("customers:import_show", args=[upload_id])


def _holders(company_id: int, rows: Rows) -> dict[int, int | None]:
    """{ticket: assignee now} of those that can be seen: nobody hears of a deleted one."""
    if not rows:
        return {}
    seen = Ticket.objects.filter(company_id=company_id, id__in={ticket_id for ticket_id, _detail in rows})
    return dict(seen.exclude(status=Status.DELETED).values_list("id", "assignee_id"))


def _of_ticket(verb: str, ticket_id: int, detail: dict, member_id: int | None) -> Notice:
    return Notice(
        member_id=member_id,
        verb=verb,
        key=f"{verb}:{detail['activity']}",
        url=reverse("customers:ticket_show", args=[ticket_id]),
        detail={"ticket": ticket_id},
        actor_id=detail["actor"],
    )


def _of_assignment(rows: Rows) -> Notice:
    ticket_id, detail = rows[0]
    if len(rows) == 1:
        return _of_ticket("ticket.assigned", ticket_id, detail, detail["assignee"])
    return Notice(
        member_id=detail["assignee"],
        verb="tickets.assigned",
        key=f"tickets.assigned:{detail['batch']}",
        url=f"{reverse('customers:ticket_index')}?assignee=me&state=unresolved",
        detail={"count": len(rows)},
        actor_id=detail["actor"],
    )


def _of_note(note: Note, told: dict) -> Iterator[Notice]:
    for member_id in told["mentions"]:
        yield Notice(
            member_id=member_id,
            verb="note.mentioned",
            key=f"note.mentioned:{note.id}",
            url=url_of_note(note),
            detail={"note": note.id, "customer": note.customer_id},
            actor_id=told["actor"],
        )


def _of_score(survey: Survey, actor_id: int | None) -> Notice:
    ticket, customer = survey.ticket, survey.customer
    credited = survey.stated_rep_id or (ticket and (ticket.resolver_id or ticket.assignee_id))
    place = ("customers:ticket_show", ticket) if ticket else ("customers:customer_show", customer)
    return Notice(
        member_id=credited or (customer.owner_id if customer else None),
        verb="survey.low",
        key=f"survey.low:{survey.id}",
        url=reverse(place[0], args=[place[1].id]) if place[1] else "",
        detail={
            "ticket": survey.ticket_id,
            "customer": survey.customer_id,
            "kind": survey.kind,
            "score": survey.score,
        },
        actor_id=actor_id,
    )


REACTIONS = {
    "ticket.logged": tell_of_assignment,
    "ticket.assigned": tell_of_assignment,
    "ticket.replied": mail_replies,
    "ticket.mailed_again": mail_replies,
    "ticket.not_mailed": tell_of_lost_mail,
    "ticket.noted": tell_of_mention,
    "note.added": tell_of_mention_by_note,
    "ticket.customer_replied": tell_of_return,
    "ticket.reopened": tell_of_reopening,
    "survey.answered": tell_of_low_score,
    "customer.owner_set": tell_of_customer,
    "import.done": tell_of_import,
    "import.failed": tell_of_failed_import,
}
