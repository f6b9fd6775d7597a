"""Templates of the most common scenarios of customer success, as texts in the form of `playbooks.text.markdown`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from playbooks.graph import Graph
from playbooks.text import markdown

# {name of the file: title}, the most common first.
TITLES = {
    "angry-customer": _("Angry customer"),
    "refund": _("Refund"),
    "password-and-access": _("Password and access"),
    "bug-report": _("Bug report"),
    "outage-notice": _("Outage notice"),
    "invoice-question": _("Invoice question"),
    "duplicate-charge": _("Duplicate charge"),
    "delivery-late": _("Late delivery"),
    "downgrade-or-cancellation": _("Downgrade or cancellation"),
    "feature-request": _("Feature request"),
    "onboarding-kick-off": _("Onboarding kick-off"),
    "missed-check-in": _("Missed check-in"),
    "renewal-at-risk": _("Renewal at risk"),
    "price-increase": _("Price increase"),
    "slow-performance": _("Slow performance"),
    "integration-fails": _("Integration fails"),
    "data-deletion-request": _("Data deletion request"),
    "security-concern": _("Security concern"),
    "complaint-about-a-colleague": _("Complaint about a colleague"),
    "champion-leaves": _("Champion leaves"),
}


@dataclass(frozen=True)
class Starter:
    """about: when it is used, in a sentence."""

    name: str
    title: Promise
    about: str
    graph: Graph


@cache
def starters() -> dict[str, Starter]:
    """All templates by name, in their order."""
    return {name: _read(name, title) for name, title in TITLES.items()}


def _read(name: str, title: Promise) -> Starter:
    document = markdown.read((Path(__file__).parent / f"{name}.md").read_text(encoding="utf-8"))
    return Starter(name, title, document.about, document.graph)
