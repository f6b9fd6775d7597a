"""What every page's frame needs. Nothing here is looked up before a template asks for it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.queries.demo import demo_sign_ins

DEMO_PASSWORD = "demo"
DEMO_SIGN_INS = (
    ("leader@demo.example", _("Leader")),
    ("manager@demo.example", _("Manager")),
    ("rep@demo.example", _("Rep")),
    ("admin@demo.example", _("Admin")),
    ("leader@forum.example", _("Leader, second company")),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """member, memberships and unread (asked for only where they are shown), demo, has_outbox."""
    return {
        "member": SimpleLazyObject(lambda: getattr(request, "member", None)),
        "memberships": _memberships(request),
        "unread": SimpleLazyObject(lambda: _unread(request)),
        "demo": SimpleLazyObject(_demo),
        "has_outbox": not settings.EMAIL_URL,
    }


def _unread(request: HttpRequest) -> int:
    return getattr(getattr(request, "member", None), "unread", 0)  # the middleware counts them


def _demo() -> dict[str, Any]:
    """The sign-ins with which one gets in now; nothing after the demo was removed."""
    there = demo_sign_ins([email for email, _role in DEMO_SIGN_INS]) if settings.DEMO else set()
    sign_ins = [(email, role) for email, role in DEMO_SIGN_INS if email in there]
    return {"sign_ins": sign_ins, "password": DEMO_PASSWORD} if sign_ins else {}


def _memberships(request: HttpRequest) -> Callable[[], Iterable[Member]]:
    def memberships() -> Iterable[Member]:
        mine = Member.objects.active().filter(user_id=request.user.pk)  # type: ignore[misc]
        return mine.select_related("company").order_by("company__name", "id")

    return memberships
