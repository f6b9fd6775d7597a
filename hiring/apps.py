from django.apps import AppConfig


class HiringConfig(AppConfig):
    name = "hiring"

    def ready(self) -> None:
        from accounts import notifications

        from . import notices

        notifications.register(notices.ICONS, notices.read)
