"""Who may own a process: somebody who is certified for it, or beside whom somebody stands.

Asked by playbooks in the transaction that names an owner. Only of a process that somebody is to know: before a company
says what its roles are to know, nothing is asked.
"""

from django.utils.translation import gettext as _

from accounts.models import Member
from playbooks.models import Playbook
from training.models import Level
from training.queries.certificates import is_certified, is_supervised, trains_for


def refusal(owner: Member | None, playbook: Playbook | None) -> str:
    """Why somebody may not own a playbook; empty if they may."""
    if owner is None or playbook is None or not trains_for(playbook.company_id, playbook.id):
        return ""
    today = playbook.company.today()
    asked = (owner.id, playbook.id, playbook.company_id, today)
    if is_certified(*asked, Level.INDEPENDENT) or is_supervised(*asked):
        return ""
    return _(
        "%(name)s has no certificate for this process that holds today. Name somebody who supervises them under"
        " Training, or choose another owner."
    ) % {"name": owner.name}
