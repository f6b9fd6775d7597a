"""Search: titles before scenarios before steps, trusted before expired, only what is published and may be read."""

from datetime import timedelta

import pytest

from accounts.actions import set_line
from accounts.models import Team
from playbooks.actions import (
    archive_playbook,
    change_playbook,
    change_scenario,
    open_draft,
    publish,
    save_graph,
    send_to_review,
)
from playbooks.graph import Kind, Node, Way
from playbooks.models import Playbook
from playbooks.queries.search import search_playbooks
from tests.factories import a_ticket

from .making import a_draft, a_graph, a_playbook, a_scenario

pytestmark = pytest.mark.django_db


def titles(member, q):
    return [hit.title for hit in search_playbooks(member, q).hits]


def speaking_of(words):
    return a_graph().change(
        Node("find", Kind.ACTION, "Find both payments", body=words, exits=(Way("", "say"),))
    )


def test_three_letters_find_it(ana, lee, client):
    a_playbook(ana, lee)
    a_playbook(ana, lee, "Renewal at risk")
    client.force_login(ana.user)

    assert titles(ana, "dup") == ["Duplicate charge"]
    assert titles(ana, "REN ris") == ["Renewal at risk"]
    assert titles(ana, "new") == ["Renewal at risk"]  # a part of a word
    assert titles(ana, "pay")[0] == "Duplicate charge"
    page = client.get("/playbooks/search/?q=dup")
    assert b"<mark>Dup</mark>licate charge" in page.content
    assert b"<html" not in client.get("/playbooks/search/?q=dup", headers={"HX-Request": "true"}).content


def test_the_best_comes_first(ana, lee):
    a_playbook(ana, lee, "By a step", graph=speaking_of("Ask for the passport."))
    a_playbook(ana, lee, "By scenario", scenario=a_scenario(ana, "Passport lost"))
    a_playbook(ana, lee, "Passport expired")
    old = a_playbook(ana, lee, "Passport by post")
    Playbook.objects.filter(id=old.id).update(verified_until=ana.company.today() - timedelta(days=1))

    assert titles(ana, "passport") == ["Passport expired", "Passport by post", "By scenario", "By a step"]
    hit = search_playbooks(ana, "passport").hits[-1]
    assert hit.step == (2, "Find both payments")


def test_a_typo_is_forgiven(ana, lee):
    a_playbook(ana, lee)
    found = search_playbooks(ana, "duplciate chrage")

    assert (found.is_alike, [hit.title for hit in found.hits]) == (True, ["Duplicate charge"])
    assert titles(ana, "zzzzzz") == []
    assert titles(ana, "'; DROP %s {0} \\") == []


def test_it_follows_what_is_published(ana, lee):
    a_draft(ana, "Refund by cheque")
    playbook = a_playbook(ana, lee)
    assert titles(ana, "cheque") == []

    draft = open_draft(actor=ana, playbook=playbook)
    save_graph(actor=ana, draft=draft, graph=speaking_of("Send a cheque."))
    assert titles(ana, "cheque") == []
    publish(actor=lee, version=send_to_review(actor=ana, draft=draft, change="editorial"))
    assert titles(ana, "cheque") == ["Duplicate charge"]
    change_playbook(actor=lee, playbook=playbook, title="Two payments")
    assert titles(ana, "two") == ["Two payments"]
    change_scenario(actor=lee, scenario=playbook.scenario, name="Überzahlung")
    assert titles(ana, "uber") == ["Two payments"]
    archive_playbook(actor=lee, playbook=playbook)
    assert titles(ana, "two") == []


def test_it_finds_only_what_one_may_read(ana, lee, mo, zed):
    night = Team.objects.create(company=ana.company, name="Night")
    a_playbook(mo, lee, audience=night)

    # Its name, its steps, and what is only like its name.
    for said in ("dup", "both payments", "duplciate chrage"):
        assert titles(ana, said) == titles(zed, said) == []
        assert titles(lee, said) == ["Duplicate charge"]
    set_line(actor=None, member=ana, manager=lee, team=night, valid_from=ana.company.today())
    assert titles(ana, "dup") == ["Duplicate charge"]


def test_every_page_finds_it(ana, lee, client):
    playbook = a_playbook(ana, lee)
    client.force_login(ana.user)
    answer = client.get("/search/?q=dup", headers={"HX-Request": "true"}).content.decode()

    assert f'href="/playbooks/{playbook.id}/"' in answer
    assert "/playbooks/search/?q=dup" in answer


def test_what_is_found_on_a_tickets_page_is_run_there(ana, lee, zed, client):
    playbook, ticket, theirs = a_playbook(ana, lee), a_ticket(ana), a_ticket(zed)
    client.force_login(ana.user)

    def found_on(page: str) -> str:
        headers = {"HX-Request": "true", "HX-Current-URL": page}
        return client.get("/search/?q=dup", headers=headers).content.decode()

    page = f"/playbooks/{playbook.id}/?ticket={ticket.id}"
    assert f'href="{page}"' in found_on(f"http://testserver/tickets/{ticket.id}/?from=queue")
    assert f"/playbooks/search/?q=dup&amp;ticket={ticket.id}" in found_on(f"/tickets/{ticket.id}/")
    for elsewhere in ("http://testserver/my-day/", "/tickets/x/", "http://[", "//[", ""):
        assert "ticket=" not in found_on(elsewhere)
    assert f"Run it on {ticket.external_id}" in client.get(page).content.decode()
    assert client.get(f"/playbooks/{playbook.id}/?ticket={theirs.id}").status_code == 404


@pytest.mark.parametrize("q", ["", " ", "%", "\0", "<b>", "a" * 5000, "&!|:*'", "🙂"])
def test_it_answers_whatever_is_typed(ana, lee, client, q):
    a_playbook(ana, lee)
    client.force_login(ana.user)
    assert client.get("/playbooks/search/", {"q": q}).status_code == 200
