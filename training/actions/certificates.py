"""Certificates: issued by what was done, renewed by another one's word, refreshed after a material change, revoked."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from playbooks.models import Playbook, Version
from training.calendar import months_after
from training.models import Certificate, Enrolment, Module, Supervision
from training.queries.certificates import is_certified, nearest, newest_rows
from training.queries.settings import settings_of


def issue(*, enrolment: Enrolment, module: Module) -> Certificate:
    """Of a process whose module is complete. The same path gives one certificate for it, however often it is asked."""
    playbook = module.playbook
    assert playbook is not None
    rows = Certificate.objects.filter(company_id=enrolment.company_id, enrolment=enrolment, playbook=playbook)
    if (found := rows.first()) is not None:
        return found
    certificate = Certificate.objects.create(
        company_id=enrolment.company_id,
        member_id=enrolment.member_id,
        playbook=playbook,
        level=module.level,
        enrolment=enrolment,
        number=_number(playbook),
        until=_until(enrolment.company_id, enrolment.member.company.today()),
    )
    activity.record(
        "certificate.issued", certificate, actor=None, member=enrolment.member_id, playbook=playbook.id
    )
    return certificate


@transaction.atomic
def renew(*, actor: Member, certificate: Certificate, words: str) -> Certificate:
    """Another one has seen that it still holds, for the version that is out: a new row. Raises ValidationError."""
    certificate = _locked(actor, certificate)
    if not words.strip():
        raise ValidationError({"words": _("Say what you saw.")})
    if certificate.revoked_at is not None:
        raise ValidationError(
            _("It was revoked. Somebody who knows the process again is certified by a path.")
        )
    newer = Certificate.objects.filter(
        company_id=actor.company_id,
        member_id=certificate.member_id,
        playbook_id=certificate.playbook_id,
        id__gt=certificate.id,
    )
    if newer.exists():
        raise ValidationError(_("There is a newer certificate of this process."))
    again = Certificate.objects.create(
        company_id=actor.company_id,
        member_id=certificate.member_id,
        playbook_id=certificate.playbook_id,
        level=certificate.level,
        enrolment=None,
        number=_number(certificate.playbook),
        issued_by=actor,
        reason=words.strip(),
        until=_until(actor.company_id, actor.company.today()),
    )
    activity.record(
        "certificate.renewed", again, actor=actor, member=again.member_id, playbook=again.playbook_id
    )
    return again


@transaction.atomic
def revoke(*, actor: Member, certificate: Certificate, reason: str) -> Certificate:
    """Takes back that somebody knows the process, with a reason that the person reads: an older certificate of it that
    was renewed holds no more either. Twice is once."""
    certificate = _locked(actor, certificate)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    if certificate.revoked_at is not None:
        return certificate
    rows = Certificate.objects.select_for_update(no_key=True).filter(
        company_id=actor.company_id,
        member_id=certificate.member_id,
        playbook_id=certificate.playbook_id,
        revoked_at__isnull=True,
    )
    newest = max(rows.order_by("id"), key=lambda row: row.id)
    rows.exclude(id=newest.id).update(
        revoked_at=clock.now(), revoked_by=actor, reason=_("Revoked with the newer one: %s") % reason.strip()
    )
    newest.revoked_at, newest.revoked_by, newest.reason = clock.now(), actor, reason.strip()
    newest.save(update_fields=["revoked_at", "revoked_by", "reason"])
    activity.record(
        "certificate.revoked", newest, actor=actor, member=newest.member_id, playbook=newest.playbook_id
    )
    return newest


@transaction.atomic
def ask_for_refresh(*, playbook: Playbook, number: int) -> list[int]:
    """A material change is out: who knows an older version has some days to take it in. Safe to run twice.

    Returns the ids of the people.
    """
    today = playbook.company.today()
    by = today + timedelta(days=settings_of(playbook.company_id).refresh_days)
    rows = Certificate.objects.select_for_update(no_key=True).filter(
        company_id=playbook.company_id,
        playbook=playbook,
        number__lt=number,
        revoked_at__isnull=True,
        refresh_by__isnull=True,
        until__gte=today,
        member__is_active=True,
    )
    told = []
    for certificate in newest_rows(rows).order_by("id"):
        certificate.refresh_by = by
        if by < certificate.until:
            # Who hears of the change hears of the day, too.
            certificate.told = nearest((by - today).days, certificate.told)
        certificate.save(update_fields=["refresh_by", "told"])
        activity.record(
            "certificate.refresh_due", certificate, actor=None, member=certificate.member_id, playbook=playbook.id,
            version=number,
        )  # fmt: skip
        told.append(certificate.member_id)
    return told


@transaction.atomic
def supervise(
    *, actor: Member, member: Member, playbook: Playbook, supervisor: Member, until: date
) -> Supervision:
    """Names who stands beside somebody without a certificate. A second naming takes the place of the first.

    Raises ValidationError that names the field.
    """
    today = actor.company.today()
    if member.id == supervisor.id:
        raise ValidationError({"supervisor": _("Nobody supervises themselves.")})
    if not supervisor.is_active:
        raise ValidationError(
            {"supervisor": _("%(name)s does not work here any more.") % {"name": supervisor.name}}
        )
    if not is_certified(supervisor.id, playbook.id, actor.company_id, today, "independent"):
        raise ValidationError(
            {"supervisor": _("%(name)s has no certificate for this process.") % {"name": supervisor.name}}
        )
    if until < today:
        raise ValidationError({"until": _("Choose today or a later day.")})
    # Two who name somebody at the same time queue here.
    Member.objects.select_for_update(no_key=True).get(id=member.id, company_id=actor.company_id)
    if is_certified(member.id, playbook.id, actor.company_id, today, "independent"):
        raise ValidationError(_("%(name)s has a certificate for this process.") % {"name": member.name})
    rows = Supervision.objects.select_for_update().filter(
        company_id=actor.company_id, member=member, playbook=playbook, ended_at__isnull=True
    )
    rows.update(ended_at=clock.now())
    supervision = Supervision.objects.create(
        company_id=actor.company_id,
        member=member,
        playbook=playbook,
        supervisor=supervisor,
        until=until,
        named_by=actor,
    )
    activity.record("supervision.named", playbook, actor=actor, member=member.id, supervisor=supervisor.id)
    return supervision


def _locked(actor: Member, certificate: Certificate) -> Certificate:
    certificate = (
        Certificate.objects.select_for_update(no_key=True, of=["self"])
        .select_related("playbook")
        .get(id=certificate.id, company_id=actor.company_id)
    )
    if certificate.member_id == actor.id:
        raise ValidationError(_("Nobody signs off the own work."))
    return certificate


def _number(playbook: Playbook) -> int:
    """Of the version that is out; 0 if none is."""
    out = playbook.versions.filter(state=Version.State.PUBLISHED).first()
    return out.number if out else 0


def _until(company_id: int, today: date) -> date:
    return months_after(today, settings_of(company_id).certificate_months)
