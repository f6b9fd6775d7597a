"""What of a path rests on a playbook as it was before it changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext as _

from playbooks.models import Version
from playbooks.queries.readers import OUT
from training.models import Module, ProgrammeVersion


@dataclass(frozen=True)
class Stale:
    """A module whose playbook has changed what people do since it was written. number: the version it was written
    from, 0 for none; newest: the one that changed it last."""

    module_id: int
    key: str
    title: str
    playbook_id: int
    number: int
    newest: int

    @property
    def words(self) -> str:
        """For the line below a module."""
        if not self.number:
            return _("Written before version %(newest)s of the playbook") % {"newest": self.newest}
        told = {"number": self.number, "newest": self.newest}
        return _("Written for version %(number)s; version %(newest)s changed what is done") % told


def stale(version: ProgrammeVersion) -> dict[int, Stale]:
    """{module id: Stale} of a programme's version; two queries."""
    rows = Module.objects.filter(company_id=version.company_id, of=version, playbook__isnull=False)
    modules = list(rows.select_related("edition"))
    newest = last_materials(version.company_id, {each.playbook_id for each in modules if each.playbook_id})
    found = {}
    for module in modules:
        playbook_id = module.playbook_id or 0
        number = module.edition.number if module.edition else 0
        if number < newest.get(playbook_id, 0):
            found[module.id] = Stale(
                module.id, module.key, module.title, playbook_id, number, newest[playbook_id]
            )
    return found


def last_materials(company_id: int, playbooks: Iterable[int]) -> dict[int, int]:
    """{playbook id: number of the newest published version that changed what people do}, in one query."""
    rows = Version.objects.filter(
        company_id=company_id, playbook_id__in=set(playbooks), state__in=OUT, change=Version.Change.MATERIAL
    )
    return dict(rows.order_by().values_list("playbook_id").annotate(newest=Max("number")))
