"""The figures of the company as somebody saw them, and what they tried."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from training.models import Enrolment, Snapshot
from training.queries.picture import Known, Tried


@transaction.atomic
def keep_snapshot(
    *,
    actor: Member,
    known: Known,
    tried: Sequence[Tried],
    enrolment: Enrolment | None = None,
    name: str = "",
) -> Snapshot:
    """With the lessons of one's own path, or by a name. Raises ValidationError for neither, or another one's path."""
    if enrolment is None and not name.strip():
        raise ValidationError({"name": _("Give it a name.")})
    if enrolment is not None and enrolment.member_id != actor.id:
        raise ValidationError(_("Figures are kept with one’s own path only."))
    snapshot = Snapshot.objects.create(
        company_id=actor.company_id,
        member=actor,
        enrolment=enrolment,
        given=known.as_json(),
        tried={"scenarios": [each.as_json() for each in tried]},
        name=name.strip(),
    )
    activity.record("snapshot.kept", snapshot, actor=actor)
    return snapshot
