"""Whom a note may name: the list below it while @ is typed."""

import pytest
from django.test import Client

from accounts.models import Member
from tests.factories import a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(ana) -> Client:
    client = Client()
    client.force_login(ana.user)
    return client


@pytest.fixture
def people(harbour) -> list[Member]:
    names = {"Leonor": "Leonor Diaz", "Bo": "Bo Leander", "Zoe": "Zoë <b>", "Nour": "नूर"}
    made = [a_member(harbour, name=first) for first in names]
    for person in made:
        Member.objects.filter(id=person.id).update(name=names[person.name])
    return made


def listed(client: Client, query: str) -> list[str]:
    answer = client.get("/mentions/", {"q": query})
    assert answer.status_code == 200
    names = answer.content.decode().split('data-name="')[1:]
    return [name.partition('"')[0] for name in names]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("leo", ["Leonor Diaz"]),
        ("lean", ["Bo Leander"]),
        ("LEONOR d", ["Leonor Diaz"]),
        ("nour@", ["नूर"]),
        ("नू", ["नूर"]),
        ("zo", ["Zoë &lt;b&gt;"]),
        ("eander", []),
        ("\0%", []),
        ("x" * 5000, []),
    ],
)
def test_it_lists_whose_name_begins_so(client, people, query, found):
    assert listed(client, query) == found


def test_it_lists_few_and_never_oneself_nor_who_left_nor_strangers(client, ana, harbour, zed, people):
    Member.objects.filter(id=people[0].id).update(is_active=False)
    for number in range(9):
        a_member(harbour, name=f"Quinn{number}")

    assert len(listed(client, "")) == 8
    assert listed(client, ana.name) == []
    assert listed(client, "Leonor") == []
    assert listed(client, zed.name) == []
