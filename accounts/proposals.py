"""How a proposed reporting line reads to those who decide."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.models import Member, Notification
from accounts.notifications import Words

PROPOSED = "reporting_line.proposed"


def read(member: Member, rows: Sequence[Notification]) -> dict[int, Words]:
    """Words for notifications of PROPOSED."""
    wanted = {row.detail.get(who) for row in rows for who in ("actor", "member", "manager")}
    names = dict(Member.objects.visible_to(member).filter(id__in=wanted - {None}).values_list("id", "name"))
    return {row.id: _words(row, names) for row in rows}


def _words(row: Notification, names: dict[int, str]) -> Words:
    said = {
        "who": names.get(row.detail.get("actor", 0), _("Somebody")),
        "member": names.get(row.detail.get("member", 0), ""),
        "manager": names.get(row.detail.get("manager") or 0, _("nobody")),
        "day": row.detail.get("from", ""),
    }
    title = _("%(who)s proposes that %(member)s reports to %(manager)s") % said
    return Words("sitemap", title, _("From %(day)s on; look at it, then save it or not") % said)
