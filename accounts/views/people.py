"""The people of a company: tree, table, a page for each, and what leaders and admins change there."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import add_person, change_member
from accounts.forms import PersonEditForm, PersonForm, offered
from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.models import Member, Role
from accounts.permissions import (
    can_change_person,
    can_manage_people,
    can_propose_line,
    can_read_figures_of,
)
from accounts.queries import ids_below
from accounts.queries.org import org_chart
from accounts.queries.people import STATES, people, person_page, with_lines
from accounts.views.access import allow, member_required, page_status
from cs_platform.lib import clock
from cs_platform.lib.days import day_of
from cs_platform.lib.words import isolated

A_PAGE = 50
FIELDS = ("name", "role", "started_on", "left_on")


def find(request: MemberRequest, person_id: int) -> Member:
    return get_object_or_404(Member.objects.visible_to(request.member), id=person_id)


def find_changeable(request: MemberRequest, person_id: int) -> Member:
    """The person, if the reader may change them."""
    person = find(request, person_id)
    allow(
        can_change_person(request.member, person),
        _("Leaders and admins change people, and only admins change an admin."),
    )
    return person


@require_safe
@member_required
def person_index(request: MemberRequest) -> HttpResponse:
    now = request.member.company.today()
    day = day_of(request.GET.get("on", "")) or now
    context = {
        "day": day,
        "today": now,
        "is_today": day == now,
        "may_edit": can_manage_people(request.member),
        "filters": any(request.GET.get(name) for name in ("q", "role", "state")),
    }
    as_table = request.GET.get("view") == "table" or context["filters"]
    show = _table if as_table else _tree
    return show(request, day, context)


def _tree(request: MemberRequest, day: date, context: dict) -> HttpResponse:
    under = request.GET.get("under", "")
    top = find(request, int(under)) if under.isdecimal() and len(under) < 19 else None
    chart = org_chart(request.member, day, top)
    return render(request, "accounts/person/index.html", context | {"chart": chart, "under": top})


def _table(request: MemberRequest, day: date, context: dict) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "")[:200]
    role, state = request.GET.get("role", ""), request.GET.get("state") or "here"
    role, state = role if role in Role.values else "", state if state in STATES else "here"
    found = people(request.member, day, words, role, state)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context |= {"page": page, "rows": with_lines(request.member, page.object_list, day)}
    query = request.GET.copy()
    query.pop("page", None)
    context |= {"q": words, "role": role, "state": state, "roles": Role.choices, "query": query.urlencode()}
    return render(request, "accounts/person/table.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def person_new(request: MemberRequest) -> HttpResponse:
    allow(can_manage_people(request.member), _("Leaders and admins add people."))
    initial = {"email": request.GET.get("email", "")[:254]}
    form = PersonForm(request.POST or None, member=request.member, initial=initial)
    if request.method == "POST" and form.is_valid():
        person = _added(request, form)
        if person:
            messages.success(request, _("%(name)s is entered.") % {"name": isolated(person.name)})
            return redirect("accounts:person", person.id)
    context = {"form": form, "offered": offered(request.member)}
    return render(request, "accounts/person/new.html", context, status=page_status(form))


def _added(request: MemberRequest, form: PersonForm) -> Member | None:
    data = dict(form.cleaned_data)
    site = site_of(request) if data.pop("invite") else ""
    line_from = data["started_on"] or request.member.company.today()
    try:
        return add_person(actor=request.member, site=site, line_from=line_from, **data)
    except ValidationError as error:
        take_errors(form, error)
        return None


@require_safe
@member_required
def person(request: MemberRequest, person_id: int) -> HttpResponse:
    shown, now = find(request, person_id), request.member.company.today()
    context = {
        "person": shown,
        "today": now,
        "now": clock.now(),
        "facts": person_page(shown, now),
        "may_edit": can_change_person(request.member, shown),
        "may_propose": can_propose_line(request.member),
        "may_see_figures": _may_see_figures(request.member, shown, now),
    }
    return render(request, "accounts/person/show.html", context)


def _may_see_figures(member: Member, person: Member, day: date) -> bool:
    below = ids_below(member, day) if member.role == Role.MANAGER else ()
    return can_read_figures_of(member, person.id, below)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def person_edit(request: MemberRequest, person_id: int) -> HttpResponse:
    changed = find_changeable(request, person_id)
    # The form writes into its instance; the page goes on naming the person as they are.
    form = PersonEditForm(request.POST or None, instance=find(request, person_id), member=request.member)
    if request.method == "POST" and form.is_valid():
        try:
            change_member(
                actor=request.member, member=changed, **{field: form.cleaned_data[field] for field in FIELDS}
            )
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:person", changed.id)
    return render(
        request, "accounts/person/edit.html", {"person": changed, "form": form}, status=page_status(form)
    )


def site_of(request: MemberRequest) -> str:
    """What links in mails begin with."""
    return request.build_absolute_uri("/").rstrip("/")
