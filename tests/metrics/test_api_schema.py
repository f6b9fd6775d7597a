"""The description of the API for machines and people."""

import json
import re
from io import StringIO

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command

from metrics.definitions import METRICS


@pytest.fixture(scope="module")
def schema() -> dict:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def test_it_is_valid_and_drawn_without_a_warning(schema):
    assert schema["openapi"].startswith("3.")


def test_it_describes_every_route(schema):
    assert set(schema["paths"]) == {
        "/api/v1/metrics/",
        "/api/v1/metrics/{metric}/",
        *(
            f"/api/v1/{name}/{one}"
            for name in (
                "people",
                "reporting-lines",
                "customers",
                "contacts",
                "notes",
                "tickets",
                "surveys",
                "imports",
                "playbooks",
                "playbook-versions",
                "scenarios",
                "scenario-mappings",
                "requisitions",
                "candidates",
                "applications",
                "interviews",
                "scorecards",
                "decisions",
                "requirements",
                "training-programmes",
                "enrolments",
                "certificates",
            )
            for one in ("", "{id}/")
        ),
        *(f"/api/v1/applications/{{id}}/{deed}/" for deed in ("move", "closure", "reopening", "debrief")),
        *(f"/api/v1/candidates/{{id}}/{deed}/" for deed in ("merging", "separation")),
        "/api/v1/requisitions/{id}/state/",
        *(f"/api/v1/enrolments/{{id}}/{deed}/" for deed in ("withdrawal", "entries")),
        *(f"/api/v1/certificates/{{id}}/{deed}/" for deed in ("renewal", "revocation")),
        *(f"/api/v1/interviews/{{id}}/{deed}/" for deed in ("panel", "cancellation")),
        *(f"/api/v1/decisions/{{id}}/{deed}/" for deed in ("approval", "return")),
        *(f"/api/v1/scorecards/{{id}}/{deed}/" for deed in ("declaration", "submission", "excuse")),
        *(f"/api/v1/playbooks/{{id}}/{deed}/" for deed in ("verification", "flags")),
        *(
            f"/api/v1/tickets/{{id}}/{deed}/"
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
        ),
        *(f"/api/v1/imports/{{id}}/{deed}/" for deed in ("start", "cancellation", "errors")),
    }


def test_it_describes_every_parameter_of_a_figure(schema):
    parameters = {
        each["name"]: each for each in schema["paths"]["/api/v1/metrics/{metric}/"]["get"]["parameters"]
    }

    assert set(parameters) == {"metric", "level", "person", "scope", "from", "to", "grain"}
    assert {name for name, each in parameters.items() if each.get("required")} == {"metric", "from", "to"}
    assert set(parameters["metric"]["schema"]["enum"]) == set(METRICS)


def test_it_names_the_ways_to_prove_who_one_is(schema):
    assert schema["components"]["securitySchemes"]["key"] == {"type": "http", "scheme": "bearer"}


def test_it_is_served_to_anybody(client):
    answer = client.get("/api/schema/", headers={"accept": "application/json"})

    assert answer.status_code == 200
    assert "/api/v1/metrics/" in json.loads(answer.content)["paths"]


def test_it_can_be_browsed_under_the_strict_policy(client):
    """Nothing inline, nothing from elsewhere, and every file is there."""
    answer = client.get("/api/docs/")
    page = answer.content.decode()

    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []
    for source in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert source.startswith(("/", "data:")), source
        if source.startswith("/static/"):
            assert finders.find(source.removeprefix("/static/")), source
        elif source.startswith("/"):
            assert client.get(source).status_code in (200, 302)
