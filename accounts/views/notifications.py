"""The notifications centre. Each deed is a form, so it works without a script, and can be taken back."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import read_all_notifications, read_notification, take_back_reading
from accounts.middleware import MemberRequest
from accounts.models import Notification
from accounts.notifications import lines_before
from accounts.views.access import member_required
from cs_platform.lib.outside import instant, number
from cs_platform.lib.undo import offer_undo

SHOWN = 50


@require_safe
@member_required
def notification_index(request: MemberRequest) -> HttpResponse:
    before = number(request.GET.get("before", ""))
    lines = lines_before(request.member, before, SHOWN + 1)
    shown = lines[:SHOWN]
    context = {"lines": shown, "before": before, "next": shown[-1].row.id if len(lines) > SHOWN else None}
    return render(request, "accounts/notification/index.html", context)


@require_safe
@member_required
def notification_show(request: MemberRequest, pk: int) -> HttpResponse:
    """Opens what a notification is about; by that it is read."""
    notification = get_object_or_404(Notification.objects.visible_to(request.member), pk=pk)
    read_notification(actor=request.member, notification=notification)
    return redirect(notification.url or "accounts:notification_index")


@require_POST
@member_required
def notification_reading(request: MemberRequest) -> HttpResponse:
    """Marks as read: one of them, or without a `notification` all."""
    chosen = request.POST.get("notification")
    if chosen:
        notification = get_object_or_404(Notification.objects.visible_to(request.member), pk=number(chosen))
        read_at = read_notification(actor=request.member, notification=notification)
        text = _("Marked as read.")
    else:
        count, read_at = read_all_notifications(actor=request.member)
        text = ngettext("%(count)s marked as read.", "%(count)s marked as read.", count) % {"count": count}
    undo = f"{reverse('accounts:notification_unreading')}?{urlencode({'at': read_at.isoformat()})}"
    offer_undo(request, text, undo)
    return redirect("accounts:notification_index")


@require_POST
@member_required
def notification_unreading(request: MemberRequest) -> HttpResponse:
    """Takes back what was marked as read at an instant."""
    read_at = instant(request.GET.get("at", ""))
    if read_at is None:
        raise Http404
    take_back_reading(actor=request.member, read_at=read_at)
    return redirect("accounts:notification_index")
