"""The outbox: what other apps do after a deed, {verb: [function(company_id, rows), ...]}.

An app reacts through a module `reactions` with REACTIONS = {verb: function}. A function may be called
again with the same rows, so it has to be safe to run twice. rows are (subject_id, detail) pairs.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import transaction
from django.db.models import F

from accounts.models import Outbox
from cs_platform.lib import clock

Reaction = Callable[[int, list[tuple[int, dict]]], None]
BATCH = 500


@cache
def table() -> dict[str, list[Reaction]]:
    reactions: dict[str, list[Reaction]] = {}
    for config in apps.get_app_configs():
        name = f"{config.name}.reactions"
        if find_spec(name) is None:
            continue
        for verb, function in getattr(import_module(name), "REACTIONS", {}).items():
            reactions.setdefault(verb, []).append(function)
    return reactions


def heard_elsewhere(app: str) -> list[str]:
    """Verbs that apps react to, but not this one: to it nothing is left to do when they wait."""
    return [
        verb
        for verb, functions in table().items()
        if not any(function.__module__.startswith(f"{app}.") for function in functions)
    ]


def react_once() -> int:
    """Takes due outbox rows of one verb and company, reacts, deletes them; returns how many.

    A row whose reaction fails is kept and tried again later, and holds up nothing else.
    """
    with transaction.atomic():
        due = Outbox.objects.filter(not_before__lte=clock.now()).order_by("not_before", "id")
        first = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
        if first is None:
            return 0
        rows = list(
            due.filter(company_id=first.company_id, verb=first.verb).select_for_update(
                skip_locked=True, of=("self",)
            )[:BATCH]
        )
        ids = [row.id for row in rows]
        pairs = [(row.subject_id, row.detail) for row in rows]
        try:
            with transaction.atomic():
                for function in table().get(first.verb, []):
                    function(first.company_id, pairs)
        except Exception:  # noqa: BLE001 - whatever a reaction raises, its rows stay for another try
            _put_back(ids)
            return len(rows)
        Outbox.objects.filter(id__in=ids).delete()
    return len(rows)


def _put_back(ids: list[int]) -> None:
    logging.getLogger(__name__).exception("A reaction failed; %s outbox rows stay for another try", len(ids))
    Outbox.objects.filter(id__in=ids).update(
        attempts=F("attempts") + 1, not_before=clock.now() + timedelta(seconds=30)
    )
