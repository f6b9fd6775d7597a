from datetime import date
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.models import Note, NoteVersion
from customers.queries.people import mentioned

from .conflict import EditConflict
from .standing import lock_survivor


@transaction.atomic
def add_note(*, actor: Member, body: str, key: str = "", **fields: Any) -> Note:
    """A note on a customer or a ticket; with a due date it is a promise, unless another type is given.

    key: of one form that was sent; the same text from it makes one note, another text another one.
    Who is named in it by @ is told. Raises ValidationError that names the field, and for a customer that was erased;
    of one that was merged the survivor gets it.
    """
    fields.setdefault("type", Note.Type.PROMISE if fields.get("due_on") else Note.Type.NOTE)
    customer, ticket = fields.get("customer"), fields.get("ticket")
    if ticket:
        lock_survivor(ticket.customer_id)
    if customer:
        fields["customer"] = lock_survivor(customer.id)
    note = Note(company_id=actor.company_id, author=actor, body=body, identity=_identity(key), **fields)
    note.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            note.save()
    except IntegrityError:
        if sent := sent_note(actor, key, body):
            return sent
        note.identity = _identity("")
        note.save()
    activity.record("note.added", note, actor=actor, mentions=mentioned(actor, body))
    return note


def sent_note(actor: Member, key: str, body: str) -> Note | None:
    """The note that a form made of this very text before."""
    mine = Note.objects.visible_to(actor).filter(author=actor, body=body)
    return mine.filter(identity=_identity(key)).first() if key else None


def _identity(key: str) -> str:
    return f"live:{key or uuid4().hex}"


@transaction.atomic
def change_note(
    *, actor: Member, note: Note, version: int | None = None, body: str, type: str, due_on: date | None = None
) -> Note:
    """Changes a note; what it said before is kept beside it, for everybody to read.

    version: how many earlier versions the editor saw. Raises EditConflict if there are more.
    """
    lock_survivor(note.customer_id or (note.ticket.customer_id if note.ticket else None))
    note = Note.objects.visible_to(actor).select_for_update(no_key=True).get(id=note.id)
    made = note.versions.count()
    if version is not None and version != made:
        raise EditConflict(note, made)
    if (note.body, note.type, note.due_on) == (body, type, due_on):
        return note
    NoteVersion.objects.create(
        company_id=note.company_id,
        note=note,
        number=made + 1,
        type=note.type,
        body=note.body,
        due_on=note.due_on,
        changed_by=actor,
    )
    note.body, note.type, note.due_on = body, type, due_on
    note.full_clean(exclude=["company"])
    note.save(update_fields=["body", "type", "due_on"])
    activity.record("note.changed", note, actor=actor, version=made + 1)
    return note


@transaction.atomic
def delete_note(*, actor: Member, note: Note) -> None:
    """Puts a note out of sight; `restore_note` takes it back."""
    note = Note.objects.visible_to(actor).select_for_update().get(id=note.id)
    note.deleted_at, note.deleted_by = clock.now(), actor
    note.save(update_fields=["deleted_at", "deleted_by"])
    activity.record("note.deleted", note, actor=actor)


@transaction.atomic
def restore_note(*, actor: Member, note_id: int) -> Note:
    """Brings back a note that this member deleted. Raises ValidationError if there is no such note."""
    deleted = Note.objects.filter(company_id=actor.company_id, deleted_by=actor, deleted_at__isnull=False)
    note = deleted.select_for_update(of=("self",)).filter(id=note_id).first()
    if note is None:
        raise ValidationError(_("There is no such deleted note of yours."))
    note.deleted_at, note.deleted_by = None, None
    note.save(update_fields=["deleted_at", "deleted_by"])
    activity.record("note.restored", note, actor=actor)
    return note


@transaction.atomic
def keep_promise(*, actor: Member, note: Note) -> Note:
    note = Note.objects.visible_to(actor).select_for_update().get(id=note.id)
    note.kept_at, note.kept_by = note.kept_at or clock.now(), note.kept_by or actor
    note.save(update_fields=["kept_at", "kept_by"])
    activity.record("promise.kept", note, actor=actor)
    return note


@transaction.atomic
def reopen_promise(*, actor: Member, note: Note) -> Note:
    """It was ticked by mistake: the promise is due again."""
    note = Note.objects.visible_to(actor).select_for_update().get(id=note.id)
    note.kept_at, note.kept_by = None, None
    note.save(update_fields=["kept_at", "kept_by"])
    activity.record("promise.reopened", note, actor=actor)
    return note
