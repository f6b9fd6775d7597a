"""The whole file of a candidate, for the candidate: data as JSON and the files as they came, in one ZIP."""

import json
import tempfile
import zipfile
from typing import IO

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from accounts import activity
from accounts.models import Member
from hiring.models import Candidate
from hiring.queries.export import told_of

from .files import path_of

IN_MEMORY = 2 * 1024**2


@transaction.atomic
def export_candidate(*, actor: Member, candidate: Candidate) -> IO[bytes]:
    """A ZIP, open at its beginning. What is sealed to the actor is left out and counted."""
    packed = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever answers closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        told = told_of(actor, candidate)
        archive.writestr(
            "candidate.json", json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        )
        for kept in candidate.files.order_by("id"):
            path = path_of(kept.place)
            if path.is_file():
                archive.write(path, f"files/{kept.id}-{kept.name}")
    activity.record("candidate.exported", candidate, actor=actor)
    packed.seek(0)
    return packed
