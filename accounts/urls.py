from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path, register_converter

from .views import (
    company,
    demo,
    drafts,
    employment,
    invitations,
    keys,
    ledger,
    lines,
    mail,
    notifications,
    people,
    profile,
    settings,
    setup,
    teams,
)

app_name = "accounts"


class PlaceConverter:
    """The name of a form that has a draft: "ticket:new", "ticket:7:reply"."""

    regex = "(?=[a-z0-9_:-]{1,100}/)[a-z0-9_-]+(?::[a-z0-9_-]+){0,5}"

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
    path("setup/", setup.setup, name="setup"),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
    path("people/", people.person_index, name="person_index"),
    path("people/new/", people.person_new, name="person_new"),
    path("people/teams/", teams.team_index, name="team_index"),
    path("people/teams/<int:team_id>/", teams.team_edit, name="team_edit"),
    path("people/teams/<int:team_id>/deletion/", teams.team_deletion, name="team_deletion"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("people/<int:person_id>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:person_id>/line/", lines.person_line, name="person_line"),
    path("people/<int:person_id>/handover/", lines.person_handover, name="person_handover"),
    path("people/<int:person_id>/departure/", employment.departure, name="person_departure"),
    path("people/<int:person_id>/return/", employment.person_return, name="person_return"),
    path("people/<int:person_id>/invitation/", employment.person_invitation, name="person_invitation"),
    path(
        "people/<int:person_id>/invitation/withdrawal/",
        employment.person_invitation_withdrawal,
        name="person_invitation_withdrawal",
    ),
    path("notifications/", notifications.notification_index, name="notification_index"),
    path("notifications/reading/", notifications.notification_reading, name="notification_reading"),
    path("notifications/unreading/", notifications.notification_unreading, name="notification_unreading"),
    path("notifications/<int:pk>/", notifications.notification_show, name="notification_show"),
    path("settings/", settings.settings, name="settings"),
    path("settings/company/", settings.company, name="settings_company"),
    path("settings/zone/", settings.zone, name="settings_zone"),
    path("settings/keys/", keys.key_index, name="key_index"),
    path("settings/keys/<int:key_id>/revocation/", keys.key_revocation, name="key_revocation"),
    path("settings/activity/", ledger.activity_index, name="activity_index"),
    path("settings/activity.csv", ledger.activity_csv, name="activity_csv"),
    path("settings/demo/", demo.demo, name="demo"),
    path("settings/demo/removal/", demo.demo_removal, name="demo_removal"),
    path("removal/", demo.removal, name="removal"),
    path("mail/", mail.mail_index, name="mail_index"),
    path("mail/<str:name>/", mail.mail_show, name="mail_show"),
    # These stand before allauth's own, so this file has to be included first.
    path("accounts/login/", setup.sign_in, name="sign_in"),
    re_path(r"^accounts/(?:email|confirm-email|login/code|reauthenticate)/", closed),
]
