from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Company, CompanyZone, Member, Role
from cs_platform.lib import clock

from .members import enter_member


def check_zone(zone: str) -> str:
    """The zone's name, or ValidationError if no such zone is known."""
    if zone not in available_timezones():
        raise ValidationError(
            {"zone": _("“%(zone)s” is not a time zone; write one like Europe/Riga.") % {"zone": zone}}
        )
    return zone


@transaction.atomic
def create_company(*, slug: str, name: str, zone: str, admin_email: str, admin_name: str = "") -> Company:
    """A new company with its first zone and its first admin. Raises ValidationError that names the field."""
    company = Company(slug=slug, name=name)
    company.full_clean()
    check_zone(zone)
    company.save()
    CompanyZone.objects.create(company=company, zone=zone)
    admin = enter_member(actor=None, company=company, email=admin_email, name=admin_name, role=Role.ADMIN)
    activity.record("company.created", company, actor=admin, company_id=company.id, zone=zone)
    return company


@transaction.atomic
def change_company(
    *,
    actor: Member,
    name: str,
    currency: str,
    follow_up_days: int,
    mails_replies: bool,
    sender_name: str,
    reply_address: str,
) -> Company:
    """Changes how the company is called, the window in which a ticket may be followed up, and whether replies
    are mailed to customers.

    Another window makes another outcome of tickets that are long resolved: they are derived again afterwards.
    """
    company = Company.objects.select_for_update(no_key=True).get(id=actor.company_id)
    wanted = {
        "name": name,
        "currency": currency,
        "follow_up_days": follow_up_days,
        "mails_replies": mails_replies,
        "sender_name": sender_name,
        "reply_address": reply_address,
    }
    before = {field: getattr(company, field) for field in wanted if getattr(company, field) != wanted[field]}
    if not before:
        return company
    for field in before:
        setattr(company, field, wanted[field])
    company.full_clean()
    company.save(update_fields=list(before))
    activity.record("company.changed", company, actor=actor, company_id=company.id, before=before)
    if "follow_up_days" in before:
        activity.record(
            "company.follow_up_changed", company, actor=actor, company_id=company.id, days=follow_up_days
        )
    return company


@transaction.atomic
def change_zone(*, actor: Member, zone: str, valid_from: date) -> None:
    """Counts days in another zone from a day on. Days that have begun keep theirs, so the day must be ahead."""
    company = Company.objects.select_for_update(no_key=True).get(id=actor.company_id)
    check_zone(zone)
    now: datetime = clock.now()
    today = max(company.zones().day(now), now.astimezone(ZoneInfo(zone)).date())
    if valid_from <= today:
        raise ValidationError({"valid_from": _("Choose a day after today: past days keep their zone.")})
    CompanyZone.objects.update_or_create(company=company, valid_from=valid_from, defaults={"zone": zone})
    activity.record(
        "company.zone_changed",
        company,
        actor=actor,
        company_id=company.id,
        zone=zone,
        valid_from=valid_from.isoformat(),
    )
