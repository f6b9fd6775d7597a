from collections.abc import Callable
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from accounts.models import Company


class PlaybooksConfig(AppConfig):
    name = "playbooks"

    def ready(self) -> None:
        from accounts import notifications
        from customers.demo import more
        from customers.queries import search_everything, stream
        from metrics import registry

        from . import metric, notices
        from .queries import search, timeline

        registry.register_metric(metric.COMPUTED)
        for verb, words in timeline.WORDS.items():
            stream.register(verb, timeline.ICON, words)
        search_everything.register(search.found_elsewhere)
        notifications.register(notices.ICONS, notices.read)
        notifications.register(notices.WRITING_ICONS, notices.read_writing)
        more.register("demo.playbooks_added", _add_to_demo)


def _add_to_demo(company: "Company", say: "Callable[[str], None]") -> None:
    """Looked for only when a demo is made."""
    from .demo import add

    add(company, say)
