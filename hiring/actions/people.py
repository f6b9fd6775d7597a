"""Rows of people under lock, and what may not be done with them any more."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from hiring.models import Application, Candidate


def locked_people(company_id: int, ids: Collection[int], *, no_key: bool = True) -> dict[int, Candidate]:
    """Candidates with all that merged into them, by id. Their applications come first, as with every deed on one.

    no_key: False if nothing may be added to them meanwhile, not even a note.
    """
    everybody = [*ids, *merged_into(company_id, ids)]
    theirs = Application.objects.filter(company_id=company_id, candidate_id__in=everybody).order_by("id")
    before = [row.id for row in theirs.select_for_update(no_key=no_key, of=("self",))]
    rows = Candidate.objects.filter(company_id=company_id, id__in=everybody).order_by("id")
    found = {row.id: row for row in rows.select_for_update(no_key=no_key)}
    # One that was made meanwhile; from now on none is.
    list(theirs.exclude(id__in=before).select_for_update(no_key=no_key, of=("self",)))
    return found


def merged_into(company_id: int, ids: Collection[int]) -> list[int]:
    """Ids of the rows that were merged into these, also by way of others."""
    found: list[int] = []
    layer = list(ids)
    while layer:
        rows = Candidate.objects.filter(company_id=company_id, merged_into_id__in=layer)
        layer = list(rows.order_by("id").values_list("id", flat=True))
        found += layer
    return found


def survivor_of(candidate: Candidate) -> Candidate:
    """The row that stands for this person now."""
    while candidate.merged_into is not None:
        candidate = candidate.merged_into
    return candidate


def check_stands(candidate: Candidate) -> None:
    """Raises ValidationError for somebody of whom nothing new is kept, or not under this row."""
    if candidate.erased_at:
        raise ValidationError(_("This file was erased; nothing new about the person is kept in it."))
    if candidate.merged_into_id:
        raise ValidationError(_("This person was merged with another entry. Go on there."))
