"""Who calls: a key acts for its member; a signed-in browser may read too. `request.user` is a Member."""

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey, Member
from cs_platform.lib import clock

SCHEME = "Bearer"


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY`."""

    def authenticate(self, request: Request) -> tuple[Member, ApiKey] | None:
        scheme, _space, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        keys = ApiKey.objects.select_related("member__company").filter(digest=ApiKey.hash(secret.strip()))
        key = keys.filter(revoked_at__isnull=True, member__is_active=True).first()
        if key is None:
            raise AuthenticationFailed(_("The key is not known, was revoked, or its member has left."))
        self._note_use(key)
        return key.member, key

    def authenticate_header(self, request: Request) -> str:
        return SCHEME

    def _note_use(self, key: ApiKey) -> None:
        """Once a day is enough to see which keys are used, and costs no write a call."""
        today = clock.now().date()
        if key.last_used_on != today:
            ApiKey.objects.filter(id=key.id).update(last_used_on=today)


class MemberSessionAuthentication(SessionAuthentication):
    """A signed-in browser, with the CSRF check of Django."""

    def authenticate(self, request: Request) -> tuple[Member, None] | None:
        member = getattr(request._request, "member", None)
        if member is None:
            return None
        self.enforce_csrf(request)
        return member, None


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema) -> dict:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = MemberSessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema) -> dict:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
