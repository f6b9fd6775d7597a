from contextlib import suppress
from functools import partial

from celery import current_app
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts import activity
from accounts.models import Company, Member, Role, User
from accounts.queries.demo import ASKED, demo_companies, has_asked_for_demo

from .companies import create_company
from .members import enter_member

SET_UP = 7_303  # the advisory lock at which two who set up at once queue


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
def ask_for_demo(*, actor: Member) -> None:
    """Has a worker load the demo and let this admin look at it. Asked twice it is loaded once."""
    Company.objects.select_for_update(no_key=True).get(id=actor.company_id)
    if not has_asked_for_demo(actor):
        activity.record(ASKED, actor.company, actor=actor, company_id=actor.company_id)
    transaction.on_commit(partial(_hand_over, actor.id))


def _hand_over(member_id: int) -> None:
    """Without a broker beat finds it later."""
    with suppress(RedisError, OperationalError, OSError):
        current_app.send_task("accounts.tasks.load_demo", [member_id], retry=False)


@transaction.atomic
def join_demo(*, admin: Member) -> None:
    """Makes an admin of the installation an admin of the demo companies too. Safe to run twice."""
    for company in demo_companies():
        if not Member.objects.filter(company=company, email=admin.email).exists():
            enter_member(actor=None, company=company, email=admin.email, name=admin.name, role=Role.ADMIN)
