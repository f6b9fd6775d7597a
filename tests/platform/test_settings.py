"""Every environment variable that the code reads is described, and nothing else is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    ROOT / "manage.py",
    *sorted(path for path in (ROOT / "cs_platform").rglob("*.py")),
]
# Read by the programs that we start, or set by us for our own children.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "PATH"}


def read_in(path: Path) -> Iterator[str]:
    """Names in env("X"), env.int("X"), os.environ["X"], os.environ.get("X"), env.get("X") and env["X"]."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args and _reads(node.func):
            yield from _text(node.args[0])
        elif (
            isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_environment(node.value)
        ):
            yield from _text(node.slice)


def _reads(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr != "setdefault" and _is_environment(function.value)
    return isinstance(function, ast.Name) and function.id == "env"


def _is_environment(value: ast.expr) -> bool:
    if isinstance(value, ast.Attribute):
        return value.attr == "environ"
    return isinstance(value, ast.Name) and value.id == "env"


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isupper():
        yield node.value


def read_by_the_code() -> set[str]:
    return {name for path in SOURCES for name in read_in(path)} - NOT_OURS


def described() -> list[str]:
    """The first column of the tables in docs/operations.md."""
    text = (ROOT / "docs" / "operations.md").read_text()
    return re.findall(r"^\|\s*`([A-Z][A-Z0-9_]*)`\s*\|", text, re.MULTILINE)


def test_it_describes_every_variable_that_the_code_reads():
    assert read_by_the_code() - set(described()) == set()


def test_it_describes_no_variable_that_nothing_reads():
    assert set(described()) - read_by_the_code() == set()


def test_it_describes_each_variable_once():
    assert sorted(described()) == sorted(set(described()))


def test_it_finds_the_variables_at_all():
    assert {
        "DATABASE_URL",
        "SECRET_KEY",
        "VAR",
        "PORT",
        "API_RATE",
        "DATABASE_OWNER_URL",
    } <= read_by_the_code()
