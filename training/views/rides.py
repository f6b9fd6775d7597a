"""Ride-alongs of an item, one ride-along, and those in which somebody hosts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from accounts.views.people import site_of
from cs_platform.lib import clock
from cs_platform.lib.invites import CANCEL, PUBLISH
from customers.actions import EditConflict
from training.actions.rides import cancel_ride, hold_ride, move_ride, plan_ride, reflect
from training.forms.rides import CancelForm, DayForm, HeldForm, ReflectionForm, RidePlanForm, ride_time_form
from training.models import Enrolment, Item, RideAlong
from training.permissions import can_change_ride, can_hold_ride, can_plan_ride
from training.queries.hosts import proposals_of
from training.queries.people import is_above
from training.queries.rides import (
    hosted_by,
    items_to_ride,
    offered,
    paths_of,
    rides_of,
    rides_with_links,
    to_host,
)
from training.ride_mail import calendar_of

WHO_PLANS = gettext_lazy("The trainee and who is above them plan ride-alongs.")
WHO_CHANGES = gettext_lazy("The host, the trainee and who is above them change a ride-along.")
WHO_NOTES = gettext_lazy("The host and who is above the trainee note what came of it.")
MEANWHILE = gettext_lazy("Somebody has moved this ride-along meanwhile. Send it again to overwrite.")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def index(request: MemberRequest, enrolment: int, item: int) -> HttpResponse:
    """Proposals, what is planned and what was held; sent, it plans one."""
    path = get_object_or_404(paths_of(request.member), id=enrolment)
    found = get_object_or_404(items_to_ride(path), id=item)
    plans = can_plan_ride(request.member, path, is_above(request.member, path.member_id))
    form = RidePlanForm(to_host(path), found, request.POST if request.method == "POST" else None)
    if form.is_bound:
        allow(plans, str(WHO_PLANS))
        if form.is_valid() and (ride := _plan(request, path, found, form)):
            messages.success(request, _("It is planned. Host and trainee are invited by e-mail."))
            return redirect("training:ride", ride.id)
    return _index(request, path, found, form, plans)


def _index(request: MemberRequest, path: Enrolment, item: Item, form: Any, plans: bool) -> HttpResponse:
    asked = DayForm(request.GET or None)
    day = asked.cleaned_data["day"] if asked.is_bound and asked.is_valid() else None
    rides = rides_of(path, item)
    is_open = plans and not rides.at.is_done
    context = {
        "enrolment": path,
        "item": item,
        "rides": rides,
        "plans": plans,
        "proposals": proposals_of(path, item, day) if is_open else None,
        "asked": asked,
        "form": form,
        "people": offered(path) if plans else [],
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "training/rides/index.html", context, status=page_status(form))


def _plan(request: MemberRequest, path: Enrolment, item: Item, form: RidePlanForm) -> RideAlong | None:
    host = form.cleaned_data["host"]
    day = form.cleaned_data["starts_at"].date()
    # Booked from a proposal: why it was this host is kept as it is on that day.
    why = proposals_of(path, item, day).of(host) if "proposed" in request.POST else []
    try:
        return plan_ride(
            actor=request.member,
            enrolment=path,
            item=item,
            host=host,
            zone=timezone.get_current_timezone_name(),
            why=why,
            site=site_of(request),
            **form.span,
        )
    except ValidationError as error:
        take_errors(form, error)
        return None


@require_safe
@member_required
def hosting(request: MemberRequest) -> HttpResponse:
    """Those in which the reader hosts."""
    coming, over = hosted_by(request.member, clock.now())
    return render(request, "training/rides/hosting.html", {"coming": coming, "over": over})


@require_safe
@member_required
def show(request: MemberRequest, ride: int) -> HttpResponse:
    return _page(request, _find(request, ride))


@require_safe
@member_required
def calendar(request: MemberRequest, ride: int) -> HttpResponse:
    """As a file for a calendar program."""
    found = _find(request, ride)
    method = CANCEL if found.state == RideAlong.State.CANCELLED else PUBLISH
    link = request.build_absolute_uri(f"/training/rides/{found.id}/")
    answer = HttpResponse(calendar_of(found, method, link=link), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="ride-along-{found.id}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def time(request: MemberRequest, ride: int) -> HttpResponse:
    """Another day or time."""
    found = _find(request, ride)
    _allow_change(request, found)
    form = ride_time_form(found, request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            move_ride(
                actor=request.member,
                ride=found,
                zone=timezone.get_current_timezone_name(),
                version=form.cleaned_data["version"],
                site=site_of(request),
                **form.span,
            )
            messages.success(request, _("It was moved. Host and trainee are told by e-mail."))
            return redirect("training:ride", found.id)
        except EditConflict as conflict:
            found, status = _find(request, ride), 409
            form.meant_anew(conflict.version)
            messages.warning(request, str(MEANWHILE))
        except ValidationError as error:
            take_errors(form, error)
    context = {"ride": found, "form": form, "zone": timezone.get_current_timezone_name()}
    return render(request, "training/rides/time.html", context, status=max(status, page_status(form)))


@require_POST
@member_required
def notes(request: MemberRequest, ride: int) -> HttpResponse:
    """What came of it."""
    found = _find(request, ride)
    may = can_hold_ride(request.member, found, is_above(request.member, found.enrolment.member_id))
    allow(may, str(WHO_NOTES))
    form = HeldForm(request.member, found.item, request.POST)
    if form.is_valid():
        try:
            hold_ride(actor=request.member, ride=found, **form.cleaned_data)
            messages.success(request, _("Noted. The trainee reads it."))
            return redirect("training:ride", found.id)
        except ValidationError as error:
            take_errors(form, error)
    return _page(request, found, held=form)


@require_POST
@member_required
def reflection(request: MemberRequest, ride: int) -> HttpResponse:
    found = _find(request, ride)
    allow(found.enrolment.member_id == request.member.id, _("Only whose ride-along it is can say so."))
    form = ReflectionForm(request.POST)
    if form.is_valid():
        try:
            reflect(actor=request.member, ride=found, reflection=form.cleaned_data["reflection"])
            messages.success(request, _("Saved."))
            return redirect("training:ride", found.id)
        except ValidationError as error:
            take_errors(form, error)
    return _page(request, found, reflects=form)


@require_POST
@member_required
def cancellation(request: MemberRequest, ride: int) -> HttpResponse:
    found = _find(request, ride)
    _allow_change(request, found)
    form = CancelForm(request.POST)
    if form.is_valid():
        try:
            cancel_ride(actor=request.member, ride=found, why=form.cleaned_data["why"], site=site_of(request))
            messages.success(request, _("It was cancelled. Host and trainee are told by e-mail."))
            return redirect("training:ride", found.id)
        except ValidationError as error:
            take_errors(form, error)
    return _page(request, found, cancels=form)


def _find(request: MemberRequest, ride: int) -> RideAlong:
    return get_object_or_404(rides_with_links(request.member), id=ride)


def _allow_change(request: MemberRequest, ride: RideAlong) -> None:
    may = can_change_ride(request.member, ride, is_above(request.member, ride.enrolment.member_id))
    allow(may, str(WHO_CHANGES))


def _page(request: MemberRequest, ride: RideAlong, **forms: Any) -> HttpResponse:
    """forms: the one that was refused, with what was typed."""
    above, own = (
        is_above(request.member, ride.enrolment.member_id),
        ride.enrolment.member_id == request.member.id,
    )
    planned = ride.state == RideAlong.State.PLANNED
    begun = ride.starts_at <= clock.now() or "held" in forms
    held = HeldForm(request.member, ride.item)
    reflects = ReflectionForm(initial={"reflection": ride.reflection})
    context = {
        "ride": ride,
        "own": own,
        "changes": planned and can_change_ride(request.member, ride, above),
        "notes": planned and ride.enrolment.is_active and can_hold_ride(request.member, ride, above),
        "begun": begun,
        "seen": set(ride.entry.checks) if ride.entry else set(),
        "held": held,
        "reflects": reflects,
        "cancels": CancelForm(),
        **forms,
    }
    status = max([200, *(page_status(form) for form in forms.values())])
    return render(request, "training/rides/show.html", context, status=status)
