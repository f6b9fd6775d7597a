"""What several pages of training ask at the door."""

from django.shortcuts import get_object_or_404

from accounts.middleware import MemberRequest
from training.models import Enrolment


def find_enrolment(request: MemberRequest, enrolment: int) -> Enrolment:
    """404 for a path that the reader does not see."""
    rows = Enrolment.objects.visible_to(request.member).select_related("member", "version__programme")
    return get_object_or_404(rows, id=enrolment)
