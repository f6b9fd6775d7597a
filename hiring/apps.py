from collections.abc import Callable
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from accounts.models import Company


class HiringConfig(AppConfig):
    name = "hiring"

    def ready(self) -> None:
        from accounts import notifications
        from accounts.middleware import COUNTS
        from customers.demo import more

        from . import notices
        from .queries.outstanding import OWN_OUTSTANDING

        notifications.register(notices.ICONS, notices.read)
        COUNTS["scorecards"] = OWN_OUTSTANDING
        more.register("demo.hiring_added", _add_to_demo)


def _add_to_demo(company: "Company", say: "Callable[[str], None]") -> None:
    """Looked for only when a demo is made."""
    from .demo import add

    add(company, say)
