from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from accounts import notifications
        from playbooks.permissions import owner_rules

        from . import notices, ride_notices
        from .ownership import refusal

        owner_rules.append(refusal)
        notifications.register(notices.ICONS, notices.read)
        notifications.register(ride_notices.RIDE_ICONS, ride_notices.read_of_rides)
