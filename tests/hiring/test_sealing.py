"""Who may read a scorecard, of all combinations of those that are in."""

from itertools import product
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, connection, transaction

from hiring.actions.candidates import add_candidate_note
from hiring.actions.interviews import cancel_interview, change_panel
from hiring.actions.scorecards import declare_no_conflict, excuse_scorecard, save_scorecard
from hiring.models import PanelRole, Rating, Scorecard
from hiring.queries.sealing import (
    is_debrief_open,
    progress_of,
    readable_cards,
    readable_notes,
    sealed_authors,
    settled_cards,
)
from tests.factories import a_member
from tests.hiring.making import a_card, a_sheet, an_application, an_interview, scored

pytestmark = pytest.mark.django_db
ROLES = (PanelRole.LEAD, PanelRole.SCORER, PanelRole.SCORER, PanelRole.SHADOW)


@pytest.fixture
def cast(harbour, ana, lee, mo, rae, zed):
    return SimpleNamespace(company=harbour, ana=ana, lee=lee, mo=mo, rae=rae, zed=zed)


@pytest.fixture
def panel(cast):
    """A panel of four with everybody's scorecard begun; an admin is on it."""
    people = [cast.lee, cast.rae, *(a_member(cast.company, f"Scorer{n}") for n in (1, 2))]
    application = an_application(cast.mo)
    interview = an_interview(cast.mo, application, dict(zip(people, ROLES, strict=True)))
    cards = [a_card(interview, member) for member in people]
    for number, card in enumerate(cards):
        declare_no_conflict(actor=card.member, card=card)
        save_scorecard(actor=card.member, card=card, sheet=a_sheet(card, words=f"secret {number}"), edits=0)
        card.refresh_from_db()
    return application, cards


@pytest.mark.parametrize("submitted", list(product((False, True), repeat=4)))
def test_it_is_sealed_until_the_own_one_is_in(cast, panel, submitted):
    application, cards = panel
    for card, is_in in zip(cards, submitted, strict=True):
        if is_in:
            scored(card)
    all_in = {card.id for card, is_in in zip(cards, submitted, strict=True) if is_in}

    for card, is_in in zip(cards, submitted, strict=True):
        expected = all_in | {card.id} if is_in else {card.id}
        assert set(readable_cards(card.member).values_list("id", flat=True)) == expected
    read_by_leader = set(readable_cards(cast.mo).values_list("id", flat=True))
    assert read_by_leader == (all_in if all(submitted) else set())
    assert not readable_cards(cast.ana).exists() and not readable_cards(cast.zed).exists()
    assert is_debrief_open(application) == all(submitted)
    assert settled_cards(cast.company.id).count() == (4 if all(submitted) else 0)
    (progress,) = progress_of(cast.company.id, [application.id]).values()
    assert (progress.submitted, progress.total) == (len(all_in), 4)


def test_it_opens_when_the_rest_are_excused(cast, panel):
    application, cards = panel
    for card in cards[:3]:
        scored(card)
    excuse_scorecard(actor=cast.mo, card=cards[3], why="Ill")

    assert is_debrief_open(application)
    # What was written on the one that was excused stays with its writer.
    assert set(readable_cards(cast.mo)) == set(cards[:3])
    assert cards[3] in readable_cards(cards[3].member)


def test_a_new_panel_reads_nothing_of_an_earlier_one(cast, panel):
    application, cards = panel
    for card in cards:
        scored(card)
    later = a_member(cast.company, "Later")
    an_interview(cast.mo, application, {later: PanelRole.LEAD}, kind="screen")

    assert not readable_cards(later).filter(state="submitted").exists()
    # Who saw them before goes on seeing them.
    assert readable_cards(cast.mo).count() == 4
    assert not is_debrief_open(application)


def test_notes_of_the_panel_are_sealed_too(cast, panel):
    application, cards = panel
    lead = cards[0].member
    add_candidate_note(actor=lead, application=application, text="Blames others")
    add_candidate_note(actor=cast.mo, application=application, text="Can start in March")

    assert readable_notes(cards[1].member).values_list("text", flat=True).get() == "Can start in March"
    assert readable_notes(cast.mo).count() == 1
    scored(cards[0])
    scored(cards[1])
    assert readable_notes(cards[1].member).count() == 2
    assert readable_notes(cast.mo).count() == 1


@pytest.mark.parametrize("submitted", list(product((False, True), repeat=4)))
def test_a_page_and_a_list_seal_the_same_notes(cast, panel, submitted):
    application, cards = panel
    for card, is_in in zip(cards, submitted, strict=True):
        add_candidate_note(actor=card.member, application=application, text="Blames others")
        if is_in:
            scored(card)
    if not submitted[0]:
        excuse_scorecard(actor=cast.mo, card=cards[0], why="Ill")
    add_candidate_note(actor=cast.mo, application=application, text="Can start in March")

    for reader in (cast.mo, *(card.member for card in cards)):
        sealed = sealed_authors(reader, application, Scorecard.objects.filter(application=application))
        read = set(application.notes.exclude(author_id__in=sealed))
        assert read == set(readable_notes(reader))


def test_nobody_reads_the_own_file(cast, panel):
    application, _cards = panel
    application.candidate.member = cast.mo
    application.candidate.save()

    assert type(application).objects.visible_to(cast.rae).exists()
    assert not type(application).objects.visible_to(cast.mo).exists()


def test_the_database_keeps_a_submitted_scorecard(cast, panel):
    _application, cards = panel
    card = scored(cards[0])
    rating = card.ratings.first()
    statements = (
        f"UPDATE hiring_rating SET value = 1 WHERE id = {rating.id}",
        f"DELETE FROM hiring_rating WHERE id = {rating.id}",
        f"UPDATE hiring_sign SET quote = 'x' WHERE scorecard_id = {card.id}",
        f"UPDATE hiring_scorecard SET recommendation = 'no' WHERE id = {card.id}",
        f"UPDATE hiring_scorecard SET state = 'draft', submitted_at = NULL WHERE id = {card.id}",
        f"DELETE FROM hiring_scorecard WHERE id = {card.id}",
    )
    for statement in statements:
        with (
            pytest.raises(InternalError, match="submitted scorecard"),
            transaction.atomic(),
            connection.cursor() as c,
        ):
            c.execute(statement)


def test_somebody_who_scored_stays_on_the_panel(cast, panel):
    _application, cards = panel
    interview = cards[0].interview
    scored(cards[0])
    with pytest.raises(ValidationError, match="is in and stays"):
        change_panel(actor=cast.mo, interview=interview, panel={cards[1].member_id: PanelRole.LEAD})

    change_panel(actor=cast.mo, interview=interview, panel={card.member_id: card.role for card in cards[:2]})
    assert Scorecard.objects.get(id=cards[2].id).state == "excused"
    cancel_interview(actor=cast.mo, interview=interview)
    assert [Scorecard.objects.get(id=card.id).state for card in cards[:2]] == ["submitted", "excused"]
    assert Rating.objects.filter(scorecard=cards[0]).exists()
