"""The site map."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from accounts.api.views import PersonViewSet, ReportingLineViewSet
from customers.api.contacts import ContactViewSet
from customers.api.customers import CustomerViewSet
from customers.api.imports import ImportViewSet
from customers.api.notes import NoteViewSet
from customers.api.surveys import SurveyViewSet
from customers.api.tickets import TicketViewSet
from hiring.api.applications import ApplicationViewSet
from hiring.api.candidates import CandidateViewSet
from hiring.api.decisions import DecisionViewSet
from hiring.api.interviews import InterviewViewSet
from hiring.api.requisitions import RequisitionViewSet
from hiring.api.scorecards import ScorecardViewSet
from playbooks.api.playbooks import PlaybookViewSet, VersionViewSet
from playbooks.api.scenarios import MappingViewSet, ScenarioViewSet
from training.api.certificates import CertificateViewSet
from training.api.enrolments import EnrolmentViewSet
from training.api.programmes import ProgrammeViewSet
from training.api.requirements import RequirementViewSet

from . import health
from .home import boards, my_day

api = SimpleRouter()
api.register("people", PersonViewSet, "person")
api.register("reporting-lines", ReportingLineViewSet, "reporting_line")
api.register("customers", CustomerViewSet, "customer")
api.register("contacts", ContactViewSet, "contact")
api.register("notes", NoteViewSet, "note")
api.register("tickets", TicketViewSet, "ticket")
api.register("surveys", SurveyViewSet, "survey")
api.register("imports", ImportViewSet, "import")
api.register("playbooks", PlaybookViewSet, "playbook")
api.register("playbook-versions", VersionViewSet, "playbook_version")
api.register("scenarios", ScenarioViewSet, "scenario")
api.register("scenario-mappings", MappingViewSet, "scenario_mapping")
api.register("requisitions", RequisitionViewSet, "requisition")
api.register("candidates", CandidateViewSet, "candidate")
api.register("applications", ApplicationViewSet, "application")
api.register("interviews", InterviewViewSet, "interview")
api.register("scorecards", ScorecardViewSet, "scorecard")
api.register("decisions", DecisionViewSet, "decision")
api.register("requirements", RequirementViewSet, "requirement")
api.register("training-programmes", ProgrammeViewSet, "training_programme")
api.register("enrolments", EnrolmentViewSet, "enrolment")
api.register("certificates", CertificateViewSet, "certificate")

urlpatterns = [
    path("", boards.home, name="home"),
    path("my-day/", my_day.my_day, name="my_day"),
    path("team/", boards.team, name="team"),
    path("company/", boards.company, name="company"),
    path("ping/", health.ping, name="ping"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="prometheus"),
    # Ours first: it closes those pages of allauth that an invited person has no use for.
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("metrics.urls.pages")),
    path("", include("customers.urls")),
    path("", include("playbooks.urls")),
    path("", include("hiring.urls")),
    path("", include("training.urls")),
    path("api/v1/", include("metrics.urls")),
    path("api/v1/", include((api.urls, "api"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
