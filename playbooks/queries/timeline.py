"""What a ticket's conversation says of playbooks, after the name of who did it."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from cs_platform.lib.words import isolated

ICON = "route"


def _named(detail: dict[str, Any]) -> dict[str, Any]:
    return {"playbook": isolated(str(detail.get("playbook", ""))), "version": detail.get("version", "")}


WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "ticket.playbook_started": lambda detail: (
        _("started the playbook %(playbook)s, version %(version)s") % _named(detail)
    ),
    "ticket.playbook_completed": lambda detail: (
        _("completed the playbook %(playbook)s, version %(version)s") % _named(detail)
    ),
    "ticket.playbook_abandoned": lambda detail: (
        _("stopped the playbook %(playbook)s, version %(version)s, before its end") % _named(detail)
    ),
    "ticket.playbook_resumed": lambda detail: (
        _("went on with the playbook %(playbook)s, version %(version)s") % _named(detail)
    ),
}
