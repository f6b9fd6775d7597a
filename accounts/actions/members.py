from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Company, Member, Role, User
from cs_platform.lib import clock


@transaction.atomic
def enter_member(
    *,
    actor: Member | None,
    company: Company,
    email: str,
    name: str = "",
    role: str = Role.REP,
    invites: bool = False,
    **fields: Any,
) -> Member:
    """Adds a person, or makes a stub of that e-mail a real one. Raises ValidationError that names the field.

    A user of that e-mail gets in at once; with `invites` only when they accept an invitation.
    """
    email = email.strip().lower()
    stubs = Member.objects.select_for_update(no_key=True).filter(company=company, email=email, is_stub=True)
    member = stubs.first() or Member(company=company, email=email)
    for field, value in {
        "name": name or email,
        "role": role,
        "is_stub": False,
        "is_active": True,
        **fields,
    }.items():
        setattr(member, field, value)
    if not invites:
        member.user = member.user or User.objects.filter(email=email).first()
    member.full_clean()
    member.save()
    activity.record("member.entered", member, actor=actor, role=role)
    return member


@transaction.atomic
def change_member(*, actor: Member, member: Member, **changes: Any) -> Member:
    """Changes name, role or employment dates."""
    member = _locked(member)
    before = {field: str(getattr(member, field)) for field in changes}
    for field, value in changes.items():
        setattr(member, field, value)
    member.full_clean()
    _keep_an_admin(member)
    member.save()
    activity.record("member.changed", member, actor=actor, before=before)
    return member


@transaction.atomic
def deactivate_member(*, actor: Member | None, member: Member, left_on: date | None = None) -> Member:
    """A leaver: signs in no more, keeps name, history and place in every total."""
    member = _locked(member)
    if not member.is_active:
        return member
    member.is_active = False
    member.left_on = left_on or member.company.today()
    member.full_clean()
    _keep_an_admin(member)
    member.save()
    member.api_keys.filter(revoked_at__isnull=True).update(revoked_at=clock.now())
    activity.record("member.left", member, actor=actor, left_on=member.left_on.isoformat())
    return member


@transaction.atomic
def reactivate_member(*, actor: Member | None, member: Member) -> Member:
    """Somebody who had left works here again; keys that ended with the leaving stay ended."""
    member = _locked(member)
    if member.is_active:
        return member
    member.is_active, member.left_on = True, None
    member.full_clean()
    member.save()
    activity.record("member.returned", member, actor=actor)
    return member


@transaction.atomic
def link_user(*, member: Member, password: str | None = None, **fields: Any) -> User:
    """Gives a member the user they sign in with: the one of that e-mail, or a new one."""
    user = User.objects.filter(email=member.email).first()
    if user is None:
        user = User.objects.create_user(email=member.email, password=password, name=member.name, **fields)
    member.user = user
    member.save(update_fields=["user"])
    return user


def _locked(member: Member) -> Member:
    """The member as they are now. The company's row is locked first: there, two admins who leave queue."""
    Company.objects.select_for_update(no_key=True).get(id=member.company_id)
    return Member.objects.select_for_update(no_key=True).get(id=member.id)


def _keep_an_admin(member: Member) -> None:
    """A company without an admin could be mended by nobody. Asked while the company's row is locked."""
    if member.is_active and member.role == Role.ADMIN:
        return
    admins = Member.objects.active().filter(company_id=member.company_id, role=Role.ADMIN)
    was_admin = admins.filter(id=member.id).exists()
    # One who was never given a sign-in could mend nothing either.
    can_sign_in = Q(user__isnull=False) if member.user_id else Q()
    if was_admin and not admins.exclude(id=member.id).filter(can_sign_in).exists():
        raise ValidationError({"role": _("This is the last admin; make somebody else an admin first.")})
