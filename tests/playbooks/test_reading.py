"""The page of a playbook: read, acknowledged, flagged, taken away and brought in as text."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Team
from playbooks.actions import change_playbook, open_draft, publish, save_graph, send_to_review
from playbooks.actions.runs import start_run
from playbooks.models import Acknowledgement, Flag
from playbooks.queries.graphs import graph_of
from playbooks.queries.reading import reading
from playbooks.text import markdown, mermaid
from tests.factories import a_ticket

from .making import a_draft, a_graph, a_playbook

pytestmark = pytest.mark.django_db


def url(name, playbook, *more):
    return reverse(f"playbooks:{name}", args=[playbook.id, *more])


def again(author, approver, playbook, change, graph=None):
    draft = open_draft(actor=author, playbook=playbook)
    save_graph(actor=author, draft=draft, graph=graph or a_graph())
    return publish(actor=approver, version=send_to_review(actor=author, draft=draft, change=change))


def test_it_shows_steps_picture_trust_and_people(client, ana, lee):
    playbook = a_playbook(ana, lee, verifier=lee)
    client.force_login(ana.user)
    page = client.get(url("show", playbook)).content.decode()

    for words in (
        "Duplicate charge",
        "Verified until",
        "I can see two payments.",
        '<svg class="flow',
        "Lee",
        "Ana",
    ):
        assert words in page
    assert "I have read it" in page
    assert "data-print" in page
    assert url("start_run", playbook) in page


def test_it_asks_again_after_a_material_change_only(client, ana, lee, mo):
    playbook = a_playbook(lee, mo)
    client.force_login(ana.user)
    client.post(url("acknowledgement", playbook), {"version": 1})
    client.post(url("acknowledgement", playbook), {"version": 1})
    assert Acknowledgement.objects.count() == 1
    assert not reading(ana, playbook).is_asked

    again(lee, mo, playbook, "editorial")
    assert not reading(ana, playbook).is_asked
    again(lee, mo, playbook, "material")
    page = reading(ana, playbook)
    assert (page.is_asked, page.known.number) == (True, 1)
    assert client.post(url("acknowledgement", playbook), {"version": 2}).status_code == 302
    assert reading(ana, playbook).is_asked  # of a version that is gone nobody can say it
    client.post(url("acknowledgement", playbook), {"version": 3})
    assert not reading(ana, playbook).is_asked
    for bad in ("", "x", "99", "²"):
        assert client.post(url("acknowledgement", playbook), {"version": bad}).status_code == 404


def test_a_reader_flags_a_step_and_the_owner_answers(client, ana, lee, mo):
    playbook = a_playbook(lee, mo)
    client.force_login(ana.user)
    answer = client.post(url("flag", playbook), {"step": "find", "text": "There is <b>no</b> ledger"})
    assert answer["Location"] == url("show", playbook)
    flag = Flag.objects.get()
    page = client.get(url("show", playbook)).content.decode()
    assert "There is &lt;b&gt;no&lt;/b&gt; ledger" in page
    assert "Answer and close" not in page
    assert client.post(url("flag_answer", playbook, flag.id), {"answer": "x"}).status_code == 403

    client.force_login(lee.user)
    client.post(url("flag_answer", playbook, flag.id), {"answer": " "})
    flag.refresh_from_db()
    assert flag.answered_at is None
    client.post(url("flag_answer", playbook, flag.id), {"answer": "It is called book now."})
    flag.refresh_from_db()
    assert (flag.answer, flag.answered_by) == ("It is called book now.", lee)


def test_a_flag_beside_a_ticket_is_answered_in_place(client, ana, lee):
    playbook, ticket = a_playbook(ana, lee), a_ticket(ana)
    run = start_run(actor=ana, version=playbook.versions.get(), ticket=ticket)
    client.force_login(ana.user)
    here, there = (
        f'name="next" value="/tickets/{ticket.id}/"',
        f'name="next" value="/playbooks/runs/{run.id}/"',
    )
    for page, back in (
        (f"/playbooks/at-hand/?ticket={ticket.id}", here),
        (f"/playbooks/runs/{run.id}/", there),
    ):
        for headers in ({}, {"HX-Request": "true"}):
            assert back in client.get(page, headers=headers).content.decode()
    sent = {"step": "s", "version": 1, "next": f"/tickets/{ticket.id}/"}
    assert client.post(url("flag", playbook), sent)["Location"] == f"/tickets/{ticket.id}/"
    assert "Flagged." in client.get("/my-day/").content.decode()

    refused = client.post(
        url("flag", playbook), sent | {"text": "<i>" * 7000}, headers={"HX-Request": "true"}
    )
    shown = refused.content.decode()
    assert (refused.status_code, "What is wrong with it: " in shown) == (422, True)
    assert "&lt;i&gt;&lt;i&gt;" in shown and f'value="/tickets/{ticket.id}/"' in shown
    done = client.post(url("flag", playbook), sent | {"text": "No bank"}, headers={"HX-Request": "true"})
    assert (done.status_code, "Flagged." in done.content.decode()) == (200, True)
    assert b"<html" not in done.content
    assert Flag.objects.get().text == "No bank"
    assert "Flagged." not in client.get("/my-day/").content.decode()


def test_it_takes_only_flags_of_its_own_steps(client, ana, lee):
    playbook = a_playbook(ana, lee)
    client.force_login(ana.user)
    for bad in ({"step": "nope"}, {"step": ""}, {"step": "find", "text": "x" * 20_001}, {"step": "find\0"}):
        assert client.post(url("flag", playbook), bad).status_code == 302
    assert client.post(url("flag", playbook), {"step": "find", "version": 9}).status_code == 404
    assert not Flag.objects.exists()
    away = client.post(url("flag", playbook), {"step": "find", "next": "https://evil.example/"})
    assert away["Location"] == url("show", playbook)


def test_it_reads_earlier_versions(client, ana, lee):
    playbook = a_playbook(ana, lee)
    again(ana, lee, playbook, "material", a_graph().move("void", 1))
    client.force_login(ana.user)
    page = client.get(url("show", playbook), {"version": 1}).content.decode()

    assert "not in use any more" in page
    assert "This is wrong" not in page
    for bad in ("7", "x", "1" * 30):
        assert client.get(url("show", playbook), {"version": bad}).status_code == 404


def test_it_has_a_page_before_anything_is_published(client, ana):
    playbook = a_draft(ana).playbook
    client.force_login(ana.user)

    assert "Nothing is published yet" in client.get(url("show", playbook)).content.decode()
    assert client.get(url("markdown", playbook)).status_code == 404


def test_it_hides_what_is_for_another_team(client, ana, lee, mo):
    night = Team.objects.create(company=ana.company, name="Night shift")
    playbook = change_playbook(actor=lee, playbook=a_playbook(lee, mo), audience=night)
    client.force_login(ana.user)

    for name in ("show", "markdown", "mermaid", "import"):
        assert client.get(url(name, playbook)).status_code == 404


def test_it_is_taken_away_as_text(client, ana, lee):
    playbook = a_playbook(ana, lee)
    client.force_login(ana.user)
    text = client.get(url("markdown", playbook))
    chart = client.get(url("mermaid", playbook))

    assert text["Content-Disposition"] == 'attachment; filename="duplicate-charge.md"'
    assert markdown.read(text.content.decode()).graph == a_graph()
    assert mermaid.onto(mermaid.read(chart.content.decode()), a_graph()) == a_graph()


def test_it_shows_a_text_before_it_becomes_the_draft(client, ana, lee):
    playbook = a_playbook(ana, lee)
    client.force_login(ana.user)
    text = markdown.write(a_graph().remove("void"))
    shown = client.post(url("import", playbook), {"text": text, "deed": "preview"})
    assert b"Leads nowhere" in shown.content and b"Take it over" in shown.content
    assert playbook.versions.count() == 1

    taken = client.post(url("import", playbook), {"text": text, "deed": "take"})
    draft = playbook.versions.get(number=2)
    assert taken["Location"] == url("draft", playbook)
    assert graph_of(draft) == a_graph().remove("void")

    file = SimpleUploadedFile("p.mmd", mermaid.write(a_graph()).encode())
    late = client.post(url("import", playbook), {"file": file, "deed": "take", "edits": 0})
    assert late.status_code == 422 and b"meanwhile" in late.content


@pytest.mark.parametrize(
    "text", ["", "words", "## 1. a\n*Thing*", "flowchart TD\n a & b", "x" * 100_001, "## 1. a\n*End*\n\0"]
)
def test_it_refuses_a_text_in_words_and_keeps_it(client, ana, text):
    playbook = a_draft(ana).playbook
    client.force_login(ana.user)
    answer = client.post(url("import", playbook), {"text": text, "deed": "take"})

    assert answer.status_code == 422
    assert graph_of(playbook.versions.get()) == a_graph()
    if text == "words":
        assert b"words</textarea>" in answer.content
    latin = SimpleUploadedFile("p.md", "Größe".encode("latin-1"))
    assert client.post(url("import", playbook), {"file": latin}).status_code == 422
