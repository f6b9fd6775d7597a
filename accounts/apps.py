from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import notifications, proposals

        notifications.register([proposals.PROPOSED], proposals.read)
