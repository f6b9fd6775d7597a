from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from playbooks.permissions import owner_rules

        from .ownership import refusal

        owner_rules.append(refusal)
