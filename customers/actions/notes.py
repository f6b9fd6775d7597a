from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.actions import drop_draft, save_draft
from accounts.models import Draft, Member
from cs_platform.lib import clock
from customers.models import Note

from .conflict import EditConflict


@transaction.atomic
def add_note(*, actor: Member, body: str, key: str = "", **fields: Any) -> Note:
    """A note on a customer or a ticket; with a due date it is a promise.

    key: of one form that was sent; sent twice it makes one note.
    """
    note = Note(
        company_id=actor.company_id, author=actor, body=body, identity=f"live:{key or uuid4().hex}", **fields
    )
    note.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            note.save()
    except IntegrityError:
        return Note.objects.visible_to(actor).get(identity=note.identity, author=actor)
    activity.record("note.added", note, actor=actor)
    return note


@transaction.atomic
def change_note(
    *, actor: Member, note: Note, version: int | None = None, body: str, type: str, due_on: date | None = None
) -> Note:
    """Changes a note; what it said before is kept beside it, for everybody to read.

    version: how many earlier versions the editor saw. Raises EditConflict if there are more.
    """
    note = Note.objects.visible_to(actor).select_for_update(no_key=True).get(id=note.id)
    made = versions_of(note).count()
    if version is not None and version != made:
        raise EditConflict(note)
    if (note.body, note.type, note.due_on) == (body, type, due_on):
        return note
    save_draft(actor=actor, place=f"{_shelf(note.id)}{made + 1}", content=_content(note))
    note.body, note.type, note.due_on = body, type, due_on
    note.full_clean(exclude=["company"])
    note.save(update_fields=["body", "type", "due_on"])
    activity.record("note.changed", note, actor=actor, version=made + 1)
    return note


@transaction.atomic
def delete_note(*, actor: Member, note: Note) -> None:
    """Takes a note away; its text goes to the drafts of whoever did it, until `restore_note` or an erasure."""
    note = Note.objects.visible_to(actor).select_for_update().get(id=note.id)
    save_draft(actor=actor, place=f"{_shelf(note.id)}deleted", content=_content(note))
    activity.record("note.deleted", note, actor=actor)
    Note.objects.filter(id=note.id).delete()


@transaction.atomic
def restore_note(*, actor: Member, note_id: int) -> Note:
    """Brings back a note that this member deleted, as it was. Raises ValidationError if there is nothing."""
    place = f"{_shelf(note_id)}deleted"
    kept = Draft.objects.filter(company_id=actor.company_id, member=actor, place=place)
    draft = kept.select_for_update().first()
    if draft is None:
        raise ValidationError(_("There is no such deleted note of yours."))
    said = draft.content
    note = Note.objects.create(
        id=note_id,
        company_id=actor.company_id,
        identity=said["identity"],
        author_id=int(said["author"]),
        customer_id=_whole(said["customer"]),
        ticket_id=_whole(said["ticket"]),
        type=said["type"],
        body=said["body"],
        noted_at=datetime.fromisoformat(said["noted_at"]),
        due_on=date.fromisoformat(said["due_on"]) if said["due_on"] else None,
        kept_at=datetime.fromisoformat(said["kept_at"]) if said["kept_at"] else None,
        kept_by_id=_whole(said["kept_by"]),
    )
    drop_draft(actor=actor, place=place)
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


def versions_of(note: Note):
    """What a note said before, oldest first: drafts with the text in `content` and the time of the change.

    They lie beside the drafts and not in the ledger, since the ledger can forget nothing and an erasure must.
    A slash in their place keeps them out of reach of the address under which people save drafts.
    """
    shelf = Draft.objects.filter(company_id=note.company_id, place__startswith=_shelf(note.id))
    return shelf.exclude(place__endswith="deleted").order_by("id")


def _shelf(note_id: int) -> str:
    return f"note/{note_id}/"


def _content(note: Note) -> dict[str, str]:
    fields = {
        "identity": note.identity,
        "author": note.author_id,
        "customer": note.customer_id,
        "ticket": note.ticket_id,
        "type": note.type,
        "body": note.body,
        "noted_at": note.noted_at.isoformat(),
        "due_on": note.due_on,
        "kept_at": note.kept_at.isoformat() if note.kept_at else None,
        "kept_by": note.kept_by_id,
    }
    return {name: "" if value is None else str(value) for name, value in fields.items()}


def _whole(text: str) -> int | None:
    return int(text) if text else None
