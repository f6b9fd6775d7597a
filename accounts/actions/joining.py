from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Company, Member

from .invitations import invite_member
from .members import enter_member
from .reporting import LineRefused, set_line


@transaction.atomic
def add_person(
    *,
    actor: Member,
    email: str,
    name: str,
    role: str,
    started_on: date | None,
    manager: Member | None,
    line_from: date,
    site: str = "",
) -> Member:
    """A new person with whom they report to, and invited if site is given. Raises ValidationError by field."""
    company = Company.objects.get(id=actor.company_id)
    try:
        with transaction.atomic():
            person = enter_member(
                actor=actor,
                company=company,
                email=email,
                name=name,
                role=role,
                started_on=started_on,
                left_on=None,
                invites=True,
            )
    except IntegrityError as error:
        raise ValidationError({"email": _("Somebody has entered this person meanwhile.")}) from error
    if manager is not None:
        try:
            set_line(actor=actor, member=person, manager=manager, valid_from=line_from)
        except LineRefused as refused:
            raise ValidationError({"manager": str(refused)}) from refused
    if site and person.user_id is None:
        invite_member(actor=actor, member=person, site=site)
    return person
