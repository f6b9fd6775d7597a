from django.apps import AppConfig


class PlaybooksConfig(AppConfig):
    name = "playbooks"

    def ready(self) -> None:
        from accounts import notifications
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
