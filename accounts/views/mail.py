"""The outbox of an installation without a mail server: an admin reads what would have been sent."""

from itertools import islice
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.mailbox import Mail, mails, read
from accounts.middleware import MemberRequest
from accounts.models import Member
from accounts.views.access import admin_required

SHOWN = 50


@require_safe
@admin_required
def mail_index(request: MemberRequest) -> HttpResponse:
    mine = _addresses(request.member)
    shown = list(islice((mail for mail in mails(_folder()) if _is_read(mail, request.member, mine)), SHOWN))
    return render(request, "accounts/mail/index.html", {"mails": shown})


@require_safe
@admin_required
def mail_show(request: MemberRequest, name: str) -> HttpResponse:
    mine = _addresses(request.member)
    shown = [mail for mail in read(_folder(), name) if _is_read(mail, request.member, mine)]
    if not shown:
        raise Http404
    return render(request, "accounts/mail/show.html", {"mails": shown})


def _folder() -> Path:
    if settings.EMAIL_URL:
        raise Http404
    return Path(settings.EMAIL_FILE_PATH)


def _addresses(admin: Member) -> set[str]:
    """Whose mail this admin may read: the people of the company, but nobody who works elsewhere too.

    A mail may hold a link that sets a password, and that would open the other company as well.
    """
    elsewhere = Member.objects.active().exclude(company_id=admin.company_id)
    people = Member.objects.visible_to(admin).exclude(email__in=elsewhere.values("email"))
    people = people.exclude(user__in=elsewhere.filter(user__isnull=False).values("user"))
    return {admin.email, *people.values_list("email", flat=True)}


def _is_read(mail: Mail, admin: Member, mine: set[str]) -> bool:
    """Mails to one's people, and replies of the own company to whomever they went."""
    return mail.company == admin.company.slug or _is_to(mail, mine)


def _is_to(mail: Mail, addresses: set[str]) -> bool:
    return bool(mail.to) and all(address.lower() in addresses for address in mail.to)
