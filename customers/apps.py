from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from metrics import registry

        from . import facts

        for source in facts.SOURCES:
            registry.register(source)
