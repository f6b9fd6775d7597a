"""The public page: its link, and what comes in by it."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.core.files.base import File
from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts import activity
from accounts.models import Member
from hiring.models import Application, Candidate, Requisition, Source, VoluntaryAnswer

from .candidates import add_candidate, apply
from .files import keep_file
from .letters import queue_received

SALT = "hiring.apply"


@transaction.atomic
def open_link(*, actor: Member, requisition: Requisition) -> Requisition:
    """Opens the public page under a new link; an earlier one is void."""
    return _set_key(actor, requisition, secrets.token_hex(12), "requisition.link_opened")


@transaction.atomic
def close_link(*, actor: Member, requisition: Requisition) -> Requisition:
    """Nobody applies by the link any more. Twice is once."""
    return (
        _set_key(actor, requisition, "", "requisition.link_closed") if requisition.apply_key else requisition
    )


def token_of(requisition: Requisition) -> str:
    """What the public address ends with; nothing while there is no public page."""
    if not requisition.apply_key:
        return ""
    return signing.Signer(salt=SALT).sign_object([requisition.id, requisition.apply_key])


def find_requisition(token: str) -> Requisition | None:
    """The job of a link that was signed by us and not taken back since."""
    try:
        requisition_id, key = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Requisition.objects.select_related("company").filter(id=requisition_id).first()
    there = found is not None and bool(found.apply_key) and constant_time_compare(found.apply_key, key)
    return found if there else None


@transaction.atomic
def receive_application(
    *,
    requisition: Requisition,
    person: Mapping[str, Any],
    upload: File | None = None,
    answers: Mapping[str, str] | None = None,
) -> Application | None:
    """An application by the public page. person: fields of the candidate with the consent.

    Whoever has an open application for the job under this e-mail address is not taken twice, and None comes back:
    the page thanks all the same, so that nobody learns here who has applied. A person whom we know from elsewhere is
    a new row, since an address on a public page proves nothing; the hiring team is shown that they look alike.
    """
    # Two sendings at once queue here.
    requisition = Requisition.objects.select_for_update(no_key=True).get(id=requisition.id)
    email = person["email"].strip().lower()
    known = requisition.applications.filter(state=Application.State.ACTIVE, candidate__email=email)
    if known.exists():
        return None
    candidate: Candidate = add_candidate(actor=None, company_id=requisition.company_id, **person)
    application = apply(actor=None, candidate=candidate, requisition=requisition, source=Source.APPLIED)
    if upload is not None:
        keep_file(actor=None, candidate=candidate, upload=upload)
    VoluntaryAnswer.objects.bulk_create(
        VoluntaryAnswer(company_id=requisition.company_id, application=application, kind=kind, value=value)
        for kind, value in (answers or {}).items()
        if value
    )
    queue_received(application)
    return application


def _set_key(actor: Member, requisition: Requisition, key: str, verb: str) -> Requisition:
    requisition = Requisition.objects.select_for_update(no_key=True).get(id=requisition.id)
    requisition.apply_key = key
    requisition.save(update_fields=["apply_key"])
    activity.record(verb, requisition, actor=actor)
    return requisition
