"""What training says on the page of a playbook: who is certified, and how its owner stands."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from cs_platform.lib.words import day
from playbooks.models import Playbook
from playbooks.queries.said_elsewhere import Said
from training.models import Certificate, Supervision

from .certificates import trains_for, trusted_rows
from .standings import LOOKS

NAMED = 3


def said(member: Member, playbook: Playbook) -> list[Said]:
    """Nothing of a process that nobody is to know."""
    if not trains_for(playbook.company_id, playbook.id):
        return []
    today = member.company.today()
    trusted = trusted_rows(playbook, today)
    found = [_certified(member, playbook, [each.member.name for each in trusted])]
    if playbook.owner_id:
        held = next((each for each in trusted if each.member_id == playbook.owner_id), None)
        found.append(_of_owner(playbook, held, today))
    return found


def _certified(member: Member, playbook: Playbook, names: list[str]) -> Said:
    more = len(names) - NAMED
    told = ", ".join(names[:NAMED]) or _("Nobody yet")
    if more > 0:
        told = ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % {
            "names": told,
            "n": more,
        }
    url = f"{reverse('training:certificates')}?process={playbook.id}" if member.leads_people else ""
    return Said(_("Certified"), told, "certificate" if names else "", url=url)


def _of_owner(playbook: Playbook, held: Certificate | None, today: date) -> Said:
    label = _("Owner’s certificate")
    if held is not None:
        look = LOOKS[held.standing(today).value]
        words = _("%(standing)s, until %(day)s") % {"standing": look.word, "day": day(held.ends_on, today)}
        return Said(label, words, look.icon, look.tone)
    beside = Supervision.objects.filter(
        company_id=playbook.company_id,
        playbook=playbook,
        member=playbook.owner,
        ended_at__isnull=True,
        until__gte=today,
        supervisor__is_active=True,
    ).select_related("supervisor")
    if (row := beside.first()) is not None:
        told = {"name": row.supervisor.name, "day": day(row.until, today)}
        return Said(label, _("Supervised by %(name)s until %(day)s") % told, LOOKS["supervised"].icon)
    return Said(label, _("None that holds"), "alert-triangle", "watch")
