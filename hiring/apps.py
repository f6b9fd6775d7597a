from django.apps import AppConfig


class HiringConfig(AppConfig):
    name = "hiring"

    def ready(self) -> None:
        from accounts import notifications
        from accounts.middleware import COUNTS

        from . import notices
        from .queries.outstanding import OWN_OUTSTANDING

        notifications.register(notices.ICONS, notices.read)
        COUNTS["scorecards"] = OWN_OUTSTANDING
