from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path

from .views import company, mail, profile

app_name = "accounts"


def closed(request: HttpRequest) -> HttpResponse:
    """Pages of allauth that have no place here: an e-mail address is the company's to change."""
    raise Http404


urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("company/switch/", company.company_switch, name="company_switch"),
    path("mail/", mail.mail_index, name="mail_index"),
    path("mail/<str:name>/", mail.mail_show, name="mail_show"),
    # These stand before allauth's own, so this file has to be included first.
    re_path(r"^accounts/(?:email|confirm-email|login/code|reauthenticate)/", closed),
]
