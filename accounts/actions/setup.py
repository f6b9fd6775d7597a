from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Company, Member, Role, User

from .companies import create_company
from .members import enter_member

SET_UP = 7_303  # the advisory lock at which two who set up at once queue
DEMO_SLUGS = ("demo", "forum")


@transaction.atomic
def set_up(*, slug: str, name: str, zone: str, admin_email: str, admin_name: str, password: str) -> Member:
    """The first company of an installation with its first admin, who can sign in. Raises ValidationError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SET_UP])
    if Company.objects.exists():
        raise ValidationError(_("Somebody else has set this up meanwhile. Ask them for an invitation."))
    company = create_company(slug=slug, name=name, zone=zone, admin_email=admin_email, admin_name=admin_name)
    admin = Member.objects.get(company=company)
    user, _created = User.objects.get_or_create(email=admin.email, defaults={"name": admin_name})
    user.name, user.password, user.is_active = admin_name, make_password(password), True
    user.save()
    admin.user = user
    admin.save(update_fields=["user"])
    return admin


@transaction.atomic
def join_demo(*, admin: Member) -> None:
    """Makes an admin of the installation an admin of the demo companies too. Safe to run twice."""
    for company in Company.objects.filter(slug__in=DEMO_SLUGS).exclude(demo_note=""):
        if not Member.objects.filter(company=company, email=admin.email).exists():
            enter_member(actor=None, company=company, email=admin.email, name=admin.name, role=Role.ADMIN)
