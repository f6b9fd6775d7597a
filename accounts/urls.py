from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path, register_converter

from .views import company, drafts, mail, notifications, people, profile, settings

app_name = "accounts"


class PlaceConverter:
    """The name of a form that has a draft: "ticket:new", "ticket:7:reply"."""

    regex = "[a-z0-9_-]+(?::[a-z0-9_-]+){0,5}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PlaceConverter, "place")


def closed(request: HttpRequest) -> HttpResponse:
    """Pages of allauth that have no place here: an e-mail address is the company's to change."""
    raise Http404


urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("company/switch/", company.company_switch, name="company_switch"),
    path("drafts/<place:place>/", drafts.draft, name="draft"),
    path("people/", people.person_index, name="person_index"),
    path("notifications/", notifications.notification_index, name="notification_index"),
    path("notifications/reading/", notifications.notification_reading, name="notification_reading"),
    path("notifications/unreading/", notifications.notification_unreading, name="notification_unreading"),
    path("notifications/<int:pk>/", notifications.notification_show, name="notification_show"),
    path("settings/", settings.settings, name="settings"),
    path("mail/", mail.mail_index, name="mail_index"),
    path("mail/<str:name>/", mail.mail_show, name="mail_show"),
    # These stand before allauth's own, so this file has to be included first.
    re_path(r"^accounts/(?:email|confirm-email|login/code|reauthenticate)/", closed),
]
