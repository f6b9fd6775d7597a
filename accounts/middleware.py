"""Who asks: `request.member`, and the language they chose."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django_htmx.middleware import HtmxDetails

from accounts.models import CompanyZone, Member, User
from cs_platform.lib import clock

COMPANY_KEY = "company_id"


class MemberRequest(HttpRequest):
    """For annotations: the request as a view behind `member_required` has it."""

    user: User
    member: Member
    htmx: HtmxDetails


class MemberMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.__class__ = _with_member(type(request))  # type: ignore[arg-type]
        # Without a session nobody is signed in: no look at the user, no `Vary: Cookie`.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            language = getattr(request.user, "language", "")
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = language
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


@cache
def _with_member(request_class: type[HttpRequest]) -> type[HttpRequest]:
    """The class with `member`, found when first asked for. A lazy object would not do: it is never None."""
    member = cached_property(_member)
    member.__set_name__(request_class, "member")
    return type(request_class.__name__, (request_class,), {"member": member})


def _member(request: HttpRequest) -> Member | None:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return find_member(user, request.session.get(COMPANY_KEY))


def find_member(user: User, company_id: int | None) -> Member | None:
    """The user's active membership in the company chosen, else in the one they joined first; one query.

    `has_others` says whether there is a company to switch to; `zone_name` is the company's zone, for the times
    that pages show. (A day is counted by `company.zones()`, which knows the hour at which a zone changes.)
    """
    others = Member.objects.active().filter(user_id=OuterRef("user_id")).exclude(id=OuterRef("id"))
    chosen_first = Case(When(company_id=company_id, then=Value(0)), default=Value(1))
    zones = CompanyZone.objects.filter(company_id=OuterRef("company_id"), valid_from__lte=clock.now().date())
    zone_name = Subquery(zones.order_by("-valid_from").values("zone")[:1])
    return (
        Member.objects.active()
        .filter(user_id=user.pk)
        .select_related("company")
        .annotate(has_others=Exists(others), zone_name=zone_name)
        .order_by(chosen_first, "id")
        .first()
    )
