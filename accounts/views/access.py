"""Who may come in: decorators for page views. What they may do there is for permissions to say."""

from collections.abc import Callable
from functools import wraps
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.middleware import MemberRequest
from cs_platform.lib import clock

View = Callable[..., HttpResponseBase]


def member_required(view: View) -> View:
    """Signed out: to the sign-in. Signed in without an active membership: a page that says so, 403."""

    @wraps(view)
    def wrapped(request: MemberRequest, *args, **kwargs) -> HttpResponseBase:
        if request.member is None:
            return render(request, "accounts/no_company.html", status=403)
        # Pages show times in the reader's zone, else in the company's.
        zone = request.user.zone
        timezone.activate(ZoneInfo(zone) if zone else request.member.company.zones().at(clock.now()))
        return view(request, *args, **kwargs)

    return login_required(wrapped)


def admin_required(view: View) -> View:
    """As member_required, and 403 for anybody but an admin."""

    @wraps(view)
    def wrapped(request: MemberRequest, *args, **kwargs) -> HttpResponseBase:
        if not request.member.is_admin:
            raise PermissionDenied(_("This page is for the admins of your company."))
        return view(request, *args, **kwargs)

    return member_required(wrapped)


def allow(permitted: bool, words: str) -> None:
    """403 with words that say who may, unless the reader may."""
    if not permitted:
        raise PermissionDenied(words)


def page_status(form: BaseForm) -> int:
    """A form that was refused is answered 422, so that htmx and scripts see it too."""
    return 422 if form.is_bound and form.errors else 200
