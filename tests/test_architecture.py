"""Rules of the house that no linter knows."""

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.db import connection, models

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = next(contract["layers"] for contract in CONTRACTS if contract["name"] == "Apps, high to low")
# {app: rank}, 0 is the highest; apps beside each other share a rank.
RANK = {
    app.strip(): rank
    for rank, layer in enumerate(LAYERS)
    for app in layer.split("|")
    if not app.strip().startswith("cs_platform")
}
APPS = tuple(RANK)
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
TENANTS = [model for model in MODELS if any(field.name == "company" for field in model._meta.local_fields)]
SOURCES = [
    path
    for app in (*APPS, "cs_platform")
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMMANDS = {
    "import_hiring",
    "import_records",
    "rebuild_rollups",
    "reconcile_rollups",
    "create_company",
    "create_api_key",
    "remove_company",
    "seed_demo",
    "backup",
    "restore",
}
# Inside an app: what may stand beside each other. Names that the design gives, and nouns of the app itself.
LAYER_NAMES = {
    "urls", "views", "api", "tasks", "admin", "management", "forms", "reactions", "imports", "actions", "facts",
    "queries", "permissions", "models", "apps", "migrations", "__init__",
}  # fmt: skip
OWN_NAMES = {
    "accounts": {
        "activity", "outbox", "notifications", "lines", "context", "adapter", "middleware", "mailbox", "proposals",
        "setup_token",
    },
    "metrics": {
        "components", "definitions", "intervals", "kick", "kinds", "percentiles", "points", "rebuild", "reconcile",
        "registry", "rollup", "scores", "timers", "boards", "comparison", "templatetags",
    },
    "customers": {"life", "demo", "notices"},
    "hiring": {"composite", "cv", "demo", "invitations", "notices", "seed", "templatetags"},
    "training": {
        "calendar", "chart", "completion", "demo", "hosting", "markdown", "notices", "ownership", "pace", "picture",
        "quizzing", "ramp", "repeating", "ride_mail", "ride_notices", "seed", "session_mail", "templatetags",
    },
    "playbooks": {"notices", "demo", "flowchart", "graph", "metric", "running", "starters", "templatetags", "text"},
}  # fmt: skip


def at(path: Path) -> str:
    return str(path.relative_to(ROOT))


def ids(models_or_paths) -> list[str]:
    return [each._meta.label if hasattr(each, "_meta") else at(each) for each in models_or_paths]


# --- Tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=ids(MODELS))
def test_it_points_to_the_same_or_a_lower_app(model):
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey):
            target = field.related_model._meta.app_label
            assert target not in RANK or RANK[target] >= RANK[model._meta.app_label], field


@pytest.mark.parametrize("model", TENANTS, ids=ids(TENANTS))
def test_it_has_an_index_that_begins_with_the_company(model):
    keys = [list(index.fields) for index in model._meta.indexes]
    keys += [
        list(each.fields) for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)
    ]
    keys += [
        [name.removesuffix("_id") for name in getattr(model._meta.pk, "field_names", [model._meta.pk.name])]
    ]
    keys += [[field.name] for field in model._meta.local_fields if field.db_index]

    assert [key for key in keys if key[0] == "company"]


@pytest.mark.parametrize("model", MODELS, ids=ids(MODELS))
def test_it_says_which_company_a_row_belongs_to(model):
    """But for the company itself and what outlives it, people who sign in, and what an import has met so far."""
    free = {"accounts.Company", "accounts.Removal", "accounts.User", "customers.ImportSeen"}
    assert (model in TENANTS) != (model._meta.label in free)


@pytest.mark.django_db
def test_it_links_within_a_company_only():
    """Each link between rows of a company has a second key that goes through the company."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
        )
        kept = {
            (table, match[1])
            for table, definition in cursor.fetchall()
            if (
                match := re.match(
                    r"FOREIGN KEY \(company_id, (\w+)\) REFERENCES \w+\(company_id, id\)", definition
                )
            )
        }
    wanted = {
        (model._meta.db_table, field.column)
        for model in TENANTS
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.related_model in TENANTS
    }

    assert wanted == kept


def test_it_never_deletes_people_with_what_they_did():
    """A person, a customer or a ticket is not swept away with a row of another app."""
    for model in MODELS:
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model._meta.label == "accounts.Member":
                allowed = models.CASCADE if model._meta.label == "accounts.ApiKey" else models.PROTECT
                assert field.remote_field.on_delete is allowed, field


# --- Source -------------------------------------------------------------------------------------------------------

METRIC_TABLES = ["fact", "dirty", "lock", "rep_day", "org_day", "timer", "duration_hist", "hist_dirty"]
METRIC_MODELS = ["Fact", "Dirty", "Lock", "RepDay", "OrgDay", "Timer", "DurationHist", "HistDirty"]
WRITERS = {"metrics/facts.py", "metrics/rollup.py", "metrics/rebuild.py"}
SQL_WRITE = re.compile(
    rf"(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|COPY|MERGE\s+INTO)\s+(ONLY\s+)?metrics_({'|'.join(METRIC_TABLES)})\b",
    re.IGNORECASE,
)
ORM_WRITE = re.compile(
    rf"\b({'|'.join(METRIC_MODELS)})(\.objects|\._default_manager)?[^\n]*"
    r"\.(create|bulk_create|update|bulk_update|delete|get_or_create|update_or_create|save)\("
)


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_it_writes_metric_tables_in_three_places_only(path):
    text = path.read_text()
    if at(path) in WRITERS:
        assert SQL_WRITE.search(text) or at(path) == "metrics/rebuild.py"
    else:
        assert not SQL_WRITE.search(text)
        assert not ORM_WRITE.search(text)


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_it_names_what_it_catches(path):
    handlers = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler)]

    assert [handler.lineno for handler in handlers if handler.type is None] == []


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_it_asks_one_clock(path):
    """`cs_platform.lib.clock.now()` is the only clock; when somebody joined is not counted by anything."""
    free = {"cs_platform/lib/clock.py", "accounts/models/user.py"}
    found = re.findall(
        r"timezone\.now\b|datetime\.(?:utc)?now\(|date\.today\(|\bCURRENT_TIMESTAMP\b", path.read_text()
    )

    assert not found or at(path) in free


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_it_has_no_signals(path):
    assert not re.search(r"django\.db\.models\.signals|@receiver\b", path.read_text())


@pytest.mark.parametrize("app", APPS)
def test_it_keeps_the_names_of_the_layers(app):
    found = {
        path.stem
        for path in (ROOT / app).iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }

    assert found - LAYER_NAMES - OWN_NAMES.get(app, set()) == set()
    assert not found & {"utils", "helpers", "common", "services", "signals"}


def test_it_has_no_place_for_what_has_no_name():
    assert [at(path) for path in SOURCES if path.stem in ("utils", "helpers", "common", "services")] == []


# --- Commands and pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_it_explains_the_command(name):
    command = load_command_class(get_commands()[name], name)

    assert command.help
    assert "usage:" in command.create_parser("manage.py", name).format_help()


def test_it_names_every_command_here():
    ours = {path.stem for path in SOURCES if path.parent.name == "commands" and path.stem != "__init__"}

    assert ours - COMMANDS == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=ids(TEMPLATES))
def test_it_has_no_style_or_script_in_a_template(path):
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    if "email" in path.parts:
        return

    assert re.findall(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:", text) == []
    assert re.findall(r"<script\b(?![^>]*\bsrc=)[^>]*>", text) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == []


@pytest.mark.parametrize("app", [app for app in APPS if (ROOT / app / "reactions.py").exists()])
def test_it_has_a_module_for_every_reaction(app):
    reactions = importlib.import_module(f"{app}.reactions").REACTIONS

    assert all(callable(function) for function in reactions.values())
