from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.models import Note


@transaction.atomic
def add_note(*, actor: Member, body: str, **fields: Any) -> Note:
    """A note on a customer or a ticket; with a due date it is a promise."""
    note = Note(
        company_id=actor.company_id, author=actor, body=body, identity=f"live:{uuid4().hex}", **fields
    )
    note.full_clean()
    note.save()
    activity.record("note.added", note, actor=actor)
    return note


@transaction.atomic
def keep_promise(*, actor: Member, note: Note) -> Note:
    note = Note.objects.visible_to(actor).select_for_update().get(id=note.id)
    note.kept_at, note.kept_by = note.kept_at or clock.now(), note.kept_by or actor
    note.save(update_fields=["kept_at", "kept_by"])
    activity.record("promise.kept", note, actor=actor)
    return note
