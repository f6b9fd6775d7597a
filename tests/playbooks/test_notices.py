"""Who hears of what, once, and how it reads; and what a home page says."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification
from accounts.notifications import in_words
from accounts.outbox import react_once
from cs_platform.home.dues import Today, dues
from cs_platform.home.needs import needs_of_leader, needs_of_manager
from metrics.queries import present
from playbooks.actions import change_playbook, open_draft, publish, send_back, send_to_review, unverify
from playbooks.actions.acknowledgements import acknowledge
from playbooks.actions.flags import flag_step
from playbooks.actions.runs import start_run
from playbooks.models import Acknowledgement, Playbook, Version
from playbooks.queries.needs import asked_of
from tests.factories import a_member

from .making import a_draft, a_playbook

pytestmark = pytest.mark.django_db


def told(verb: str) -> list[str]:
    """Who has been told, after whatever waits in the outbox; told again it would be once still."""
    while react_once():
        pass
    return sorted(Notification.objects.filter(verb=verb).values_list("member__name", flat=True))


def words(member, verb: str) -> tuple[str, str]:
    row = Notification.objects.filter(member=member, verb=verb).latest("id")
    (line,) = in_words(member, [row])
    return line.words.title.replace("\u2068", "").replace("\u2069", ""), line.words.about


def second(playbook: Playbook, ana, lee, change: str) -> Version:
    draft = open_draft(actor=ana, playbook=playbook)
    return publish(actor=lee, version=send_to_review(actor=ana, draft=draft, change=change))


def test_the_reviewer_hears_and_then_the_writers(ana, lee, mo):
    sent = send_to_review(actor=ana, draft=a_draft(ana), change="material", reviewer=lee)
    assert told("playbook.review_asked") == ["Lee"]
    assert words(lee, "playbook.review_asked") == (
        "Ana asks you to review a playbook",
        "Duplicate charge, version 1",
    )
    send_back(actor=lee, version=sent, answer="The amount is missing")
    assert told("playbook.sent_back") == ["Ana"]
    assert words(ana, "playbook.sent_back")[0] == "Lee sent a playbook of yours back"


def test_without_a_name_who_answers_for_it_hears_else_who_is_above(ana, lee, mo):
    playbook = a_draft(ana).playbook
    send_to_review(actor=ana, draft=playbook.versions.get(), change="material")
    assert told("playbook.review_asked") == ["Lee"], "Ana owns it herself; Lee is her manager"

    other = a_draft(ana, "Other").playbook
    change_playbook(actor=lee, playbook=other, verifier=mo)
    send_to_review(actor=ana, draft=other.versions.get(), change="material")
    assert told("playbook.review_asked") == ["Lee", "Mo"]
    assert told("playbook.verifier_named") == ["Mo"]


@pytest.mark.parametrize(("change", "readers"), [("material", ["Ben", "Dan"]), ("editorial", [])])
def test_only_a_material_change_asks_readers_again(ana, lee, harbour, change, readers):
    playbook = a_playbook(ana, lee)
    ben, cleo = a_member(harbour, "Ben", manager=lee), a_member(harbour, "Cleo", manager=lee)
    first = playbook.versions.get()
    dan = a_member(harbour, "Dan", manager=lee)
    Acknowledgement.objects.create(company=harbour, version=first, member=ben)
    start_run(actor=dan, version=first)  # whoever ran it knows it, too
    start_run(actor=ana, version=first)
    assert told("playbook.read_again") == []
    latest = second(playbook, ana, lee, change)

    assert told("playbook.read_again") == readers
    assert told("playbook.published") == ["Ana", "Ana"]
    today = harbour.today()
    for reader in (ben, dan):
        assert [each.kind for each in asked_of(reader, today, 9)] == ["again"] * bool(readers)
    assert asked_of(cleo, today, 9) == asked_of(ana, today, 9) == []
    Acknowledgement.objects.create(company=harbour, version=latest, member=ben)
    assert asked_of(ben, today, 9) == []


def test_what_is_acknowledged_is_no_news_any_more(ana, lee, harbour):
    playbook, other = a_playbook(ana, lee), a_playbook(ana, lee, "Other")
    ben, cleo = a_member(harbour, "Ben", manager=lee), a_member(harbour, "Cleo", manager=lee)
    for each in (playbook, other):
        for reader in (ben, cleo):
            acknowledge(actor=reader, version=each.versions.get())
    latest = second(playbook, ana, lee, "material")
    second(other, ana, lee, "material")
    assert told("playbook.read_again") == ["Ben", "Ben", "Cleo", "Cleo"]
    acknowledge(actor=ben, version=latest)

    unread = Notification.objects.unread().filter(verb="playbook.read_again")
    assert sorted(unread.values_list("member__name", "detail__playbook")) == [
        ("Ben", other.id),
        ("Cleo", playbook.id),
        ("Cleo", other.id),
    ]


def test_after_a_change_of_words_the_material_one_is_still_to_be_read(ana, lee, harbour):
    playbook = a_playbook(ana, lee)
    ben = a_member(harbour, "Ben", manager=lee)
    Acknowledgement.objects.create(company=harbour, version=playbook.versions.get(), member=ben)
    second(playbook, ana, lee, "material")
    latest = second(playbook, ana, lee, "editorial")
    assert [each.kind for each in asked_of(ben, harbour.today(), 9)] == ["again"]
    Acknowledgement.objects.create(company=harbour, version=latest, member=ben)
    assert asked_of(ben, harbour.today(), 9) == []


def test_owner_and_verifier_hear_of_a_flag(ana, lee, mo, harbour):
    playbook = change_playbook(actor=lee, playbook=a_playbook(ana, lee), verifier=mo)
    ben = a_member(harbour, "Ben", manager=lee)
    flag_step(actor=ben, version=playbook.versions.get(), step="find", text="Wrong")
    assert told("playbook.flagged") == ["Ana", "Mo"]
    assert words(mo, "playbook.flagged")[0] == "Ben says that a step is wrong"


def test_my_day_says_what_is_asked_and_what_is_due(client, ana, lee, mo, set_clock):
    set_clock("2026-03-02T10:00")
    playbook = change_playbook(actor=lee, playbook=a_playbook(ana, lee), verifier=mo)
    send_to_review(actor=ana, draft=a_draft(ana, "Refund"), change="material", reviewer=mo)
    set_clock(f"{playbook.verified_until - timedelta(days=10)}T10:00")

    with CaptureQueriesContext(connection) as captured:
        lines = dues(mo, Today.of(mo), 30)
    assert [(line.kind, line.title, line.act) for line in lines] == [
        ("Playbook", "Refund", "Review"),
        ("Playbook", "Duplicate charge", "Read"),
    ]
    assert sum("playbooks_" in query["sql"] for query in captured.captured_queries) == 1
    client.force_login(mo.user)
    shown = client.get("/my-day/").content.decode()
    assert "you are asked to review it" in shown
    assert "say whether it still holds" in shown
    assert dues(ana, Today.of(ana), 30) == []

    set_clock(f"{playbook.verified_until + timedelta(days=1)}T10:00")
    assert [line.group for line in dues(mo, Today.of(mo), 30)] == ["late", "today"]


def test_managers_see_what_expired_and_what_waits(ana, lee, mo, rae, harbour, set_clock):
    set_clock("2026-03-02T10:00")
    playbook = a_playbook(ana, lee)
    una = a_member(harbour, "Una", "manager", manager=mo)
    send_to_review(actor=ana, draft=a_draft(ana, "Refund"), change="material", reviewer=mo)
    set_clock(f"{playbook.verified_until + timedelta(days=1)}T10:00")

    def lines(member, of=needs_of_manager) -> list[str]:
        return [need.title for need in of(member, present(harbour)) if "playbook" in need.title]

    expected = ["1 playbook is not verified any more", "1 playbook waits long for a review"]
    assert lines(lee) == lines(mo, needs_of_leader) == expected
    assert lines(una) == []
    unverify(playbook=playbook, lapse="member.left")
    assert lines(lee)[0] == expected[0]
