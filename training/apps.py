from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accounts import notifications
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
