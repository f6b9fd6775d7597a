"""The sentence that a day begins with, made from what is due: "Three things before noon, X first. Nothing is late." """

from collections.abc import Sequence

from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.queries.needs import Load

from .dues import Group

SHORT = 60


def lede(groups: Sequence[Group], load: Load) -> str:
    """Says what comes first, and whether anything is late; of nothing due, how much is open."""
    by_key = {group.key: group for group in groups}
    late, soon = by_key.get("late"), by_key.get("noon") or by_key.get("today")
    if late:
        return f"{_late(late, load)} {_then(soon)}" if soon else _late(late, load)
    if soon:
        return f"{_first(soon)} {_('Nothing is late.')}"
    if "next" in by_key:
        return _("Nothing is due today. Next comes %(what)s.") % {"what": _named(by_key["next"])}
    return _idle(load)


def in_letters(number: int) -> str:
    """Small numbers are words in a sentence."""
    words = (
        _("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
    )  # fmt: skip
    return words[number] if number < len(words) else str(number)


def _late(group: Group, load: Load) -> str:
    promises = sum(due.icon == "pin" for due in group.lines)
    count = max(len(group.lines), load.late + promises)
    text = ngettext(
        "%(count)s thing is late: %(what)s.", "%(count)s things are late, %(what)s first.", count
    ) % {"count": in_letters(count), "what": _named(group)}
    return capfirst(text)


def _then(group: Group) -> str:
    count, when = len(group.lines), group.title.lower()
    text = ngettext("%(count)s more %(when)s.", "%(count)s more %(when)s.", count)
    return capfirst(text % {"count": in_letters(count), "when": when})


def _first(group: Group) -> str:
    count, when = len(group.lines), group.title.lower()
    text = ngettext(
        "%(count)s thing %(when)s: %(what)s.", "%(count)s things %(when)s, %(what)s first.", count
    ) % {"count": in_letters(count), "when": when, "what": _named(group)}
    return capfirst(text)


def _named(group: Group) -> str:
    # The sentence has a full stop of its own.
    return f"“{Truncator(group.lines[0].title.rstrip('. ')).chars(SHORT)}”"


def _idle(load: Load) -> str:
    if not load.open:
        return _("Nothing is due, and your queue is empty.")
    text = ngettext(
        "Nothing is due. Your queue has %(count)s open ticket.",
        "Nothing is due. Your queue has %(count)s open tickets.",
        load.open,
    )
    return text % {"count": in_letters(load.open)}
