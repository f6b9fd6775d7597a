from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import Member


class HasScope(BasePermission):
    """The key's scope allows the verb: read to read, write to write. Sessions may do what their member may."""

    message = "The key has no scope for this."

    def has_permission(self, request: Request, view) -> bool:
        if not isinstance(request.user, Member):
            return False
        if request.auth is None:
            return True
        return ("read" if request.method in SAFE_METHODS else "write") in request.auth.scopes
