"""The image, the proxy and the first steps on a server."""

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.platform.compose import FILLED, ROOT, caddy_program, plain_env, read, services

PRODUCTION = {
    "HTTPS": "true",
    "ALLOWED_HOSTS": "cs.example.com",
    "SECRET_KEY": "0a1b2c3d4e5f" * 6,
    "DATABASE_URL": "postgres://cs_app:app@127.0.0.1:1/cs",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """What `COPY . .` puts into the image."""
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line]

    def left_out(folder: str, names: list[str]) -> list[str]:
        at = Path(folder).relative_to(ROOT)
        return [name for name in names if name == "__pycache__" or _is_ignored(str(at / name), ignored)]

    target = tmp_path_factory.mktemp("image") / "app"
    shutil.copytree(ROOT, target, ignore=left_out, symlinks=True)
    return target


def _is_ignored(path: str, patterns: list[str]) -> bool:
    return any(fnmatch(path, pattern) and path.count("/") == pattern.count("/") for pattern in patterns)


def test_the_image_holds_the_product_and_nothing_else(image):
    found = {path.name for path in image.iterdir()}
    assert {
        "manage.py",
        "accounts",
        "customers",
        "metrics",
        "cs_platform",
        "templates",
        "static",
        "deploy",
    } <= found
    assert not found & {".git", ".env", ".venv", "var", "tests", "bench", "node_modules", "docs"}
    assert not (image / "static" / "vendor").exists()
    assert (image / "deploy" / "healthcheck.py").exists()


def test_django_finds_nothing_to_warn_of_in_production(image, tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=image,
        env=plain_env() | PRODUCTION | {"VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def dockerfile() -> list[tuple[str, str]]:
    """Its instructions, continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_the_image_runs_without_root_from_locked_packages():
    steps = dockerfile()
    user = [value for name, value in steps if name == "USER"][-1]
    assert user.split(":")[0].isdigit()
    assert int(user.split(":")[0]) > 0
    assert steps.index(("USER", user)) > max(
        number for number, (name, _) in enumerate(steps) if name == "RUN"
    )
    assert all(re.search(r":\d", value) for name, value in steps if name == "FROM")
    assert any("--require-hashes -r requirements.txt" in value for name, value in steps if name == "RUN")
    assert not any(name == "ADD" for name, _ in steps)


def test_the_image_keeps_files_where_compose_puts_the_volume():
    steps = dockerfile()
    [folder] = [value for name, value in steps if name == "VOLUME"]
    last_env = [value for name, value in steps if name == "ENV"][-1]
    assert f"VAR={folder} " in last_env
    assert "STATIC_ROOT=/app/staticfiles" in last_env
    assert services()["web"]["volumes"] == [f"data:{folder}"]
    for path in re.findall(r"(?:\./)(deploy/\S+?):", str(read(FILLED))):
        assert (ROOT / path).exists(), path


def test_both_set_ups_install_what_the_migrations_need_and_nothing_else():
    """Only a superuser may add some extensions; the owner who migrates is none."""

    def wanted(*files: Path) -> set[str]:
        return {
            name
            for file in files
            for name in re.findall(r"CREATE EXTENSION IF NOT EXISTS (\w+)", file.read_text())
        }

    migrations = [
        file for app in ("accounts", "metrics", "customers") for file in (ROOT / app).glob("migrations/*.py")
    ]
    needed = wanted(*migrations)
    assert needed
    assert wanted(ROOT / "deploy/postgres/10-roles.sh") == needed
    assert wanted(ROOT / "cs_platform/embedded/postgres.py") == needed


# --- The proxy ----------------------------------------------------------------------------------------------------


def test_the_proxy_hands_on_what_the_application_trusts():
    said = (ROOT / "deploy/Caddyfile").read_text()
    assert "reverse_proxy web:8000" in said
    assert said.count("{") == said.count("}")
    assert services()["web"]["environment"]["TRUSTED_PROXIES"] == "1"


def test_the_proxy_accepts_its_configuration(tmp_path):
    done = subprocess.run(
        [caddy_program(), "validate", "--config", str(ROOT / "deploy/Caddyfile"), "--adapter", "caddyfile"],
        env=plain_env()
        | {"SITE_HOST": "cs.example.com", "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "not formatted" not in done.stderr


# --- First steps --------------------------------------------------------------------------------------------------


def make_env(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(ROOT / "deploy/make-env"), *arguments],
        env=plain_env() | {"ENV_FILE": str(file)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_writes_an_env_file_with_passwords_of_its_own(tmp_path):
    files = [tmp_path / "one", tmp_path / "two"]
    found = []
    for file in files:
        assert make_env(file, "cs.example.com").returncode == 0
        lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
        found.append(dict(line.split("=", 1) for line in lines))
        assert file.stat().st_mode & 0o777 == 0o600
    secrets = [
        value for each in found for name, value in each.items() if name not in ("SITE_HOST", "EMAIL_URL")
    ]
    assert len(set(secrets)) == len(secrets) == 12
    assert all(re.fullmatch(r"[0-9a-f]{64}", secret) for secret in secrets)
    assert found[0]["SITE_HOST"] == "cs.example.com"
    assert services(found[0])["web"]["environment"]["ALLOWED_HOSTS"] == "cs.example.com"

    refused = make_env(files[0], "cs.example.com")
    assert refused.returncode == 1
    assert "is there already" in refused.stderr


@pytest.mark.parametrize("host", ["", "https://cs.example.com", "cs example", "-x"])
def test_it_wants_a_host_name(tmp_path, host):
    assert make_env(tmp_path / "env", host).returncode == 2
    assert not (tmp_path / "env").exists()
