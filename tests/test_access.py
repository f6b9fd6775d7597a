"""Every address of the product x everybody: who may come in. An address that is not in the table fails.

Ana is a rep, Lee her manager, Mo the leader, Rae the admin; Zed leads another company; nobody is signed out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.actions import create_api_key, set_line
from accounts.models import ApiKey, Member, Notification, ReportingLine, Team
from accounts.tasks import heartbeat
from cs_platform.lib import clock
from customers.actions import add_note, answer_survey, enter_contact, enter_fact
from customers.actions.bulk import set_priorities
from customers.actions.saved_views import save_view
from customers.actions.uploads import receive_upload
from customers.models import ImportRun, Upload
from hiring.actions.applying import open_link, token_of
from hiring.actions.files import keep_file
from hiring.actions.letters import write_letter
from hiring.actions.scorecards import declare_no_conflict
from hiring.actions.settings import note_training
from hiring.models import Attribute, Decision, Kit, LetterTemplate, Offer, Question, Takeover
from playbooks.actions import map_category, send_to_review
from playbooks.actions.flags import flag_step
from playbooks.actions.runs import start_run
from playbooks.actions.writing import give_writing_time
from playbooks.models import Playbook
from tests.factories import a_category, a_customer, a_member, a_ticket
from tests.hiring.making import a_card, a_requisition, an_application, an_interview, scored
from tests.playbooks.making import a_draft, a_playbook
from tests.training.making import a_draft as a_programme_draft
from tests.training.making import a_process, a_question, a_quiz, an_enrolment, items_of
from training.actions.plans import add_goal, open_plan
from training.actions.programmes import open_draft as open_programme_draft
from training.actions.programmes import publish_programme
from training.actions.quizzes import begin_try, hand_in
from training.actions.rides import plan_ride
from training.actions.sessions import plan_session
from training.models import Certificate, Requirement, Voice

pytestmark = pytest.mark.django_db

CAST = ("ana", "lee", "mo", "rae", "zed", "nobody")
OK, TO_SIGN_IN, HOME = 200, 302, 302
ALL = (OK,) * 6
SIGNED_IN = (OK, OK, OK, OK, OK, TO_SIGN_IN)
KEYED = (OK, OK, OK, OK, OK, 401)
# Rows of Harbour & Pine: to Zed they are not there.
OWN_COMPANY = (OK, OK, OK, OK, 404, 401)
NOT_THERE = (404,) * 6
ONLY_SIGNED_OUT = (HOME, HOME, HOME, HOME, HOME, OK)
ADMINS = (403, 403, 403, OK, 403, TO_SIGN_IN)

# A page of Harbour & Pine's own row: to Zed it is not there.
OWN_PAGE = (OK, OK, OK, OK, 404, TO_SIGN_IN)
OWN_ADMIN = (403, 403, 403, OK, 404, TO_SIGN_IN)
ONLY_POST = (405,) * 6
# What is posted to a ticket: somebody who had to sign in again on the way is led back to it.
TO_ITS_PAGE = (302, 302, 302, 302, 404, TO_SIGN_IN)
# Leaders and admins; those of another company do not find the row.
LEADERS = (403, 403, OK, OK, OK, TO_SIGN_IN)
LEADERS_OWN = (403, 403, OK, OK, 404, TO_SIGN_IN)

# The pattern as the site map has it, the path that is asked for, and what each of the cast is answered.
# In a path {ticket}, {customer} and so on stand for rows of Harbour & Pine, as `ids` makes them.
FIGURE = "level=rep&person={person}&from=2026-03-01&to=2026-03-10"
PAGES: dict[str, tuple[str, tuple[int, ...]]] = {
    "": ("/", (HOME,) * 6),
    "my-day/": ("/my-day/", SIGNED_IN),
    "team/": ("/team/", SIGNED_IN),
    "company/": ("/company/", SIGNED_IN),
    "ping/": ("/ping/", (204,) * 6),
    "healthz": ("/healthz", ALL),
    "metrics": ("/metrics", NOT_THERE),
    "profile/": ("/profile/", SIGNED_IN),
    "company/switch/": ("/company/switch/", ONLY_POST),
    "drafts/<place:place>/": ("/drafts/ticket:new/", (204, 204, 204, 204, 204, TO_SIGN_IN)),
    "setup/": ("/setup/", NOT_THERE),
    "invitations/<str:secret>/": ("/invitations/none/", NOT_THERE),
    "people/": ("/people/", SIGNED_IN),
    "people/new/": ("/people/new/", LEADERS),
    "people/teams/": ("/people/teams/", SIGNED_IN),
    "people/teams/<int:team_id>/": ("/people/teams/{team}/", LEADERS_OWN),
    "people/teams/<int:team_id>/deletion/": ("/people/teams/{team}/deletion/", ONLY_POST),
    "people/<int:person_id>/": ("/people/{person}/", OWN_PAGE),
    "people/<int:person_id>/edit/": ("/people/{person}/edit/", LEADERS_OWN),
    "people/<int:person_id>/line/": ("/people/{person}/line/", (403, OK, OK, OK, 404, TO_SIGN_IN)),
    "people/<int:person_id>/handover/": ("/people/{person}/handover/", LEADERS_OWN),
    "people/<int:person_id>/departure/": ("/people/{person}/departure/", LEADERS_OWN),
    "people/<int:person_id>/return/": ("/people/{person}/return/", ONLY_POST),
    "people/<int:person_id>/invitation/": ("/people/{person}/invitation/", ONLY_POST),
    "people/<int:person_id>/invitation/withdrawal/": ("/people/{person}/invitation/withdrawal/", ONLY_POST),
    "notifications/": ("/notifications/", SIGNED_IN),
    "notifications/<int:pk>/": ("/notifications/{notification}/", (302, 404, 404, 404, 404, TO_SIGN_IN)),
    "notifications/reading/": ("/notifications/reading/", ONLY_POST),
    "notifications/unreading/": ("/notifications/unreading/", ONLY_POST),
    "settings/": ("/settings/", ADMINS),
    "settings/company/": ("/settings/company/", ADMINS),
    "settings/zone/": ("/settings/zone/", ADMINS),
    "settings/keys/": ("/settings/keys/", ADMINS),
    "settings/keys/<int:key_id>/revocation/": (
        "/settings/keys/{key}/revocation/",
        (403, 403, 403, OK, 403, TO_SIGN_IN),
    ),
    "settings/activity/": ("/settings/activity/", ADMINS),
    "settings/activity.csv": ("/settings/activity.csv", ADMINS),
    "settings/demo/": ("/settings/demo/", ADMINS),
    "settings/demo/removal/": ("/settings/demo/removal/", (403, 403, 403, 403, 403, TO_SIGN_IN)),
    "removal/": ("/removal/", (HOME,) * 6),
    "tickets/": ("/tickets/", SIGNED_IN),
    "tickets.csv": ("/tickets.csv", SIGNED_IN),
    "tickets/filters/": ("/tickets/filters/", SIGNED_IN),
    "tickets/bulk/": ("/tickets/bulk/", SIGNED_IN),
    "tickets/bulk/<uuid:batch>/undo/": ("/tickets/bulk/{batch}/undo/", ONLY_POST),
    "tickets/views/": ("/tickets/views/", SIGNED_IN),
    "tickets/views/<int:view_id>/": ("/tickets/views/{view}/", ONLY_POST),
    "tickets/views/<int:view_id>/deletion/": ("/tickets/views/{view}/deletion/", ONLY_POST),
    "tickets/views/restoration/<str:kept>/": ("/tickets/views/restoration/x/", ONLY_POST),
    "tickets/new/": ("/tickets/new/", SIGNED_IN),
    "tickets/new/customers/": ("/tickets/new/customers/?q=c", SIGNED_IN),
    "tickets/new/peek/": ("/tickets/new/peek/?customer={customer}", SIGNED_IN),
    "tickets/<int:ticket_id>/": ("/tickets/{ticket}/", OWN_PAGE),
    "tickets/<int:ticket_id>/stream/": ("/tickets/{ticket}/stream/", OWN_PAGE),
    "tickets/<int:ticket_id>/merge/": ("/tickets/{ticket}/merge/", OWN_PAGE),
    "tickets/<int:ticket_id>/presence/": ("/tickets/{ticket}/presence/", ONLY_POST),
    "tickets/<int:ticket_id>/reply/": ("/tickets/{ticket}/reply/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/mailing/": ("/tickets/{ticket}/mailing/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/note/": ("/tickets/{ticket}/note/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/customer-reply/": ("/tickets/{ticket}/customer-reply/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/properties/": ("/tickets/{ticket}/properties/", OWN_PAGE),
    "tickets/<int:ticket_id>/assignment/": ("/tickets/{ticket}/assignment/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/pending/": ("/tickets/{ticket}/pending/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/hold/": ("/tickets/{ticket}/hold/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/resumption/": ("/tickets/{ticket}/resumption/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/resolution/": ("/tickets/{ticket}/resolution/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/reopening/": ("/tickets/{ticket}/reopening/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/closure/": ("/tickets/{ticket}/closure/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/spam/": ("/tickets/{ticket}/spam/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/deletion/": ("/tickets/{ticket}/deletion/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/events/<int:event_id>/undo/": ("/tickets/{ticket}/events/1/undo/", TO_ITS_PAGE),
    "tickets/<int:ticket_id>/restoration/": ("/tickets/{ticket}/restoration/", TO_ITS_PAGE),
    "search/": ("/search/", SIGNED_IN),
    "customers/": ("/customers/", SIGNED_IN),
    "customers.csv": ("/customers.csv", SIGNED_IN),
    "customers/new/": ("/customers/new/", SIGNED_IN),
    "customers/<int:customer_id>/": ("/customers/{customer}/", OWN_PAGE),
    "customers/<int:customer_id>/edit/": ("/customers/{customer}/edit/", OWN_PAGE),
    "customers/<int:customer_id>/owner/": ("/customers/{customer}/owner/", OWN_PAGE),
    "customers/<int:customer_id>/revenue/": ("/customers/{customer}/revenue/", OWN_PAGE),
    "customers/<int:customer_id>/merge/": ("/customers/{customer}/merge/", OWN_PAGE),
    "customers/<int:customer_id>/merge/undo/": ("/customers/{customer}/merge/undo/", ONLY_POST),
    "customers/<int:customer_id>/erasure/": ("/customers/{customer}/erasure/", OWN_ADMIN),
    "customers/<int:customer_id>/contacts/": ("/customers/{customer}/contacts/", OWN_PAGE),
    "customers/<int:customer_id>/contacts/new/": ("/customers/{customer}/contacts/new/", OWN_PAGE),
    "contacts/<int:contact_id>/edit/": ("/contacts/{contact}/edit/", OWN_PAGE),
    "contacts/<int:contact_id>/leaving/": ("/contacts/{contact}/leaving/", ONLY_POST),
    "contacts/<int:contact_id>/return/": ("/contacts/{contact}/return/", ONLY_POST),
    "contacts/<int:contact_id>/erasure/": ("/contacts/{contact}/erasure/", OWN_ADMIN),
    "mentions/": ("/mentions/?q=a", SIGNED_IN),
    "customers/<int:customer_id>/facts/new/": ("/customers/{customer}/facts/new/", OWN_PAGE),
    "facts/<int:fact_id>/edit/": ("/facts/{fact}/edit/", OWN_PAGE),
    "facts/<int:fact_id>/verification/": ("/facts/{fact}/verification/", ONLY_POST),
    "facts/<int:fact_id>/removal/": ("/facts/{fact}/removal/", ONLY_POST),
    "customers/<int:customer_id>/notes/": (
        "/customers/{customer}/notes/",
        (302, 302, 302, 302, 404, TO_SIGN_IN),
    ),
    "notes/<int:note_id>/edit/": ("/notes/{note}/edit/", (OK, 403, 403, 403, 404, TO_SIGN_IN)),
    "notes/<int:note_id>/history/": ("/notes/{note}/history/", OWN_PAGE),
    "notes/<int:note_id>/deletion/": ("/notes/{note}/deletion/", ONLY_POST),
    "notes/<int:note_id>/restoration/": ("/notes/{note}/restoration/", ONLY_POST),
    "notes/<int:note_id>/kept/": ("/notes/{note}/kept/", ONLY_POST),
    "notes/<int:note_id>/kept/undo/": ("/notes/{note}/kept/undo/", ONLY_POST),
    "imports/": ("/imports/", ADMINS),
    "imports/new/": ("/imports/new/", ADMINS),
    "imports/templates/<str:kind>.csv": ("/imports/templates/tickets.csv", ADMINS),
    "imports/runs/<int:run_id>/errors/": (
        "/imports/runs/{run}/errors/",
        (403, 403, 403, 404, 403, TO_SIGN_IN),
    ),
    "imports/<int:upload_id>/": ("/imports/{upload}/", ADMINS),
    "imports/<int:upload_id>/start/": ("/imports/{upload}/start/", ONLY_POST),
    "imports/<int:upload_id>/columns/": ("/imports/{upload}/columns/", ONLY_POST),
    "imports/<int:upload_id>/cancellation/": ("/imports/{upload}/cancellation/", ONLY_POST),
    "mail/": ("/mail/", ADMINS),
    "mail/<str:name>/": ("/mail/none.log/", (403, 403, 403, 404, 403, TO_SIGN_IN)),
    "^accounts/(?:email|confirm-email|login/code|reauthenticate)/": ("/accounts/email/", NOT_THERE),
    "accounts/login/": ("/accounts/login/", ONLY_SIGNED_OUT),
    "accounts/logout/": ("/accounts/logout/", (OK, OK, OK, OK, OK, HOME)),
    "accounts/inactive/": ("/accounts/inactive/", ALL),
    "accounts/signup/": ("/accounts/signup/", ONLY_SIGNED_OUT),
    "accounts/reauthenticate/": ("/accounts/reauthenticate/", NOT_THERE),
    "accounts/email/": ("/accounts/email/", NOT_THERE),
    "accounts/confirm-email/": ("/accounts/confirm-email/", NOT_THERE),
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": ("/accounts/confirm-email/x/", NOT_THERE),
    "accounts/password/change/": ("/accounts/password/change/", SIGNED_IN),
    "accounts/password/set/": ("/accounts/password/set/", (302,) * 6),
    "accounts/password/reset/": ("/accounts/password/reset/", ALL),
    "accounts/password/reset/done/": ("/accounts/password/reset/done/", ALL),
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
        "/accounts/password/reset/key/1-x/",
        ALL,
    ),
    "accounts/password/reset/key/done/": ("/accounts/password/reset/key/done/", ALL),
    "accounts/login/code/confirm/": ("/accounts/login/code/confirm/", NOT_THERE),
    "api/schema/": ("/api/schema/", ALL),
    "api/docs/": ("/api/docs/", ALL),
}
# What is done by a form: the pattern, the path, what is sent, and what each of the cast is answered. Each of the
# cast begins with rows of their own, so that one does not meet what another has done.
DONE = 302
A_TICKET = {"subject": "x", "channel": "1", "priority": "low"}
PAGES |= {
    # Figures by person: a rep the own ones and the own team's totals, a manager the own tree, leader and admin all.
    "dashboards/team/<whose:person>/": ("/dashboards/team/{manager}/", OWN_PAGE),
    "dashboards/rep/<whose:person>/": ("/dashboards/rep/{person}/", OWN_PAGE),
    "figures/<slug:metric>/": (f"/figures/csat/?{FIGURE}", OWN_PAGE),
    "figures/<slug:metric>/trend/": (f"/figures/csat/trend/?{FIGURE}", OWN_PAGE),
    "figures/<slug:metric>/rows/": (f"/figures/csat/rows/?{FIGURE}", OWN_PAGE),
    "settings/focus/": ("/settings/focus/", (403, 403, OK, OK, OK, TO_SIGN_IN)),
}
DEEDS: dict[str, tuple[str, dict[str, str], tuple[int, ...]]] = {
    **{
        f"imports/<int:upload_id>/{deed}/": (
            f"/imports/{{upload}}/{deed}/",
            {},
            (403, 403, 403, DONE, 403, TO_SIGN_IN),
        )
        for deed in ("start", "columns", "cancellation")
    },
    "tickets/bulk/<uuid:batch>/undo/": (
        "/tickets/bulk/{batch}/undo/",
        {},
        (DONE, 404, 404, 404, 404, TO_SIGN_IN),
    ),
    "tickets/views/<int:view_id>/": (
        "/tickets/views/{view}/",
        {"name": "x"},
        (DONE, 403, 403, 403, 404, TO_SIGN_IN),
    ),
    "tickets/views/<int:view_id>/deletion/": (
        "/tickets/views/{view}/deletion/",
        {},
        (DONE, 403, 403, 403, 404, TO_SIGN_IN),
    ),
    "tickets/views/restoration/<str:kept>/": (
        "/tickets/views/restoration/x/",
        {},
        (404, 404, 404, 404, 404, TO_SIGN_IN),
    ),
    "tickets/new/": ("/tickets/new/", A_TICKET, (DONE,) * 6),
    "tickets/<int:ticket_id>/presence/": ("/tickets/{ticket}/presence/", {}, OWN_PAGE),
    "tickets/<int:ticket_id>/merge/": ("/tickets/{ticket}/merge/", {"into": "{ticket}"}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/reply/": ("/tickets/{ticket}/reply/", {"body": "x"}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/mailing/": ("/tickets/{ticket}/mailing/", {}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/note/": ("/tickets/{ticket}/note/", {"body": "x"}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/customer-reply/": (
        "/tickets/{ticket}/customer-reply/",
        {"body": "x"},
        TO_ITS_PAGE,
    ),
    "tickets/<int:ticket_id>/properties/": (
        "/tickets/{ticket}/properties/",
        A_TICKET | {"version": "0"},
        TO_ITS_PAGE,
    ),
    "tickets/<int:ticket_id>/assignment/": ("/tickets/{ticket}/assignment/", {"assignee": ""}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/pending/": ("/tickets/{ticket}/pending/", {}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/hold/": ("/tickets/{ticket}/hold/", {}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/resumption/": ("/tickets/{ticket}/resumption/", {}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/resolution/": ("/tickets/{ticket}/resolution/", {}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/reopening/": ("/tickets/{ticket}/reopening/", {}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/closure/": ("/tickets/{ticket}/closure/", {}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/spam/": ("/tickets/{ticket}/spam/", {}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/deletion/": ("/tickets/{ticket}/deletion/", {}, TO_ITS_PAGE),
    "tickets/<int:ticket_id>/events/<int:event_id>/undo/": (
        "/tickets/{ticket}/events/1/undo/",
        {},
        TO_ITS_PAGE,
    ),
    "tickets/<int:ticket_id>/restoration/": ("/tickets/{ticket}/restoration/", {}, TO_ITS_PAGE),
    "notifications/reading/": (
        "/notifications/reading/",
        {"notification": "{notification}"},
        (DONE, 404, 404, 404, 404, TO_SIGN_IN),
    ),
    "notifications/unreading/": (
        "/notifications/unreading/?at=2026-03-01T10:00:00Z",
        {},
        (DONE, DONE, DONE, DONE, DONE, TO_SIGN_IN),
    ),
    "company/switch/": ("/company/switch/", {"company": "none"}, (404, 404, 404, 404, 404, TO_SIGN_IN)),
    **{
        pattern: (path, {}, (DONE, DONE, DONE, DONE, 404, TO_SIGN_IN))
        for pattern, path in {
            "customers/<int:customer_id>/merge/undo/": "/customers/{customer}/merge/undo/",
            "contacts/<int:contact_id>/leaving/": "/contacts/{contact}/leaving/",
            "contacts/<int:contact_id>/return/": "/contacts/{contact}/return/",
            "facts/<int:fact_id>/verification/": "/facts/{fact}/verification/",
            "facts/<int:fact_id>/removal/": "/facts/{fact}/removal/",
            "notes/<int:note_id>/restoration/": "/notes/{note}/restoration/",
            "notes/<int:note_id>/kept/": "/notes/{note}/kept/",
            "notes/<int:note_id>/kept/undo/": "/notes/{note}/kept/undo/",
        }.items()
    },
    "notes/<int:note_id>/deletion/": ("/notes/{note}/deletion/", {}, (DONE, 403, 403, DONE, 404, TO_SIGN_IN)),
}
LEADERS_DO = (403, 403, DONE, DONE, 404, TO_SIGN_IN)
DEEDS |= {
    "people/teams/<int:team_id>/deletion/": ("/people/teams/{team}/deletion/", {}, LEADERS_DO),
    "people/<int:person_id>/return/": ("/people/{person}/return/", {}, LEADERS_DO),
    "people/<int:person_id>/invitation/": ("/people/{person}/invitation/", {}, LEADERS_DO),
    "people/<int:person_id>/invitation/withdrawal/": (
        "/people/{person}/invitation/withdrawal/",
        {},
        LEADERS_DO,
    ),
}
DAYS = "from=2026-03-01&to=2026-03-10"
ROUTES: dict[str, tuple[str, tuple[int, ...]]] = {
    "api/v1/metrics/": ("/api/v1/metrics/", KEYED),
    "api/v1/metrics/<str:metric>/": (f"/api/v1/metrics/csat/?{DAYS}", KEYED),
    "api/v1/^people/$": ("/api/v1/people/", KEYED),
    "api/v1/^people/(?P<pk>[^/]+)/$": ("/api/v1/people/{person}/", OWN_COMPANY),
    "api/v1/^reporting-lines/$": ("/api/v1/reporting-lines/", KEYED),
    "api/v1/^reporting-lines/(?P<pk>[^/]+)/$": ("/api/v1/reporting-lines/{line}/", OWN_COMPANY),
    "api/v1/^customers/$": ("/api/v1/customers/", KEYED),
    "api/v1/^customers/(?P<pk>[^/]+)/$": ("/api/v1/customers/{customer}/", OWN_COMPANY),
    "api/v1/^tickets/$": ("/api/v1/tickets/", KEYED),
    "api/v1/^tickets/(?P<pk>[^/]+)/$": ("/api/v1/tickets/{ticket}/", OWN_COMPANY),
    "api/v1/^surveys/$": ("/api/v1/surveys/", KEYED),
    "api/v1/^surveys/(?P<pk>[^/]+)/$": ("/api/v1/surveys/{survey}/", OWN_COMPANY),
    "api/v1/^contacts/$": ("/api/v1/contacts/", KEYED),
    "api/v1/^contacts/(?P<pk>[^/]+)/$": ("/api/v1/contacts/{contact}/", OWN_COMPANY),
    "api/v1/^notes/$": ("/api/v1/notes/", KEYED),
    "api/v1/^notes/(?P<pk>[^/]+)/$": ("/api/v1/notes/{note}/", OWN_COMPANY),
    **{
        f"api/v1/^tickets/(?P<pk>[^/]+)/{deed}/$": (
            f"/api/v1/tickets/{{ticket}}/{deed}/",
            (405,) * 5 + (401,),
        )
        for deed in (
            "replies",
            "notes",
            "assignment",
            "pending",
            "hold",
            "resolution",
            "reopening",
            "closure",
        )
    },
}

MANAGERS = (403, OK, OK, OK, OK, TO_SIGN_IN)
MANAGERS_OWN = (403, OK, OK, OK, 404, TO_SIGN_IN)
MANAGERS_DO = (403, DONE, DONE, DONE, 404, TO_SIGN_IN)
# Scenarios and review: Ana wrote what is in review, so she reads it and somebody else answers.
PAGES |= {
    "playbooks/scenarios/": ("/playbooks/scenarios/", MANAGERS),
    "playbooks/scenarios/mappings/": ("/playbooks/scenarios/mappings/", ONLY_POST),
    "playbooks/scenarios/mappings/<int:mapping>/removal/": (
        "/playbooks/scenarios/mappings/{mapping}/removal/",
        ONLY_POST,
    ),
    "playbooks/scenarios/<int:scenario>/": ("/playbooks/scenarios/{scenario}/", MANAGERS_OWN),
    **{
        f"playbooks/scenarios/<int:scenario>/{deed}/": (
            f"/playbooks/scenarios/{{scenario}}/{deed}/",
            ONLY_POST,
        )
        for deed in ("archiving", "restoration", "mappings")
    },
    "playbooks/reviews/": ("/playbooks/reviews/", SIGNED_IN),
    "playbooks/reviews/<int:version>/": ("/playbooks/reviews/{in_review}/", OWN_PAGE),
    **{
        f"playbooks/reviews/<int:version>/{deed}/": (f"/playbooks/reviews/{{in_review}}/{deed}/", ONLY_POST)
        for deed in ("publication", "sending-back")
    },
    "playbooks/<int:playbook>/people/": ("/playbooks/{playbook}/people/", MANAGERS_OWN),
    "playbooks/archived/": ("/playbooks/archived/", MANAGERS),
    **{
        f"playbooks/<int:playbook>/{deed}/": (f"/playbooks/{{playbook}}/{deed}/", ONLY_POST)
        for deed in ("verification", "archiving", "restoration")
    },
}
DEEDS |= {
    "playbooks/scenarios/mappings/": (
        "/playbooks/scenarios/mappings/",
        {"category": "{category}", "scenario": "new"},
        (403, DONE, DONE, DONE, DONE, TO_SIGN_IN),
    ),
    "playbooks/scenarios/mappings/<int:mapping>/removal/": (
        "/playbooks/scenarios/mappings/{mapping}/removal/",
        {},
        MANAGERS_DO,
    ),
    **{
        f"playbooks/scenarios/<int:scenario>/{deed}/": (
            f"/playbooks/scenarios/{{scenario}}/{deed}/",
            {"category": "{category}"},
            MANAGERS_DO,
        )
        for deed in ("archiving", "restoration", "mappings")
    },
    **{
        f"playbooks/reviews/<int:version>/{deed}/": (
            f"/playbooks/reviews/{{in_review}}/{deed}/",
            {"answer": "x"},
            MANAGERS_DO,
        )
        for deed in ("publication", "sending-back")
    },
    **{
        f"playbooks/<int:playbook>/{deed}/": (f"/playbooks/{{playbook}}/{deed}/", {}, MANAGERS_DO)
        for deed in ("verification", "archiving", "restoration")
    },
}
# Reading: everybody reads, flags and writes; who answers for a playbook answers its flags.
PAGES |= {
    "playbooks/new/": ("/playbooks/new/", SIGNED_IN),
    "playbooks/<int:playbook>/": ("/playbooks/{playbook}/", OWN_PAGE),
    "playbooks/<int:playbook>/playbook.md": ("/playbooks/{playbook}/playbook.md", OWN_PAGE),
    "playbooks/<int:playbook>/playbook.mmd": ("/playbooks/{playbook}/playbook.mmd", OWN_PAGE),
    "playbooks/<int:playbook>/draft/import/": ("/playbooks/{playbook}/draft/import/", OWN_PAGE),
    "playbooks/<int:playbook>/acknowledgement/": ("/playbooks/{playbook}/acknowledgement/", ONLY_POST),
    "playbooks/<int:playbook>/asking/": ("/playbooks/{playbook}/asking/", ONLY_POST),
    "playbooks/<int:playbook>/flags/": ("/playbooks/{playbook}/flags/", ONLY_POST),
    "playbooks/<int:playbook>/flags/<int:flag>/answer/": (
        "/playbooks/{playbook}/flags/{flag}/answer/",
        ONLY_POST,
    ),
}
DEEDS |= {
    "playbooks/<int:playbook>/acknowledgement/": (
        "/playbooks/{playbook}/acknowledgement/",
        {"version": "1"},
        TO_ITS_PAGE,
    ),
    "playbooks/<int:playbook>/asking/": ("/playbooks/{playbook}/asking/", {}, MANAGERS_DO),
    "playbooks/<int:playbook>/flags/": ("/playbooks/{playbook}/flags/", {"step": "find"}, TO_ITS_PAGE),
    "playbooks/<int:playbook>/flags/<int:flag>/answer/": (
        "/playbooks/{playbook}/flags/{flag}/answer/",
        {"answer": "x"},
        MANAGERS_DO,
    ),
}
# The editor: everybody who reads a playbook may write at its draft, and its writers take it back from review.
DRAFT, DRAFT_PLACE = "playbooks/<int:playbook>/draft/", "/playbooks/{drafted}/draft/"
STEP, STEP_PLACE = DRAFT + "steps/<str:key>/", DRAFT_PLACE + "steps/say/"
PAGES |= {
    DRAFT: (DRAFT_PLACE, OWN_PAGE),
    DRAFT + "discard/": (DRAFT_PLACE + "discard/", OWN_PAGE),
    DRAFT + "review/": (DRAFT_PLACE + "review/", TO_ITS_PAGE),
    DRAFT + "withdrawal/": (DRAFT_PLACE + "withdrawal/", TO_ITS_PAGE),
    DRAFT + "steps/": (DRAFT_PLACE + "steps/", TO_ITS_PAGE),
    STEP: (STEP_PLACE, TO_ITS_PAGE),
    **{
        f"{STEP}{deed}/": (f"{STEP_PLACE}{deed}/", TO_ITS_PAGE)
        for deed in ("position", "removal", "return", "exits")
    },
    STEP + "exits/<int:place>/removal/": (STEP_PLACE + "exits/0/removal/", TO_ITS_PAGE),
    "playbooks/<int:playbook>/versions/": ("/playbooks/{playbook}/versions/", OWN_PAGE),
    "playbooks/<int:playbook>/versions/<int:first>/compare/<int:second>/": (
        "/playbooks/{playbook}/versions/1/compare/1/",
        OWN_PAGE,
    ),
}
DEEDS |= {
    DRAFT: (DRAFT_PLACE, {}, TO_ITS_PAGE),
    DRAFT + "discard/": (DRAFT_PLACE + "discard/", {}, TO_ITS_PAGE),
    DRAFT + "review/": (DRAFT_PLACE + "review/", {}, (422, 422, 422, 422, 404, TO_SIGN_IN)),
    DRAFT + "withdrawal/": (DRAFT_PLACE + "withdrawal/", {}, (302, 403, 403, 403, 404, TO_SIGN_IN)),
    DRAFT + "steps/": (DRAFT_PLACE + "steps/", {"after": "say"}, TO_ITS_PAGE),
    STEP: (STEP_PLACE, {}, TO_ITS_PAGE),
    **{
        f"{STEP}{deed}/": (f"{STEP_PLACE}{deed}/", {"by": "up"}, TO_ITS_PAGE)
        for deed in ("position", "removal", "exits")
    },
    STEP + "return/": (STEP_PLACE + "return/", {}, (422, 422, 422, 422, 404, TO_SIGN_IN)),
    STEP + "exits/<int:place>/removal/": (STEP_PLACE + "exits/0/removal/", {}, TO_ITS_PAGE),
}
# Coverage, writing time and effect: everybody reads them, whoever sets playbooks up gives hours.
PAGES |= {
    "playbooks/": ("/playbooks/", SIGNED_IN),
    "playbooks/writing/": ("/playbooks/writing/", SIGNED_IN),
    "playbooks/writing/<int:slot>/calendar.ics": ("/playbooks/writing/{slot}/calendar.ics", OWN_PAGE),
    "playbooks/writing/<int:slot>/removal/": ("/playbooks/writing/{slot}/removal/", ONLY_POST),
    "playbooks/<int:playbook>/effect/": ("/playbooks/{playbook}/effect/", OWN_PAGE),
}
DEEDS |= {
    "playbooks/writing/<int:slot>/removal/": ("/playbooks/writing/{slot}/removal/", {}, MANAGERS_DO),
}
# Runs: whoever may read the playbook may go on with them.
RUN = "playbooks/runs/<int:run>/"
REFUSED = (422, 422, 422, 422, 404, TO_SIGN_IN)
RUN_DEEDS: dict[str, tuple[dict[str, str], tuple[int, ...]]] = {
    "step": ({}, TO_ITS_PAGE),
    "skip": ({"text": "x"}, TO_ITS_PAGE),
    "note": ({"text": "x"}, TO_ITS_PAGE),
    "stop": ({"text": "x"}, TO_ITS_PAGE),
    "handover": ({"receiver": "{person}"}, TO_ITS_PAGE),
    "takeover": ({}, TO_ITS_PAGE),
    "completion": ({}, REFUSED),
    "undo": ({}, REFUSED),
    "presence": ({}, OWN_PAGE),
}
PAGES |= {
    "playbooks/search/": ("/playbooks/search/?q=dup", SIGNED_IN),
    "playbooks/at-hand/": ("/playbooks/at-hand/?ticket={ticket}", OWN_PAGE),
    "playbooks/<int:playbook>/runs/": ("/playbooks/{playbook}/runs/", ONLY_POST),
    RUN: ("/playbooks/runs/{playbook_run}/", OWN_PAGE),
    **{f"{RUN}{deed}/": (f"/playbooks/runs/{{playbook_run}}/{deed}/", ONLY_POST) for deed in RUN_DEEDS},
}
DEEDS |= {
    "playbooks/<int:playbook>/runs/": ("/playbooks/{playbook}/runs/", {"ticket": "{ticket}"}, TO_ITS_PAGE),
    **{
        f"{RUN}{deed}/": (f"/playbooks/runs/{{playbook_run}}/{deed}/", sent, expected)
        for deed, (sent, expected) in RUN_DEEDS.items()
    },
}
# Hiring: managers open jobs and keep the library; a job is there for whoever hires for it, its page of no one else.
HIRERS_OWN = (404, OK, OK, OK, 404, TO_SIGN_IN)
HIRERS_DO = (404, DONE, DONE, DONE, 404, TO_SIGN_IN)
JOB, JOB_PLACE = "hiring/requisitions/<int:requisition>/", "/hiring/requisitions/{requisition}/"
LIBRARY = "hiring/library/"
ARCHIVED_AND_BACK = {
    f"{LIBRARY}{nouns}/<int:{noun}>/{deed}/": f"/{LIBRARY}{nouns}/{{{noun}}}/{deed}/"
    for nouns, noun in (("attributes", "attribute"), ("questions", "question"), ("kits", "kit"))
    for deed in ("archiving", "restoration")
}
JOB_DEEDS = {
    **{f"{JOB}{deed}/": f"{JOB_PLACE}{deed}/" for deed in ("opening", "hold", "fill", "cancellation")},
    **{
        f"{JOB}stages/<int:stage>/{deed}/": f"{JOB_PLACE}stages/{{stage}}/{deed}/"
        for deed in ("position", "removal")
    },
}
PAGES |= {
    "hiring/": ("/hiring/", SIGNED_IN),
    "hiring/plan/": ("/hiring/plan/", MANAGERS),
    "hiring/requisitions/new/": ("/hiring/requisitions/new/", MANAGERS),
    JOB: (JOB_PLACE, HIRERS_OWN),
    **{f"{JOB}{part}/": (f"{JOB_PLACE}{part}/", HIRERS_OWN) for part in ("edit", "weights", "stages")},
    f"{JOB}stages/<int:stage>/": (f"{JOB_PLACE}stages/{{stage}}/", HIRERS_OWN),
    **{pattern: (path, ONLY_POST) for pattern, path in (JOB_DEEDS | ARCHIVED_AND_BACK).items()},
    LIBRARY: ("/hiring/library/", MANAGERS),
    f"{LIBRARY}stocking/": ("/hiring/library/stocking/", ONLY_POST),
    f"{LIBRARY}attributes/new/": ("/hiring/library/attributes/new/", MANAGERS),
    f"{LIBRARY}attributes/<int:attribute>/": ("/hiring/library/attributes/{attribute}/", MANAGERS_OWN),
    f"{LIBRARY}questions/": ("/hiring/library/questions/", MANAGERS),
    f"{LIBRARY}questions/new/": ("/hiring/library/questions/new/", MANAGERS),
    f"{LIBRARY}questions/<int:question>/": ("/hiring/library/questions/{question}/", MANAGERS_OWN),
    f"{LIBRARY}kits/new/": ("/hiring/library/kits/new/", MANAGERS),
    f"{LIBRARY}kits/<int:kit>/": ("/hiring/library/kits/{kit}/", MANAGERS_OWN),
    f"{LIBRARY}kits/<int:kit>/edit/": ("/hiring/library/kits/{kit}/edit/", MANAGERS_OWN),
    f"{LIBRARY}kits/<int:kit>/versions/<int:number>/": (
        "/hiring/library/kits/{kit}/versions/1/",
        MANAGERS_OWN,
    ),
    "hiring/settings/": ("/hiring/settings/", LEADERS),
    "hiring/interviewers/": ("/hiring/interviewers/", MANAGERS),
    "hiring/interviewers/<int:person>/module/removal/": (
        "/hiring/interviewers/{person}/module/removal/",
        ONLY_POST,
    ),
}
DEEDS |= {
    **{pattern: (path, {}, HIRERS_DO) for pattern, path in JOB_DEEDS.items()},
    **{pattern: (path, {}, MANAGERS_DO) for pattern, path in ARCHIVED_AND_BACK.items()},
    f"{LIBRARY}stocking/": ("/hiring/library/stocking/", {}, (403, DONE, DONE, DONE, DONE, TO_SIGN_IN)),
    "hiring/interviewers/<int:person>/module/removal/": (
        "/hiring/interviewers/{person}/module/removal/",
        {},
        MANAGERS_DO,
    ),
}
# Interviews: the panel reads, whoever hires plans; a scorecard is its owner's alone, here Ana's.
TALK, TALK_PLACE = "hiring/interviews/<int:interview>/", "/hiring/interviews/{interview}/"
CARD, CARD_PLACE = "hiring/scorecards/<int:scorecard>/", "/hiring/scorecards/{scorecard}/"
TALK_DEEDS = ("cancellation/", "mailing/", "panel/<int:scorecard>/excuse/")
PAGES |= {
    "hiring/applications/<int:application>/interviews/new/": (
        "/hiring/applications/{application}/interviews/new/",
        MANAGERS_OWN,
    ),
    **{f"{TALK}{part}": (f"{TALK_PLACE}{part}", OWN_PAGE) for part in ("", "interview.ics")},
    **{f"{TALK}{part}": (f"{TALK_PLACE}{part}", MANAGERS_OWN) for part in ("time/", "panel/")},
    **{
        f"{TALK}{deed}": (f"{TALK_PLACE}{deed.replace('<int:scorecard>', '1')}", ONLY_POST)
        for deed in TALK_DEEDS
    },
    CARD: (CARD_PLACE, (OK, 404, 404, 404, 404, TO_SIGN_IN)),
    f"{CARD}steps/<str:step>/": (f"{CARD_PLACE}steps/overall/", ONLY_POST),
    **{f"{CARD}{deed}/": (f"{CARD_PLACE}{deed}/", ONLY_POST) for deed in ("declaration", "submission")},
}
DEEDS |= {
    **{f"{TALK}{deed}": (f"{TALK_PLACE}{deed}", {}, MANAGERS_DO) for deed in TALK_DEEDS[:2]},
    f"{TALK}{TALK_DEEDS[2]}": (
        f"{TALK_PLACE}panel/{{scorecard}}/excuse/",
        {"why": "x"},
        (DONE, DONE, DONE, DONE, 404, TO_SIGN_IN),
    ),
    f"{CARD}declaration/": (f"{CARD_PLACE}declaration/", {}, (DONE, 404, 404, 404, 404, TO_SIGN_IN)),
    # She has not said yet whether she has a stake.
    f"{CARD}steps/<str:step>/": (f"{CARD_PLACE}steps/overall/", {}, (302, 404, 404, 404, 404, TO_SIGN_IN)),
    f"{CARD}submission/": (f"{CARD_PLACE}submission/", {}, (422, 404, 404, 404, 404, TO_SIGN_IN)),
}
# The debrief is read by the panel too; who hires for the job decides, offers and writes, leaders and admins hire.
HIRERS_ON_PANEL = (403, OK, OK, OK, 404, TO_SIGN_IN)
HIRERS_ON_PANEL_DO = (403, DONE, DONE, DONE, 404, TO_SIGN_IN)
FILE, FILE_PLACE = "hiring/applications/<int:application>/", "/hiring/applications/{application}/"
LETTERS, LETTERS_PLACE = "hiring/letters/templates/", "/hiring/letters/templates/"
PAGES |= {
    f"{FILE}debrief/": (f"{FILE_PLACE}debrief/", OWN_PAGE),
    f"{FILE}debrief.csv": (f"{FILE_PLACE}debrief.csv", (403, 403, 403, 403, 404, TO_SIGN_IN)),
    **{
        f"{FILE}{part}/": (f"{FILE_PLACE}{part}/", HIRERS_ON_PANEL)
        for part in ("offer", "letters", "letters/new")
    },
    f"{FILE}decisions/": (f"{FILE_PLACE}decisions/", ONLY_POST),
    **{
        f"hiring/decisions/<int:decision>/{deed}/": (f"/hiring/decisions/{{decision}}/{deed}/", ONLY_POST)
        for deed in ("approval", "return")
    },
    "hiring/ratings/<int:rating>/revision/": ("/hiring/ratings/{rating}/revision/", ONLY_POST),
    **{
        f"hiring/offers/<int:offer>/{deed}/": (f"/hiring/offers/{{offer}}/{deed}/", ONLY_POST)
        for deed in ("answer", "hire")
    },
    "hiring/letters/<int:letter>/again/": ("/hiring/letters/{letter}/again/", ONLY_POST),
    LETTERS: (LETTERS_PLACE, LEADERS),
    f"{LETTERS}new/": (f"{LETTERS_PLACE}new/", LEADERS),
    f"{LETTERS}<int:template>/": (f"{LETTERS_PLACE}{{letter_template}}/", LEADERS_OWN),
    f"{LETTERS}<int:template>/removal/": (f"{LETTERS_PLACE}{{letter_template}}/removal/", ONLY_POST),
    "hiring/reports/": ("/hiring/reports/", MANAGERS),
    "hiring/reports.csv": ("/hiring/reports.csv", MANAGERS),
}
DEEDS |= {
    # Its debrief is closed.
    f"{FILE}decisions/": (
        f"{FILE_PLACE}decisions/",
        {"outcome": "more"},
        (403, 422, 422, 422, 404, TO_SIGN_IN),
    ),
    # Lee made it, so somebody else answers.
    **{
        f"hiring/decisions/<int:decision>/{deed}/": (
            f"/hiring/decisions/{{decision}}/{deed}/",
            {"answer": "x"},
            (403, 403, DONE, DONE, 404, TO_SIGN_IN),
        )
        for deed in ("approval", "return")
    },
    "hiring/ratings/<int:rating>/revision/": (
        "/hiring/ratings/{rating}/revision/",
        {"value": "3", "reason": "x"},
        (DONE, 403, 403, 403, 404, TO_SIGN_IN),
    ),
    "hiring/offers/<int:offer>/answer/": (
        "/hiring/offers/{offer}/answer/",
        {"state": "declined"},
        HIRERS_ON_PANEL_DO,
    ),
    # Nobody has accepted yet.
    "hiring/offers/<int:offer>/hire/": (
        "/hiring/offers/{offer}/hire/",
        {"email": "x@harbour.example"},
        (403, 403, 422, 422, 404, TO_SIGN_IN),
    ),
    "hiring/letters/<int:letter>/again/": ("/hiring/letters/{letter}/again/", {}, HIRERS_ON_PANEL_DO),
    f"{LETTERS}<int:template>/removal/": (f"{LETTERS_PLACE}{{letter_template}}/removal/", {}, LEADERS_DO),
}
# Candidates: who hires for the job, and who is on the panel reads; only the first change anything.
CANDIDATE, FILE = "hiring/candidates/<int:candidate>/", "hiring/files/<int:kept>/"
APPLICATION, AT = "hiring/applications/<int:application>/", "/hiring/applications/{application}/"
APPLICATION_DEEDS = {
    f"{APPLICATION}next/": (f"{AT}next/", {"action": "x"}, MANAGERS_DO),
    f"{APPLICATION}stages/<int:stage>/": (f"{AT}stages/{{stage}}/", {}, MANAGERS_DO),
    f"{APPLICATION}reopening/": (f"{AT}reopening/", {}, MANAGERS_DO),
    f"{APPLICATION}notes/": (f"{AT}notes/", {"text": "x"}, TO_ITS_PAGE),
    f"{FILE}deletion/": ("/hiring/files/{kept}/deletion/", {}, MANAGERS_DO),
    f"{CANDIDATE}files/": (
        "/hiring/candidates/{candidate}/files/",
        {},
        (403, 422, 422, 422, 404, TO_SIGN_IN),
    ),
    f"{CANDIDATE}merge/<int:other>/undo/": (
        "/hiring/candidates/{candidate}/merge/{other_candidate}/undo/",
        {},
        MANAGERS_DO,
    ),
    **{
        f"hiring/import/<int:takeover>/{deed}/": (
            f"/hiring/import/{{takeover}}/{deed}/",
            {},
            (403, 403, 403, DONE, 403, TO_SIGN_IN),
        )
        for deed in ("start", "cancellation")
    },
    f"{JOB}link/": (f"{JOB_PLACE}link/", {}, HIRERS_DO),
    f"{JOB}link/removal/": (f"{JOB_PLACE}link/removal/", {}, HIRERS_DO),
}
PAGES |= {
    f"{JOB}board/": (f"{JOB_PLACE}board/", HIRERS_OWN),
    f"{JOB}candidates.csv": (f"{JOB_PLACE}candidates.csv", HIRERS_OWN),
    f"{JOB}candidates/new/": (f"{JOB_PLACE}candidates/new/", HIRERS_OWN),
    APPLICATION: (AT, OWN_PAGE),
    **{f"{APPLICATION}{page}/": (f"{AT}{page}/", MANAGERS_OWN) for page in ("move", "closing")},
    **{
        f"{CANDIDATE}{page}/": (f"/hiring/candidates/{{candidate}}/{page}/", MANAGERS_OWN)
        for page in ("edit", "export", "erasure")
    },
    f"{CANDIDATE}merge/<int:other>/": (
        "/hiring/candidates/{candidate}/merge/{other_candidate}/",
        MANAGERS_OWN,
    ),
    "hiring/import/": ("/hiring/import/", ADMINS),
    "hiring/import/<int:takeover>/": ("/hiring/import/{takeover}/", ADMINS),
    FILE: ("/hiring/files/{kept}/", OWN_PAGE),
    f"{FILE}download/": ("/hiring/files/{kept}/download/", OWN_PAGE),
    **{pattern: (path, ONLY_POST) for pattern, (path, _sent, _expected) in APPLICATION_DEEDS.items()},
    "apply/<str:token>/": ("/apply/{apply}/", ALL),
    "apply/<str:token>/thanks/": ("/apply/{apply}/thanks/", ALL),
}
DEEDS |= APPLICATION_DEEDS
# Training: Ana's path, with a ride-along beside Lee, who is above her.
RIDE, RIDE_PLACE = "training/rides/<int:ride>/", "/training/rides/{ride}/"
RIDE_DEEDS: dict[str, tuple[dict[str, str], tuple[int, ...]]] = {
    "notes": ({}, (403, 422, 422, 422, 404, TO_SIGN_IN)),
    "reflection": ({}, (422, 403, 403, 403, 404, TO_SIGN_IN)),
    "cancellation": ({"why": "x"}, (DONE, DONE, DONE, DONE, 404, TO_SIGN_IN)),
}
PAGES |= {
    "training/rides/": ("/training/rides/", SIGNED_IN),
    "training/paths/<int:enrolment>/items/<int:item>/rides/": (
        "/training/paths/{enrolment}/items/{ride_item}/rides/",
        OWN_PAGE,
    ),
    **{f"{RIDE}{part}": (f"{RIDE_PLACE}{part}", OWN_PAGE) for part in ("", "time/", "calendar.ics")},
    **{f"{RIDE}{deed}/": (f"{RIDE_PLACE}{deed}/", ONLY_POST) for deed in RIDE_DEEDS},
}
DEEDS |= {
    f"{RIDE}{deed}/": (f"{RIDE_PLACE}{deed}/", sent, expected)
    for deed, (sent, expected) in RIDE_DEEDS.items()
}
# Paths: Ana's, whom Lee is above; what she says of it herself, and what only others say.
PATH, PATH_PLACE = "training/paths/<int:enrolment>/", "/training/paths/{enrolment}/"
PART, PART_PLACE = f"{PATH}items/<int:item>/", f"{PATH_PLACE}items/"
OTHERS_SAY = (403, DONE, DONE, DONE, 404, TO_SIGN_IN)
SHE_SAYS = (DONE, 403, 403, 403, 404, TO_SIGN_IN)
PATH_DEEDS: dict[str, tuple[str, dict[str, str], tuple[int, ...]]] = {
    f"{PATH}withdrawal/": (f"{PATH_PLACE}withdrawal/", {"reason": "x"}, OTHERS_SAY),
    f"{PATH}waiver/": (f"{PATH_PLACE}waiver/", {"reason": "x", "item": "{training_item}"}, OTHERS_SAY),
    f"{PART}done/": (f"{PART_PLACE}{{training_item}}/done/", {}, SHE_SAYS),
    f"{PART}asking/": (f"{PART_PLACE}{{role_play}}/asking/", {}, SHE_SAYS),
    f"{PART}judgement/": (f"{PART_PLACE}{{role_play}}/judgement/", {"outcome": "passed"}, OTHERS_SAY),
}
PAGES |= {
    "training/": ("/training/", SIGNED_IN),
    "training/paths.csv": ("/training/paths.csv", MANAGERS),
    "training/paths/new/": ("/training/paths/new/", MANAGERS),
    "training/signoffs/": ("/training/signoffs/", SIGNED_IN),
    PATH: (PATH_PLACE, OWN_PAGE),
    PART: (f"{PART_PLACE}{{training_item}}/", OWN_PAGE),
    **{pattern: (path, ONLY_POST) for pattern, (path, _sent, _expected) in PATH_DEEDS.items()},
}
DEEDS |= PATH_DEEDS
# Certificates: one of Ana's, whom Lee is above. Nobody renews or revokes the own one, or stands beside oneself.
CERTIFICATE, CERTIFICATE_PLACE = (
    "training/certificates/<int:certificate>/",
    "/training/certificates/{certificate}/",
)
BESIDE = "training/certificates/people/<int:person>/processes/<int:playbook>/supervision/"
BESIDE_PLACE = "/training/certificates/people/{person}/processes/{playbook}/supervision/"
PAGES |= {
    "training/certificates/": ("/training/certificates/", SIGNED_IN),
    "training/certificates.csv": ("/training/certificates.csv", SIGNED_IN),
    CERTIFICATE: (CERTIFICATE_PLACE, OWN_PAGE),
    f"{CERTIFICATE}renewal/": (f"{CERTIFICATE_PLACE}renewal/", ONLY_POST),
    f"{CERTIFICATE}revocation/": (f"{CERTIFICATE_PLACE}revocation/", ONLY_POST),
    BESIDE: (BESIDE_PLACE, (403, OK, OK, OK, 404, TO_SIGN_IN)),
    f"{BESIDE}end/": (f"{BESIDE_PLACE}end/", ONLY_POST),
}
DEEDS |= {
    f"{CERTIFICATE}renewal/": (f"{CERTIFICATE_PLACE}renewal/", {}, (403, 422, 422, 422, 404, TO_SIGN_IN)),
    f"{CERTIFICATE}revocation/": (
        f"{CERTIFICATE_PLACE}revocation/",
        {"reason": "x"},
        (403, DONE, DONE, DONE, 404, TO_SIGN_IN),
    ),
    f"{BESIDE}end/": (f"{BESIDE_PLACE}end/", {}, (403, DONE, DONE, DONE, 404, TO_SIGN_IN)),
}
# Who leads people sets up requirements and programmes; leaders and admins say what holds for all training.
PROGRAMME, PROGRAMME_PLACE = "training/programmes/<int:programme>/", "/training/programmes/{programme}/"
PROGRAMME_DEEDS = [
    (f"{PROGRAMME}{deed}/", f"{PROGRAMME_PLACE}{deed}/")
    for deed in ("archiving", "restoration", "draft/filling", "draft/putting-back")
] + [
    (
        f"{PROGRAMME}draft/{noun}s/<int:{noun}>/{deed}/",
        f"{PROGRAMME_PLACE}draft/{noun}s/{{draft_{noun}}}/{deed}/",
    )
    for noun in ("module", "item")
    for deed in ("position", "removal")
]
PAGES |= {
    "training/requirements/": ("/training/requirements/", MANAGERS),
    "training/programmes/": ("/training/programmes/", MANAGERS),
    "training/programmes/new/": ("/training/programmes/new/", MANAGERS),
    "training/settings/": ("/training/settings/", LEADERS),
    f"{PROGRAMME}draft/publication/": (
        f"{PROGRAMME_PLACE}draft/publication/",
        (403, 302, 302, 302, 404, TO_SIGN_IN),
    ),
    f"{PROGRAMME}draft/modules/<int:module>/items/new/": (
        f"{PROGRAMME_PLACE}draft/modules/{{draft_module}}/items/new/?kind=lesson",
        MANAGERS_OWN,
    ),
    **{
        f"{PROGRAMME}{pattern}": (f"{PROGRAMME_PLACE}{path}", MANAGERS_OWN)
        for pattern, path in (
            ("", ""),
            ("versions/<int:number>/", "versions/1/"),
            ("versions/<int:number>/compare/<int:other>/", "versions/1/compare/1/"),
            ("draft/", "draft/"),
            ("draft/discarding/", "draft/discarding/"),
            ("draft/modules/new/", "draft/modules/new/"),
            ("draft/modules/<int:module>/", "draft/modules/{draft_module}/"),
            ("draft/items/<int:item>/", "draft/items/{draft_item}/"),
        )
    },
    **{pattern: (path, ONLY_POST) for pattern, path in PROGRAMME_DEEDS},
}
DEEDS |= {pattern: (path, {}, MANAGERS_DO) for pattern, path in PROGRAMME_DEEDS}
# A quiz of Ana's that she has tried once, and the bank that it draws from.
QUIZ, QUIZ_PLACE = f"{PART}quiz/", "/training/paths/{quiz_path}/items/{quiz_item}/quiz/"
BANK, BANKED = "training/questions/", "/training/questions/{training_question}/"
BANK_DEEDS = ("archiving", "restoration", "confirmation")
PAGES |= {
    QUIZ: (QUIZ_PLACE, OWN_PAGE),
    f"{QUIZ}<int:number>/": (f"{QUIZ_PLACE}1/", OWN_PAGE),
    BANK: (f"/{BANK}", MANAGERS),
    f"{BANK}new/": (f"/{BANK}new/", MANAGERS),
    f"{BANK}<int:question>/": (BANKED, MANAGERS_OWN),
    **{f"{BANK}<int:question>/{deed}/": (f"{BANKED}{deed}/", ONLY_POST) for deed in BANK_DEEDS},
}
DEEDS |= {
    QUIZ: (QUIZ_PLACE, {}, SHE_SAYS),
    f"{QUIZ}<int:number>/": (f"{QUIZ_PLACE}1/", {}, SHE_SAYS),
    **{f"{BANK}<int:question>/{deed}/": (f"{BANKED}{deed}/", {}, MANAGERS_DO) for deed in BANK_DEEDS},
}
# A session that Lee set up and Ana is asked to, Ana's plan with a goal, and what a customer said.
SESSION, SESSION_PLACE = "training/sessions/<int:session>/", "/training/sessions/{session}/"
PLAN, PLAN_PLACE = "training/plans/<int:plan>/", "/training/plans/{plan}/"
GOAL, GOAL_PLACE = f"{PLAN}goals/<int:goal>/", f"{PLAN_PLACE}goals/{{goal}}/"
EVERYBODY_DOES = (DONE, DONE, DONE, DONE, 404, TO_SIGN_IN)
ONGOING_DEEDS: dict[str, tuple[str, dict[str, str], tuple[int, ...]]] = {
    f"{SESSION}repetition/": (f"{SESSION_PLACE}repetition/", {}, MANAGERS_DO),
    f"{SESSION}cancellation/": (f"{SESSION_PLACE}cancellation/", {}, MANAGERS_DO),
    f"{SESSION}attendance/": (f"{SESSION_PLACE}attendance/", {}, (403, 422, 403, 403, 404, TO_SIGN_IN)),
    f"{SESSION}closing/": (f"{SESSION_PLACE}closing/", {}, (403, DONE, 403, 403, 404, TO_SIGN_IN)),
    f"{PLAN}goals/": (f"{PLAN_PLACE}goals/", {"text": "x"}, EVERYBODY_DOES),
    f"{PLAN}reviews/": (f"{PLAN_PLACE}reviews/", {"words": "x"}, EVERYBODY_DOES),
    f"{GOAL}reaching/": (f"{GOAL_PLACE}reaching/", {"evidence": "x"}, EVERYBODY_DOES),
    **{f"{PLAN}{deed}/": (f"{PLAN_PLACE}{deed}/", {}, EVERYBODY_DOES) for deed in ("closing", "reopening")},
    **{f"{GOAL}{deed}/": (f"{GOAL_PLACE}{deed}/", {}, EVERYBODY_DOES) for deed in ("dropping", "taking-up")},
    "training/voices/<int:voice>/withdrawal/": ("/training/voices/{voice}/withdrawal/", {}, EVERYBODY_DOES),
}
PAGES |= {
    **{
        f"training/{page}/": (f"/training/{page}/", SIGNED_IN)
        for page in ("sessions", "plans", "plans/new", "hours", "voices", "voices/new")
    },
    "training/sessions/new/": ("/training/sessions/new/", MANAGERS),
    SESSION: (SESSION_PLACE, OWN_PAGE),
    f"{SESSION}edit/": (f"{SESSION_PLACE}edit/", MANAGERS_OWN),
    f"{SESSION}calendar/": (f"{SESSION_PLACE}calendar/", OWN_PAGE),
    PLAN: (PLAN_PLACE, OWN_PAGE),
    f"{PLAN}edit/": (f"{PLAN_PLACE}edit/", OWN_PAGE),
    GOAL: (GOAL_PLACE, OWN_PAGE),
    "training/voices/<int:voice>/": ("/training/voices/{voice}/", OWN_PAGE),
    **{pattern: (path, ONLY_POST) for pattern, (path, _sent, _expected) in ONGOING_DEEDS.items()},
}
DEEDS |= ONGOING_DEEDS
# The figures of training: the company's are everybody's, scenarios are for leaders; Ana's path is her own.
PAGES |= {
    "training/picture/": ("/training/picture/?enrolment={enrolment}", OWN_PAGE),
    "training/picture/scenarios/": ("/training/picture/scenarios/", LEADERS),
    "training/ramp/": ("/training/ramp/", SIGNED_IN),
    "training/picture/snapshot/": ("/training/picture/snapshot/", ONLY_POST),
    "training/picture/scenarios/kept/": ("/training/picture/scenarios/kept/", ONLY_POST),
}
DEEDS |= {
    "training/picture/snapshot/": (
        "/training/picture/snapshot/",
        {"enrolment": "{enrolment}"},
        (DONE, 403, 403, 403, 404, TO_SIGN_IN),
    ),
    "training/picture/scenarios/kept/": (
        "/training/picture/scenarios/kept/",
        {"name": "x", "new_a": "1"},
        (403, 403, DONE, DONE, DONE, TO_SIGN_IN),
    ),
}
ROUTES |= {
    f"api/v1/^{noun}/{ending}$": (f"/api/v1/{noun}/{path}", expected)
    for noun, row in {
        "playbooks": "playbook",
        "playbook-versions": "version",
        "scenarios": "scenario",
        "scenario-mappings": "mapping",
    }.items()
    for ending, path, expected in (
        ("", "", KEYED),
        ("(?P<pk>[^/]+)/", f"{{{row}}}/", OWN_COMPANY),
    )
}
ROUTES |= {
    f"api/v1/^playbooks/(?P<pk>[^/]+)/{deed}/$": (
        f"/api/v1/playbooks/{{playbook}}/{deed}/",
        (405,) * 5 + (401,),
    )
    for deed in ("verification", "flags")
}

# The API of hiring: Lee hires, Ana is on the panel, so she reads the application but not the job.
HIRING_NOUNS = {
    "requisitions": "requisition",
    "candidates": "candidate",
    "applications": "application",
    "interviews": "interview",
    "scorecards": "own_card",
    "decisions": "decision",
}
ROUTES |= {
    f"api/v1/^{noun}/{ending}$": (f"/api/v1/{noun}/{path}", expected)
    for noun, row in HIRING_NOUNS.items()
    for ending, path, expected in (
        ("", "", KEYED),
        ("(?P<pk>[^/]+)/", f"{{{row}}}/", OWN_COMPANY),
    )
}
ROUTES |= {
    "api/v1/^requisitions/(?P<pk>[^/]+)/$": (
        "/api/v1/requisitions/{requisition}/",
        (404, OK, OK, OK, 404, 401),
    ),
    # Ana's is not in yet, so nobody else reads it.
    "api/v1/^scorecards/(?P<pk>[^/]+)/$": (
        "/api/v1/scorecards/{scorecard}/",
        (OK, 404, 404, 404, 404, 401),
    ),
    **{
        f"api/v1/^{noun}/(?P<pk>[^/]+)/{deed}/$": (f"/api/v1/{noun}/1/{deed}/", (405,) * 5 + (401,))
        for noun, deeds in {
            "applications": ("move", "closure", "reopening"),
            "candidates": ("merging", "separation"),
            "decisions": ("approval", "return"),
            "interviews": ("cancellation", "panel"),
            "requisitions": ("state",),
            "scorecards": ("declaration", "submission", "excuse"),
        }.items()
        for deed in deeds
    },
}

ROUTES |= {
    "api/v1/^applications/(?P<pk>[^/]+)/debrief/$": (
        "/api/v1/applications/{application}/debrief/",
        OWN_COMPANY,
    ),
}

# The API of training: requirements and programmes are for who sets training up.
TRAINING_NOUNS = {
    "requirements": ("requirement", (403, OK, OK, OK, OK, 401), (403, OK, OK, OK, 404, 401)),
    "training-programmes": ("programme", (403, OK, OK, OK, OK, 401), (403, OK, OK, OK, 404, 401)),
    "enrolments": ("enrolment", KEYED, OWN_COMPANY),
    "certificates": ("certificate", KEYED, OWN_COMPANY),
}
ROUTES |= {
    f"api/v1/^{noun}/{ending}$": (f"/api/v1/{noun}/{path}", expected)
    for noun, (row, listed, shown) in TRAINING_NOUNS.items()
    for ending, path, expected in (("", "", listed), ("(?P<pk>[^/]+)/", f"{{{row}}}/", shown))
}
ROUTES |= {
    "api/v1/^enrolments/(?P<pk>[^/]+)/entries/$": ("/api/v1/enrolments/{enrolment}/entries/", OWN_COMPANY),
    **{
        f"api/v1/^{noun}/(?P<pk>[^/]+)/{deed}/$": (f"/api/v1/{noun}/1/{deed}/", (405,) * 5 + (401,))
        for noun, deed in (
            ("enrolments", "withdrawal"),
            ("certificates", "renewal"),
            ("certificates", "revocation"),
        )
    },
}

# What is written through the API: path, body, and what each of the cast is answered. Zed's own company has none of
# the rows.
WRITTEN = (201, 201, 201, 201, 404, 401)
CHANGED = OWN_COMPANY
HIRERS_POST = (403, 201, 201, 201, 404, 401)
POSTED: dict[str, tuple[str, str, dict, tuple[int, ...]]] = {
    "a customer": ("post", "customers/", {"name": "x"}, (201, 201, 201, 201, 201, 401)),
    "a change of a customer": ("patch", "customers/{customer}/", {"name": "x"}, CHANGED),
    "a contact": (
        "post",
        "contacts/",
        {"name": "x", "customer_external_id": "{known}"},
        (201, 201, 201, 201, 400, 401),
    ),
    "a change of a contact": ("patch", "contacts/{contact}/", {"name": "x"}, CHANGED),
    "a note": (
        "post",
        "notes/",
        {"body": "x", "customer_external_id": "{known}"},
        (201, 201, 201, 201, 400, 401),
    ),
    # A note is changed by whoever wrote it.
    "a change of a note": ("patch", "notes/{note}/", {"body": "x"}, (OK, 403, 403, 403, 404, 401)),
    "a ticket": ("post", "tickets/", {"subject": "x"}, (201, 201, 201, 201, 201, 401)),
    "a change of a ticket": ("patch", "tickets/{ticket}/", {"subject": "x"}, CHANGED),
    "an answer": ("post", "surveys/", {"kind": "csat", "score": 5}, (201, 201, 201, 201, 201, 401)),
    **{
        f"a ticket's {deed}": ("post", f"tickets/{{ticket}}/{deed}/", {"body": "x"}, WRITTEN)
        for deed in ("replies", "notes", "pending", "hold", "resolution", "closure")
    },
    "a scenario": ("post", "scenarios/", {"name": "x"}, (403, 201, 201, 201, 201, 401)),
    "a change of a scenario": ("patch", "scenarios/{scenario}/", {"name": "x"}, (403, OK, OK, OK, 404, 401)),
    "a mapping": (
        "post",
        "scenario-mappings/",
        {"scenario": "Duplicate charge", "category": "Billing"},
        (403, 201, 201, 201, 400, 401),
    ),
    "the end of a mapping": ("delete", "scenario-mappings/{mapping}/", {}, (403, 204, 204, 204, 404, 401)),
    "a change of a playbook": ("patch", "playbooks/{playbook}/", {"title": "x"}, (403, OK, OK, OK, 404, 401)),
    "a verification": ("post", "playbooks/{playbook}/verification/", {}, (403, 201, 201, 201, 404, 401)),
    "a flag": ("post", "playbooks/{playbook}/flags/", {"step": "find"}, WRITTEN),
    "an assignment": ("post", "tickets/{ticket}/assignment/", {"assignee_email": None}, WRITTEN),
    "a reopening": ("post", "tickets/{ticket}/reopening/", {}, (409, 409, 409, 409, 404, 401)),
}
POSTED |= {
    "a requisition": ("post", "requisitions/", {"title": "x"}, (403, 201, 201, 201, 201, 401)),
    "a change of a requisition": (
        "patch",
        "requisitions/{requisition}/",
        {"title": "x"},
        (404, OK, OK, OK, 404, 401),
    ),
    # Ana does not hire here, so the job is none that she can name.
    "a candidate": (
        "post",
        "candidates/",
        {"name": "x", "requisition": "{requisition}"},
        (400, 201, 201, 201, 400, 401),
    ),
    "a second application": (
        "post",
        "applications/",
        {"candidate": "{candidate}", "requisition": "{requisition}"},
        (400, 409, 409, 409, 400, 401),
    ),
    **{
        f"an application's {deed}": ("post", f"applications/{{application}}/{deed}/", body, HIRERS_POST)
        for deed, body in {
            "move": {"stage": "Panel"},
            "reopening": {},
        }.items()
    },
    # An interview is planned yet.
    "an application's closure": (
        "post",
        "applications/{application}/closure/",
        {"state": "rejected", "why": "x"},
        (403, 409, 409, 409, 404, 401),
    ),
    "an interview": (
        "post",
        "interviews/",
        {
            "application": "{application}",
            "stage": "Panel",
            "starts_at": "2090-01-01T10:00:00Z",
            "ends_at": "2090-01-01T11:00:00Z",
            "panel": [{"email": "lee@harbour.example"}],
        },
        (403, 201, 201, 201, 400, 401),
    ),
    "the end of an interview": ("post", "interviews/{interview}/cancellation/", {}, HIRERS_POST),
    "a declaration": ("post", "scorecards/{scorecard}/declaration/", {}, (201, 404, 404, 404, 404, 401)),
    "a change of a scorecard": (
        "patch",
        "scorecards/{scorecard}/",
        {"edits": 0, "summary": "x"},
        (OK, 404, 404, 404, 404, 401),
    ),
    "a scorecard that is not complete": (
        "post",
        "scorecards/{scorecard}/submission/",
        {"edits": 0},
        (409, 404, 404, 404, 404, 401),
    ),
    "an excuse": ("post", "scorecards/{scorecard}/excuse/", {"why": "x"}, (201, 404, 404, 404, 404, 401)),
    "a requirement": (
        "post",
        "requirements/",
        {"role": "admin", "playbook": "{playbook}", "level": "aware"},
        (403, 201, 201, 201, 400, 401),
    ),
    "an enrolment": (
        "post",
        "enrolments/",
        {"member_email": "ana@harbour.example", "programme": "{programme}"},
        (403, 400, 400, 400, 400, 401),
    ),
    # Ana's own path: she reads, those above her judge, nobody their own.
    "an own word": (
        "post",
        "enrolments/{enrolment}/entries/",
        {"item": "{training_item}", "kind": "done"},
        (201, 403, 403, 403, 404, 401),
    ),
    "another one's word": (
        "post",
        "enrolments/{enrolment}/entries/",
        {"item": "{role_play}", "kind": "judged", "outcome": "passed"},
        (403, 201, 201, 201, 404, 401),
    ),
    **{
        f"{deed} of training": ("post", path, {"words": "x", "reason": "x"}, (403, 201, 201, 201, 404, 401))
        for deed, path in (
            ("a withdrawal", "enrolments/{enrolment}/withdrawal/"),
            ("a renewal", "certificates/{certificate}/renewal/"),
            ("a revocation", "certificates/{certificate}/revocation/"),
        )
    },
}
# Of files: for admins, by keys of the scope `import`.
OF_FILES: dict[str, tuple[str, tuple[int, ...]]] = {
    "api/v1/^imports/$": ("/api/v1/imports/", (403, 403, 403, OK, 403, 401)),
    "api/v1/^imports/(?P<pk>[^/]+)/$": ("/api/v1/imports/{upload}/", (403, 403, 403, OK, 403, 401)),
    "api/v1/^imports/(?P<pk>[^/]+)/errors/$": (
        "/api/v1/imports/{upload}/errors/",
        (403, 403, 403, 404, 403, 401),
    ),
    **{
        f"api/v1/^imports/(?P<pk>[^/]+)/{deed}/$": (
            f"/api/v1/imports/{{upload}}/{deed}/",
            (403, 403, 403, 405, 403, 401),
        )
        for deed in ("start", "cancellation")
    },
}


@pytest.fixture
def cast(ana, lee, mo, rae, zed) -> dict[str, Member | None]:
    return {"ana": ana, "lee": lee, "mo": mo, "rae": rae, "zed": zed, "nobody": None}


@pytest.fixture
def ids(cast, ana, request) -> dict:
    """A row of Harbour & Pine of each kind."""
    answer = answer_survey(actor=ana, company_id=ana.company_id, kind="csat", score=5)
    customer = a_customer(ana)
    return {
        "person": ana.id,
        "manager": cast["lee"].id,
        "team": Team.objects.create(company=ana.company, name="Night shift").id,
        "key": _a_key(ana),
        "line": ReportingLine.objects.get(member=ana).id,
        "customer": customer.id,
        "contact": enter_contact(actor=ana, customer=customer, name="Priya").id,
        "fact": enter_fact(actor=ana, customer=customer, label="Plan", value="Growth").id,
        "note": add_note(actor=ana, customer=customer, body="Called").id,
        "ticket": a_ticket(ana).id,
        "survey": answer.id,
        "known": customer.external_id,
        "upload": _an_upload(cast["rae"]).id,
        "run": ImportRun.objects.create(
            company=ana.company, kind="tickets", file_name="t.csv", digest="x"
        ).id,
        "batch": set_priorities(actor=ana, ids=[a_ticket(ana).id], priority="high").batch,
        "view": save_view(actor=ana, name="Late", query="due=late", is_shared=True).id,
        "notification": Notification.objects.create(company=ana.company, member=ana, verb="x", key="x").id,
        **_playbooks(ana, cast["lee"]),
        **_hiring(ana, cast["lee"], request),
        **_training(ana, cast["lee"], request),
    }


def _playbooks(ana: Member, lee: Member) -> dict[str, int]:
    """One that is published, of Lee's scenario, and one of Ana's that is in review."""
    playbook = a_playbook(lee, lee.company.members.get(name="Mo"))
    category = a_category(ana.company)
    mapping = map_category(actor=lee, scenario=playbook.scenario, category=category, channel=1)
    sent = send_to_review(actor=ana, draft=a_draft(ana, "Refund"), change="material")
    return {
        "playbook": playbook.id,
        "version": playbook.versions.get().id,
        "in_review": sent.id,
        "drafted": a_draft(ana, "Written").playbook_id,
        "flag": flag_step(actor=ana, version=playbook.versions.get(), step="say").id,
        "playbook_run": start_run(actor=lee, version=playbook.versions.get()).id,
        "scenario": playbook.scenario_id,
        "slot": give_writing_time(
            actor=lee,
            scenario=playbook.scenario,
            member=ana,
            starts_at=clock.now() + timedelta(days=3),
            minutes=60,
        ).id,
        "mapping": mapping.id,
        "category": category.id,
    }


def _hiring(ana: Member, lee: Member, request: pytest.FixtureRequest) -> dict[str, int]:
    """A job of Lee's; only for tests that may go there, since it has much to make.

    Ana has not begun her scorecard of its application; on another one hers is in and something was decided.
    """
    asked = getattr(getattr(request.node, "callspec", None), "params", {}).get("pattern", "hiring")
    nouns = tuple(f"api/v1/^{noun}/" for noun in HIRING_NOUNS)
    if not asked.startswith(("hiring", "apply", *nouns)):
        return {}
    requisition = a_requisition(lee)
    note_training(actor=lee, member=ana, done_on=clock.now().date(), today=clock.now().date())
    decided, application = an_application(lee, requisition), an_application(lee, requisition)
    decision = Decision.objects.create(
        company=lee.company, application=decided, outcome="more", threshold="3.50", decided_by=lee
    )
    interview = an_interview(lee, application, {ana: "lead", lee: "scorer"})
    upload = SimpleUploadedFile("cv.txt", b"Led a team")
    own_card = scored(a_card(an_interview(lee, decided, {ana: "lead"}), ana))
    offer = {"application": application, "manager": lee, "made_by": lee, "starts_on": date(2027, 3, 1)}
    letter = {"occasion": "status", "subject": "x", "body": "x"}
    return {
        "offer": Offer.objects.create(company=lee.company, **offer).id,
        "letter": write_letter(actor=lee, application=application, **letter).id,
        "letter_template": LetterTemplate.objects.filter(company=lee.company).earliest("id").id,
        "rating": own_card.ratings.earliest("id").id,
        "application": application.id,
        "candidate": application.candidate_id,
        "other_candidate": decided.candidate_id,
        "takeover": Takeover.objects.create(company=lee.company, format="lever", path="none").id,
        "interview": interview.id,
        "scorecard": declare_no_conflict(actor=ana, card=a_card(interview, ana)).id,
        "own_card": own_card.id,
        "decision": decision.id,
        "kept": keep_file(actor=lee, candidate=application.candidate, upload=upload).id,
        "apply": token_of(open_link(actor=lee, requisition=requisition)),
        "requisition": requisition.id,
        "stage": requisition.stages.latest("position").id,
        "attribute": Attribute.objects.filter(company=lee.company).earliest("id").id,
        "question": Question.objects.filter(company=lee.company).earliest("id").id,
        "kit": Kit.objects.filter(company=lee.company).earliest("id").id,
    }


def _training(ana: Member, lee: Member, request: pytest.FixtureRequest) -> dict[str, int]:
    """Ana's path, made by Lee; only for tests that may go there, since it has much to make."""
    asked = getattr(getattr(request.node, "callspec", None), "params", {}).get("pattern", "training")
    nouns = tuple(f"api/v1/^{noun}/" for noun in TRAINING_NOUNS)
    if not asked.startswith(("training", *nouns)):
        return {}
    process = a_process(lee, lee.company.members.get(name="Mo"), "Invoice copy")
    enrolment = an_enrolment(lee, ana)
    items = items_of(enrolment)
    ride_item = next(item for item in items if item.kind == "ride_along")
    module = open_programme_draft(actor=lee, programme=enrolment.version.programme).modules.earliest(
        "position"
    )
    starts_at = clock.now() + timedelta(days=2)
    given = {"enrolment": enrolment, "item": ride_item, "host": lee, "starts_at": starts_at}
    return {
        "enrolment": enrolment.id,
        "programme": enrolment.version.programme_id,
        "requirement": Requirement.objects.get(company=lee.company, playbook=process).id,
        "draft_module": module.id,
        "draft_item": module.items.earliest("position").id,
        "training_item": items[0].id,
        "role_play": next(item for item in items if item.kind == "role_play").id,
        "certificate": Certificate.objects.create(
            company=lee.company,
            member=ana,
            playbook=Playbook.objects.get(title="Invoice copy"),
            level="independent",
            until=clock.now().date() + timedelta(days=90),
        ).id,
        "ride_item": ride_item.id,
        "ride": plan_ride(actor=lee, minutes=60, zone="UTC", **given).id,
        **_ongoing(ana, lee),
        **_a_quiz(ana, lee),
    }


def _a_quiz(ana: Member, lee: Member) -> dict[str, int]:
    """On another path of Ana's, tried once and not passed."""
    draft, asked = a_programme_draft(lee, "Quizzed", role="manager"), a_question(lee)
    item = a_quiz(lee, draft, [asked])
    path = an_enrolment(lee, ana, publish_programme(actor=lee, draft=draft).programme)
    begun = begin_try(actor=ana, enrolment=path, item=item)
    wrong = [place for place, option in enumerate(begun.asked["questions"][0]["order"]) if option]
    hand_in(actor=ana, quiz_try=begun, chosen={1: wrong})
    return {"quiz_path": path.id, "quiz_item": item.id, "training_question": asked.id}


def _ongoing(ana: Member, lee: Member) -> dict[str, int]:
    starts_at = clock.now() + timedelta(days=3)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1), "zone": "UTC"}
    plan = open_plan(actor=lee, member=ana, title="Better calls", every_days=30)
    agreed = {"source": "note:1", "consent_on": date(2026, 1, 1), "consent_by": ana}
    return {
        "session": plan_session(actor=lee, people=[ana.id], title="Monthly", host=lee, **times).id,
        "plan": plan.id,
        "goal": add_goal(actor=lee, plan=plan, text="Fewer holds").id,
        "voice": Voice.objects.create(
            company=ana.company, customer=a_customer(ana), quote="It worked", **agreed
        ).id,
    }


def _an_upload(admin: Member) -> Upload:
    return receive_upload(
        actor=admin, file_name="t.csv", path="imports/uploads/none/none.csv", size=1, kind="tickets"
    )


def _a_key(member: Member) -> int:
    create_api_key(actor=None, member=member, scopes=["read"])
    return ApiKey.objects.latest("id").id


@pytest.fixture
def worker():
    heartbeat()


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from patterns(entry, path)


def test_it_knows_every_address():
    known = {*PAGES, *ROUTES, *OF_FILES}
    found = set(patterns(get_resolver()))

    assert found - known == set(), "add these to the table in this file"
    assert known - found == set(), "these are gone"


@pytest.mark.parametrize("pattern", PAGES)
def test_it_lets_into_a_page_who_may_come(cast, worker, ids, pattern):
    path, expected = PAGES[pattern]
    found = {}
    for name, member in cast.items():
        client = Client()
        if member:
            client.force_login(member.user)
        answer = client.get(path.format(**ids))
        found[name] = answer.status_code
        if answer.status_code == TO_SIGN_IN and not member and expected is SIGNED_IN:
            assert answer["Location"].startswith("/accounts/login/?next=")

    assert found == dict(zip(CAST, expected, strict=True))


def test_it_knows_every_deed():
    only_posted = {pattern for pattern, (_path, expected) in PAGES.items() if expected == ONLY_POST}

    assert only_posted - DEEDS.keys() == set(), "add these to DEEDS in this file"
    assert DEEDS.keys() - PAGES.keys() == set(), "these are gone"


@contextmanager
def taken_back() -> Iterator[None]:
    """Whoever comes next finds everything as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("pattern", DEEDS)
def test_it_lets_do_a_deed_who_may(cast, ids, pattern):
    path, sent, expected = DEEDS[pattern]
    data = {name: value.format(**ids) for name, value in sent.items()}
    found = {}
    for name, member in cast.items():
        with taken_back():
            client = Client()
            if member:
                client.force_login(member.user)
            found[name] = client.post(path.format(**ids), data).status_code

    assert found == dict(zip(CAST, expected, strict=True))


@pytest.mark.parametrize("by", ["key", "session"])
@pytest.mark.parametrize("pattern", ROUTES)
def test_it_answers_a_route_to_who_may_ask(cast, ids, key_of, pattern, by):
    path, expected = ROUTES[pattern]
    found = {}
    for name, member in cast.items():
        client = Client()
        if member and by == "session":
            client.force_login(member.user)
        headers = key_of(member, "read", "hiring:read", "training:read") if member and by == "key" else {}
        found[name] = client.get(path.format(**ids), headers=headers).status_code

    assert found == dict(zip(CAST, expected, strict=True))


@pytest.mark.parametrize("by", ["key", "session"])
@pytest.mark.parametrize("pattern", OF_FILES)
def test_it_answers_of_files_to_admins(cast, ids, key_of, pattern, by):
    path, expected = OF_FILES[pattern]
    found = {}
    for name, member in cast.items():
        client = Client()
        if member and by == "session":
            client.force_login(member.user)
        headers = key_of(member, "import") if member and by == "key" else {}
        found[name] = client.get(path.format(**ids), headers=headers).status_code
        if headers:
            others = key_of(member, "read", "write", "admin")
            assert Client().get(path.format(**ids), headers=others).status_code == 403

    assert found == dict(zip(CAST, expected, strict=True))


@pytest.mark.parametrize("what", POSTED)
def test_it_lets_write_through_the_api_who_may(cast, ids, key_of, what):
    method, path, body, expected = POSTED[what]
    sent = {name: value.format(**ids) if isinstance(value, str) else value for name, value in body.items()}
    found, answers = {}, {}
    for name, member in cast.items():
        with taken_back():
            headers = key_of(member, "write", "hiring:write", "training:write") if member else {}
            answer = getattr(Client(), method)(
                f"/api/v1/{path.format(**ids)}", sent, content_type="application/json", headers=headers
            )
            found[name], answers[name] = answer.status_code, answer.content

    assert found == dict(zip(CAST, expected, strict=True)), answers


@pytest.mark.parametrize(
    "pattern", [pattern for pattern in ROUTES if pattern.endswith("s/$") and "pk" not in pattern]
)
def test_it_lists_no_row_of_another_company(cast, ids, key_of, client, pattern):
    path, _expected = ROUTES[pattern]
    keys = {name: key_of(cast[name], "read", "hiring:read", "training:read") for name in ("rae", "zed")}
    of = {name: client.get(path, headers=key).json()["results"] for name, key in keys.items()}

    assert len(of["rae"]) >= 1
    assert {row["id"] for row in of["rae"]}.isdisjoint({row["id"] for row in of["zed"]})
    assert len(of["zed"]) == (2 if "people" in path else 0)


# --- Figures by person --------------------------------------------------------------------------------------------
# Ben and Ana report to Lee; Una is another manager under Mo, Tim her rep; Mo leads.

FIGURES: list[tuple[str, tuple[int, ...]]] = [
    # whose                                             ana  lee  mo   rae  zed
    ("level=company", (OK, OK, OK, OK, OK)),
    ("level=rep&person=ana@harbour.example", (OK, OK, OK, OK, 404)),
    ("level=rep&person=ben@harbour.example", (403, OK, OK, OK, 404)),
    ("level=rep&person=lee@harbour.example", (403, OK, OK, OK, 404)),
    ("level=rep&person=una@harbour.example", (403, 403, OK, OK, 404)),
    ("level=rep&person=tim@harbour.example", (403, 403, OK, OK, 404)),
    ("level=rep&person=mo@harbour.example", (403, 403, OK, OK, 404)),
    ("level=rep&person=nobody", (OK, OK, OK, OK, OK)),
    ("level=rep&person=zed@elsewhere.example", (404, 404, 404, 404, OK)),
    ("level=manager&person=lee@harbour.example", (OK, OK, OK, OK, 404)),
    ("level=manager&person=lee@harbour.example&scope=tree", (403, OK, OK, OK, 404)),
    ("level=manager&person=una@harbour.example", (403, 403, OK, OK, 404)),
    ("level=manager&person=una@harbour.example&scope=tree", (403, 403, OK, OK, 404)),
    ("level=manager&person=mo@harbour.example", (403, OK, OK, OK, 404)),
    ("level=manager&person=mo@harbour.example&scope=tree", (403, 403, OK, OK, 404)),
    ("level=manager&person=nobody", (403, 403, OK, OK, OK)),
    ("level=manager&person=zed@elsewhere.example", (404, 404, 404, 404, OK)),
]


@pytest.fixture
def others(harbour, mo, lee):
    una = a_member(harbour, "Una", "manager", manager=mo)
    a_member(harbour, "Ben", manager=lee)
    a_member(harbour, "Tim", manager=una)


@pytest.mark.parametrize(("whose", "expected"), FIGURES)
@pytest.mark.parametrize("metric", ["csat", "logo_retention"])
def test_it_shows_figures_to_who_may_read_them(cast, others, key_of, client, whose, expected, metric):
    url = f"/api/v1/metrics/{metric}/?{DAYS}&{whose}"
    found = {name: client.get(url, headers=key_of(cast[name])).status_code for name in CAST[:5]}

    assert found == dict(zip(CAST, expected, strict=False))


def test_it_shows_a_reps_whole_past_to_todays_manager_alone(cast, harbour, others, key_of, client):
    una = Member.objects.get(email="una@harbour.example")
    today = harbour.zones().day(clock.now())
    set_line(actor=None, member=cast["ana"], manager=una, valid_from=today)
    url = "/api/v1/metrics/csat/?level=rep&person=ana@harbour.example&from=2021-01-01&to=2021-12-31"

    assert client.get(url, headers=key_of(una)).status_code == OK
    assert client.get(url, headers=key_of(cast["lee"])).status_code == 403


def test_it_does_not_open_figures_by_a_line_that_begins_tomorrow(cast, harbour, others, key_of, client):
    una = Member.objects.get(email="una@harbour.example")
    tomorrow = harbour.zones().day(clock.now()) + timedelta(days=1)
    set_line(actor=None, member=cast["ana"], manager=una, valid_from=tomorrow)
    url = f"/api/v1/metrics/csat/?level=rep&person=ana@harbour.example&{DAYS}"

    assert client.get(url, headers=key_of(una)).status_code == 403


def test_it_gives_a_rep_nothing_by_reports_of_their_own(cast, harbour, key_of, client):
    """Somebody may report to a rep for a day or two; that makes no manager of the rep."""
    a_member(harbour, "Jo", manager=cast["ana"])
    url = f"/api/v1/metrics/csat/?level=rep&person=jo@harbour.example&{DAYS}"

    assert client.get(url, headers=key_of(cast["ana"])).status_code == 403
