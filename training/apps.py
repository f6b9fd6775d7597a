from collections.abc import Callable
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from accounts.models import Company


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accounts import notifications
        from customers.demo import more
        from customers.imports import matching
        from playbooks.permissions import owner_rules
        from playbooks.queries import said_elsewhere

        from . import notices, ride_notices
        from .imports import TrainingRecords
        from .ownership import refusal
        from .queries import on_playbook

        owner_rules.append(refusal)
        notifications.register(notices.ICONS, notices.read)
        said_elsewhere.register(on_playbook.said)
        notifications.register(ride_notices.RIDE_ICONS, ride_notices.read_of_rides)
        matching.register(TrainingRecords, _("Training records"))
        more.register("demo.training_added", _add_to_demo)


def _add_to_demo(company: "Company", say: "Callable[[str], None]") -> None:
    """Looked for only when a demo is made."""
    from .demo import add

    add(company, say)
