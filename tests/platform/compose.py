"""docker-compose.yml as Compose would read it, for machines without it."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$(?:(?P<escaped>\$)|{(?P<name>\w+)(?:(?P<how>:[-?])(?P<other>[^}]*))?})")
FILLED = {
    "SITE_HOST": "cs.example.com",
    "SECRET_KEY": "k" * 64,
    "POSTGRES_PASSWORD": "superuser1",
    "OWNER_PASSWORD": "owner1",
    "APP_PASSWORD": "app1",
    "VALKEY_PASSWORD": "valkey1",
}


class MissingError(Exception):
    """A variable without which nothing may start."""


def read(env: Mapping[str, str]) -> dict[str, Any]:
    """The whole file with its variables put in. Raises MissingError."""
    return _filled(yaml.safe_load(FILE.read_text()), env)


def services(env: Mapping[str, str] = FILLED) -> dict[str, dict[str, Any]]:
    return read(env)["services"]


def write_env(path: Path, env: Mapping[str, str]) -> Path:
    path.write_text("".join(f"{name}={value}\n" for name, value in env.items()))
    return path


def compose_program() -> list[str]:
    """Compose, as a program of its own or as Docker's. Without it the test fails: nothing is passed over."""
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    if (
        shutil.which("docker")
        and not subprocess.run(["docker", "compose", "version"], capture_output=True).returncode
    ):
        return ["docker", "compose"]
    pytest.fail(
        "Docker Compose is needed, though no daemon: Debian and Ubuntu: apt install docker-compose, macOS: brew"
        " install docker-compose, others: https://docs.docker.com/compose/install/",
        pytrace=False,
    )


def caddy_program() -> str:
    """Caddy, or a failure that says how to get it."""
    return shutil.which("caddy") or pytest.fail(
        "Caddy is needed: Debian and Ubuntu: apt install caddy, macOS: brew install caddy, others:"
        " https://caddyserver.com/docs/install",
        pytrace=False,
    )


def plain_env() -> dict[str, str]:
    """Nothing of ours, so that a program sees what is given to it alone."""
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def _filled(value: Any, env: Mapping[str, str]) -> Any:
    match value:
        case str():
            return VARIABLE.sub(lambda found: _value(found, env), value)
        case list():
            return [_filled(each, env) for each in value]
        case dict():
            return {key: _filled(each, env) for key, each in value.items()}
    return value


def _value(found: re.Match[str], env: Mapping[str, str]) -> str:
    if found["escaped"]:
        return "$"
    if value := env.get(found["name"], ""):
        return value
    if found["how"] == ":?":
        raise MissingError(found["name"])
    return found["other"] or ""
