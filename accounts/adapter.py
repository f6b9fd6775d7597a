from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from accounts.models import Invitation, User
from cs_platform.lib import clock


class ClosedSignupAdapter(DefaultAccountAdapter):
    """People are invited, nobody signs up; and a leaver signs in no more, unless to accept an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs) -> HttpResponse | None:
        invited = Invitation.objects.open(clock.now()).filter(member__email=user.email)
        if not user.memberships.active().exists() and not invited.exists():
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)
