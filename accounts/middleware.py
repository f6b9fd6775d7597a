"""Who asks: `request.member`, and the language they chose."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django_htmx.middleware import HtmxDetails

from accounts.models import Company, Member, User
from cs_platform.lib import clock
from cs_platform.lib.zones import Zones

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


def _columns(model: type[Model], alias: str) -> tuple[list[str], str]:
    names = [field.attname for field in model._meta.concrete_fields]
    return names, ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


_MEMBER, _OF_MEMBER = _columns(Member, "m")
_COMPANY, _OF_COMPANY = _columns(Company, "c")
# What higher apps count for the reader on every page, {name: SQL of one number}: m is the member, %(now)s the instant.
COUNTS: dict[str, str] = {}


@cache
def _find() -> str:
    """Put together when first asked for: by then all apps have said what they count."""
    counts = "".join(f", ({sql})" for sql in COUNTS.values())
    return f"""
SELECT {_OF_MEMBER}, {_OF_COMPANY},
       EXISTS (SELECT FROM accounts_member o WHERE o.user_id = m.user_id AND o.is_active AND o.id <> m.id),
       ARRAY(SELECT z.valid_from FROM accounts_companyzone z WHERE z.company_id = m.company_id ORDER BY 1),
       ARRAY(SELECT z.zone FROM accounts_companyzone z WHERE z.company_id = m.company_id ORDER BY z.valid_from),
       (SELECT count(*) FROM accounts_notification n
         WHERE n.company_id = m.company_id AND n.member_id = m.id AND n.read_at IS NULL){counts}
  FROM accounts_member m JOIN accounts_company c ON c.id = m.company_id
 WHERE m.user_id = %(user)s AND m.is_active
 ORDER BY m.company_id IS DISTINCT FROM %(company)s, m.id LIMIT 1
"""


def find_member(user: User, company_id: int | None) -> Member | None:
    """The user's active membership in the company chosen, else in the one they joined first; one query.

    `has_others` says whether there is a company to switch to; `unread` counts the notifications that wait, `counts`
    has what higher apps count (`COUNTS`). The company knows its zones, for the day it is and the times that pages show.
    SQL of our own, since every page asks and to put the query together took longer than to run it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_find(), {"user": user.pk, "company": company_id, "now": clock.now()})
        row = cursor.fetchone()
    if row is None:
        return None
    member = Member.from_db(connection.alias, _MEMBER, row[: len(_MEMBER)])
    columns = len(_MEMBER) + len(_COMPANY)
    member.company = Company.from_db(connection.alias, _COMPANY, row[len(_MEMBER) : columns])
    has_others, since, zones, unread, *counts = row[columns:]
    member.has_others, member.unread = has_others, unread  # type: ignore[attr-defined]
    member.counts = dict(zip(COUNTS, counts, strict=True))  # type: ignore[attr-defined]
    member.company.zones_known = Zones.of(zip(since, zones, strict=True))
    return member
