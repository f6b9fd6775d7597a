"""A draft, and its writer at the editor."""

import pytest

from playbooks.models import Version

from .making import a_draft


@pytest.fixture
def draft(ana) -> Version:
    return a_draft(ana)


@pytest.fixture
def at_desk(client, ana):
    client.force_login(ana.user)
    return client
