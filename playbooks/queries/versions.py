"""The versions of a playbook, newest first."""

from typing import Any

from django.db.models import Window
from django.db.models.functions import Lag

from accounts.models import Team
from playbooks.models import Playbook, Version

from .changes import Changes, changes
from .graphs import graphs_of


def history(playbook: Playbook) -> list[Any]:
    """All of them, with who wrote and who approved, and as `before` the number of the one before, 0 for none."""
    found = Version.objects.filter(company_id=playbook.company_id, playbook=playbook)
    before = Window(Lag("number", default=0), order_by="number")
    people = found.select_related("author", "approver", "reviewer", "edited_by")
    return list(people.annotate(before=before).order_by("-number"))


def compared(old: Version, new: Version) -> Changes:
    """What is another one in `new`."""
    graphs = graphs_of(new.company_id, {old.id, new.id})
    teams = dict(Team.objects.filter(company_id=new.company_id).values_list("id", "name"))
    return changes(graphs[old.id], graphs[new.id], teams)
