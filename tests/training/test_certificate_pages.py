"""The pages of certificates: who sees what, renews, revokes, and names who stands beside somebody."""

from datetime import timedelta

import pytest

from accounts.actions import set_line
from accounts.models import Team
from playbooks.actions import change_playbook
from tests.factories import a_member
from training.models import Certificate, Supervision

from .making import a_process

pytestmark = pytest.mark.django_db

PAGE = "/training/certificates/"


@pytest.fixture
def playbook(lee, mo):
    return a_process(lee, mo)


@pytest.fixture
def held(ana, playbook):
    return a_certificate(ana, playbook)


@pytest.fixture
def ben(harbour, lee):
    return a_member(harbour, "Ben", manager=lee)


def a_certificate(member, playbook, days: int = 200, **fields) -> Certificate:
    fields = {
        "until": member.company.today() + timedelta(days=days),
        "level": "independent",
        "number": 1,
    } | fields
    return Certificate.objects.create(company=member.company, member=member, playbook=playbook, **fields)


def read(client, member, url: str, status: int = 200) -> str:
    client.force_login(member.user)
    answer = client.get(url)
    assert answer.status_code == status
    return "" if answer.streaming else " ".join(answer.content.decode().split())


def beside(person, playbook) -> str:
    return f"{PAGE}people/{person.id}/processes/{playbook.id}/supervision/"


def test_everybody_sees_what_is_theirs_to_see(client, harbour, held, ana, ben, lee, mo, zed, playbook):
    dora = a_member(harbour, "Dora", manager=mo)
    a_certificate(dora, playbook, -1)
    page = read(client, ana, PAGE)
    assert "Your certificates" in page and "Duplicate charge" in page and "Ben" not in page
    page = read(client, lee, PAGE)
    assert "Ana" in page and "Ben" in page and "Dora" not in page
    assert "None yet" in page and "Valid" in page
    page = read(client, mo, PAGE)
    assert "Dora" in page and "Expired" in page
    assert "Duplicate charge" not in read(client, zed, PAGE)
    for member, status in ((ana, 200), (ben, 404), (lee, 200), (mo, 200), (zed, 404)):
        read(client, member, f"{PAGE}{held.id}/", status)


def test_the_matrix_is_narrowed_and_downloaded(client, harbour, held, ana, ben, lee, mo, playbook):
    other = a_process(lee, mo, "Refund")
    team = Team.objects.create(company=harbour, name="Billing")
    set_line(actor=mo, member=ben, manager=lee, valid_from=harbour.today(), team=team)
    a_certificate(ben, other, 100, refresh_by=harbour.today() + timedelta(days=3))
    grid = "</thead>"
    for query, there, away in (
        (f"team={team.id}", ["Ben"], ["Ana"]),
        (f"process={other.id}", ["Ana", "Ben", "None yet", "Refresh due"], [">Valid"]),
        ("standing=refresh", ["Ben"], ["Ana"]),
        ("standing=nonsense&team=x&process=99999999999", ["Ana", "Ben"], []),
        ("standing=revoked", ["Nobody fits these filters"], []),
    ):
        page = read(client, mo, f"{PAGE}?{query}")
        table = page.split(grid)[1] if grid in page else page
        assert all(each in table for each in there), query
        assert not any(each in table for each in away), query

    client.force_login(mo.user)
    lines = b"".join(client.get("/training/certificates.csv?standing=refresh").streaming_content).decode()
    assert "Ben,ben@harbour.example,Refund,Independent,Refresh due" in lines and "Ana" not in lines
    client.force_login(ana.user)
    lines = b"".join(client.get("/training/certificates.csv").streaming_content).decode()
    assert "Ana" in lines and "Ben" not in lines


def test_another_one_renews_with_words(client, held, ana, ben, lee, playbook):
    url = f"{PAGE}{held.id}/renewal/"
    for member, status in ((ana, 403), (ben, 404)):
        client.force_login(member.user)
        assert client.post(url, {"words": "Seen"}).status_code == status
    client.force_login(lee.user)
    answer = client.post(url, {"words": "  "})
    assert answer.status_code == 422 and b"This field is required" in answer.content
    assert client.post(url, {"words": "<b>Seen</b> on two"}).status_code == 302
    again = Certificate.objects.latest("id")
    assert (again.issued_by, again.member) == (lee, ana)
    # Sent twice: the first one has been replaced.
    answer = client.post(url, {"words": "Seen once more"})
    assert answer.status_code == 422 and b"There is a newer certificate" in answer.content
    assert b"Seen once more" in answer.content
    assert Certificate.objects.count() == 2
    page = read(client, ana, f"{PAGE}{again.id}/")
    assert "Renewed by Lee" in page and "&lt;b&gt;Seen" in page and "/renewal/" not in page
    assert "A newer certificate has taken its place" in read(client, ana, f"{PAGE}{held.id}/")


def test_it_is_revoked_with_a_reason_that_is_read(client, held, ana, lee, mo, playbook):
    url = f"{PAGE}{held.id}/revocation/"
    client.force_login(ana.user)
    assert client.post(url, {"reason": "x"}).status_code == 403
    client.force_login(lee.user)
    assert client.post(url, {"reason": ""}).status_code == 422
    for _twice in range(2):
        assert client.post(url, {"reason": "Promised a refund twice"}).status_code == 302
    page = read(client, ana, f"{PAGE}{held.id}/")
    assert "Revoked by Lee" in page and "Promised a refund twice" in page
    client.force_login(lee.user)
    answer = client.post(f"{PAGE}{held.id}/renewal/", {"words": "Knows it again"})
    assert answer.status_code == 422 and b"It was revoked" in answer.content
    assert "Revoked" in read(client, mo, PAGE)


def test_somebody_stands_beside_who_has_no_certificate(
    client, harbour, held, ana, ben, lee, mo, zed, playbook
):
    url, until = beside(ben, playbook), str(harbour.today() + timedelta(days=30))
    for member, status in ((ana, 404), (ben, 403), (zed, 404)):
        client.force_login(member.user)
        assert client.post(url, {"supervisor": "Ana", "until": until}).status_code == status
    client.force_login(lee.user)
    for fields, words in (
        ({"supervisor": "Ben", "until": until}, "Nobody supervises themselves"),
        ({"supervisor": "Lee", "until": until}, "has no certificate for this process"),
        ({"supervisor": "Nobody", "until": until}, "Nobody to choose here"),
        ({"supervisor": "Ana", "until": "2020-01-01"}, "Choose today or a later day"),
        ({"supervisor": "Ana", "until": "soon"}, "Write a day as 2026-03-31"),
    ):
        answer = client.post(url, fields)
        assert answer.status_code == 422 and words in answer.content.decode(), fields
    assert not Supervision.objects.exists()
    assert client.post(url, {"supervisor": "ana@harbour.example", "until": until}).status_code == 302
    page = read(client, lee, PAGE)
    assert "Supervised" in page
    change_playbook(actor=mo, playbook=playbook, owner=ben)
    assert "Supervised by Ana until" in read(client, ana, f"/playbooks/{playbook.id}/")

    client.force_login(lee.user)
    for _twice in range(2):
        assert client.post(f"{url}end/").status_code == 302
    assert not Supervision.objects.filter(ended_at=None).exists()
    # Who has one needs nobody.
    answer = client.post(beside(ana, playbook), {"supervisor": "Ana", "until": until})
    assert answer.status_code == 422


def test_a_playbook_says_who_is_certified(client, harbour, held, ana, lee, mo, playbook):
    for name in ("Cleo", "Dora", "Emil"):
        a_certificate(a_member(harbour, name, manager=lee), playbook)
    change_playbook(actor=mo, playbook=playbook, owner=ana)
    page = read(client, lee, f"/playbooks/{playbook.id}/")
    assert "Ana, Cleo, Dora and 1 more" in page and "Valid, until" in page
    assert f"/training/certificates/?process={playbook.id}" in page
    assert f"?process={playbook.id}" not in read(client, ana, f"/playbooks/{playbook.id}/")
    Certificate.objects.update(until=harbour.today() - timedelta(days=1))
    page = read(client, ana, f"/playbooks/{playbook.id}/")
    assert "Nobody yet" in page and "None that holds" in page


def test_more_people_are_on_further_pages_and_cost_no_more(
    client, harbour, lee, mo, playbook, django_assert_max_num_queries
):
    for number in range(60):
        a_certificate(a_member(harbour, f"P{number:02}", manager=lee), playbook)
    client.force_login(lee.user)
    with django_assert_max_num_queries(15):
        page = client.get(PAGE).content.decode()
    assert "P00" in page and "P59" not in page
    assert "P59" in client.get(f"{PAGE}?page=2").content.decode()
