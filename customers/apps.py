from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from accounts import notifications
        from metrics import registry

        from . import facts, notices

        for source in facts.SOURCES:
            registry.register(source)
        notifications.register(notices.ICONS, notices.read)
