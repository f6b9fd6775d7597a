from django.utils.translation import gettext_lazy
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import Member
from accounts.permissions import can_manage_company


class HasScope(BasePermission):
    """The key's scope allows the verb: read to read, write to write, unless the view names another for all.

    A view with an `area` asks for that area's scopes ("hiring:read"). Sessions may do what their member may.
    """

    message = gettext_lazy("The key has no scope for this.")

    def has_permission(self, request: Request, view) -> bool:
        if not isinstance(request.user, Member):
            return False
        if request.auth is None:
            return True
        by_verb = "read" if request.method in SAFE_METHODS else "write"
        if area := getattr(view, "area", ""):
            by_verb = f"{area}:{by_verb}"
        return getattr(view, "scope", by_verb) in request.auth.scopes


class IsAdmin(BasePermission):
    message = gettext_lazy("This is for the admins of the company.")

    def has_permission(self, request: Request, view) -> bool:
        return isinstance(request.user, Member) and can_manage_company(request.user)
