"""Calls of the API: `call("post", "tickets", {...}, by=ana)` with a key of that member."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member


@pytest.fixture
def call(key_of, ana) -> Callable[..., Any]:
    keys: dict[tuple, dict[str, str]] = {}

    def send(
        method: str,
        path: str,
        body: Any = None,
        *,
        by: Member | None = None,
        scopes=("read", "write"),
        **headers,
    ) -> Any:
        who = by or ana
        known = keys.setdefault((who.id, scopes), key_of(who, *scopes))
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        options = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(Client(), method)(f"/api/v1/{path}", headers=known | sent, **options)

    return send


def problem(answer: Any, status: int, *fields: str) -> dict:
    """Checks that this is a problem document, with errors of just these fields."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == status
    assert set(found.get("errors", {})) == set(fields), found
    return found
