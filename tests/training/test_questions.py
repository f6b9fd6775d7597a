"""The bank of questions: found, written, refused by name, archived, flagged by a change of the playbook."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import Activity
from customers.actions.conflict import EditConflict
from tests.playbooks.making import a_playbook
from training.actions.programmes import open_draft, publish_programme
from training.actions.questions import add_question, change_question, confirm_question, flag_questions
from training.models import Question
from training.queries.questions import Hardness, hardness_of

from .making import a_draft, a_question, a_quiz, an_enrolment
from .test_quizzes import a_path, tried

pytestmark = pytest.mark.django_db

BANK = "/training/questions/"


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def form(**fields) -> dict[str, str]:
    rows = {"option-0": "Look", "option-1": "Promise", "option-2": "", "right-0": "on"}
    return (
        rows
        | {"text": "What comes first?", "explanation": "Look first.", "playbook": "", "step": ""}
        | fields
    )


def test_it_writes_changes_and_archives_a_question(lee, mo):
    client, playbook = signed_in(lee), a_playbook(lee, mo)
    about = {"playbook": playbook.id, "step": "say"}
    assert client.post(f"{BANK}new/", form(**about)).status_code == 302
    question = Question.objects.get()
    assert (question.options, question.right, question.step) == (["Look", "Promise"], [0], "say")
    assert (question.playbook, question.author, question.version) == (playbook, lee, 1)
    listed = client.get(BANK).content.decode()
    assert "What comes first?" in listed and "Say what you see" in listed and "In 0 quizzes" in listed

    page = f"{BANK}{question.id}/"
    assert "Say what you see" in client.get(page).content.decode()
    changed = form(version="1", **about) | {"right-1": "on"}
    assert client.post(page, changed).status_code == 302
    question.refresh_from_db()
    assert (question.right, question.version) == ([0, 1], 2)
    # Somebody who looked at the first version.
    stale = client.post(page, form(version="1", text="My words"))
    assert stale.status_code == 422 and "My words" in stale.content.decode()
    # The same words again are no change.
    client.post(page, changed | {"version": "2"})
    question.refresh_from_db()
    assert question.version == 2

    assert "Undo" in client.post(f"{page}archiving/", follow=True).content.decode()
    assert "What comes first?" not in client.get(BANK).content.decode()
    assert "What comes first?" in client.get(BANK, {"state": "archived"}).content.decode()
    client.post(f"{page}restoration/")
    question.refresh_from_db()
    assert question.archived_at is None
    verbs = Activity.objects.filter(subject_type="question").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["question.added", "question.changed", "question.archived", "question.restored"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"right-0": None}, "“What comes first?”: no option is right."),
        ({"option-1": ""}, "“What comes first?”: it needs at least two options."),
        ({"option-1": "look "}, "two options say the same."),
        ({"right-2": "on"}, "Option 3 is right, but has no text."),
        ({"option-1": "x" * 501}, "Option 2 is longer than 500 characters."),
        ({"option-1": "a\x00b"}, "Option 2 has a sign that cannot be kept."),
        ({"text": " "}, "This field is required."),
        ({"text": "x" * 2001}, "at most 2000 characters"),
        ({"playbook": "999999"}, "Select a valid choice."),
        ({"step": "nowhere"}, "Select a valid choice."),
        ({"version": "x"}, "Enter a whole number."),
    ],
)
def test_it_refuses_by_name_what_could_not_be_asked(lee, fields, words):
    sent = {name: value for name, value in (form() | fields).items() if value is not None}
    answer = signed_in(lee).post(f"{BANK}new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert sent["explanation"] in page and not Question.objects.exists()


def test_an_action_refuses_what_a_form_could_not_send(lee, mo, zed):
    playbook = a_playbook(lee, mo)
    good = {"text": "Who?", "options": ["A", "B"], "right": [0]}
    for bad, name in (
        ({"right": [2]}, "options"),
        ({"options": ["A", " "]}, "options"),
        ({"options": [str(n) for n in range(11)]}, "options"),
        ({"step": "say"}, "step"),
        ({"playbook": playbook, "step": "gone"}, "step"),
    ):
        with pytest.raises(ValidationError) as refused:
            add_question(actor=lee, **(good | bad))
        assert name in refused.value.message_dict
    with pytest.raises(ValidationError) as refused:
        add_question(actor=zed, **good, playbook=playbook)
    assert "playbook" in refused.value.message_dict
    question = add_question(actor=lee, **good)
    with pytest.raises(EditConflict):
        change_question(actor=lee, question=question, version=9, text="Whom?")
    with pytest.raises(Question.DoesNotExist):
        change_question(actor=zed, question=question, version=1, text="Whom?")


def test_options_are_added_and_taken_out_without_a_script(lee, mo):
    client, playbook = signed_in(lee), a_playbook(lee, mo)
    page = client.post(f"{BANK}new/", form(do="add")).content.decode()
    assert 'name="option-3"' in page and 'value="Promise"' in page and "Look first." in page
    page = client.post(f"{BANK}new/", form(do="out:0")).content.decode()
    assert 'value="Look"' not in page and 'value="Promise"' in page
    page = client.post(f"{BANK}new/", form(do="steps", playbook=playbook.id)).content.decode()
    assert "Find both payments" in page
    assert client.post(f"{BANK}new/", form(do="out:99")).status_code == 200
    assert not Question.objects.exists()


def test_it_finds_by_words_playbook_and_state(lee, mo):
    playbook = a_playbook(lee, mo)
    a_question(lee, "Who pays the second time?", playbook=playbook)
    a_question(lee, "What is greeted?", options=["Everybody", "Nobody"])
    client = signed_in(lee)

    def found(**query) -> set[str]:
        page = client.get(BANK, query).content.decode()
        return {word for word in ("second time", "greeted") if word in page}

    assert found() == {"second time", "greeted"}
    assert found(q="PAYS second") == {"second time"} and found(q="everybody") == {"greeted"}
    assert found(playbook=playbook.id) == {"second time"} and found(state="flagged") == set()
    assert found(q="%\x00", playbook="x" * 30, state="?", page="x") == set()
    assert "Show all" in client.get(BANK, {"q": "nothing"}).content.decode()


def test_a_material_change_flags_until_somebody_has_looked(lee, mo):
    playbook, other = a_playbook(lee, mo), a_playbook(lee, mo, "Refund")
    question, second = (a_question(lee, f"{n}?", playbook=playbook) for n in range(2))
    a_question(lee, "Not this", playbook=other)
    assert set(flag_questions(playbook=playbook, number=2)) == {question.id, second.id}
    client = signed_in(lee)
    page = client.get(BANK).content.decode()
    assert "2 questions are to be looked at" in page and "Looked at, still right" in page

    client.post(f"{BANK}{question.id}/confirmation/")
    question.refresh_from_db()
    assert question.flagged_at is None and question.version == 1
    confirm_question(actor=lee, question=question)
    # The same change, heard of twice, flags nothing again; the next one does.
    assert flag_questions(playbook=playbook, number=2) == []
    assert flag_questions(playbook=playbook, number=3) == [question.id]
    # Who writes it anew has looked at it.
    change_question(actor=lee, question=question, version=1, text="0, anew?")
    question.refresh_from_db()
    assert question.flagged_at is None


def test_it_says_how_hard_a_question_is_from_ten_answers_on(ana, lee):
    question = a_question(lee)
    enrolment, item = a_path(lee, ana, [question])
    for _ in range(9):
        tried(enrolment, item, is_right=False)
    client = signed_in(lee)
    assert "9 answers, too few to tell" in client.get(BANK).content.decode()
    tried(enrolment, item, is_right=True)
    page = client.get(BANK).content.decode()
    assert "10 % right, n 10" in page and "In 1 quiz" in page
    assert "Path for reps" in client.get(f"{BANK}{question.id}/").content.decode()

    change_question(actor=lee, question=question, version=1, right=[1])
    assert hardness_of(lee.company_id, [question.id]) == {}
    assert Hardness(9, 9).share is None and Hardness(3 * 10, 10).share == 33


def test_a_draft_of_the_same_programme_counts_a_quiz_once(ana, lee):
    question = a_question(lee)
    draft = a_draft(lee)
    a_quiz(lee, draft, [question])
    programme = publish_programme(actor=lee, draft=draft).programme
    open_draft(actor=lee, programme=programme)
    an_enrolment(lee, ana, programme)
    assert "In 1 quiz" in signed_in(lee).get(BANK).content.decode()


def test_the_bank_is_for_who_sets_up_and_of_one_company(ana, lee, zed):
    question = a_question(lee)
    pages = [BANK, f"{BANK}new/", f"{BANK}{question.id}/"]
    deeds = [f"{BANK}{question.id}/{deed}/" for deed in ("archiving", "restoration", "confirmation")]
    rep, stranger = signed_in(ana), signed_in(zed)
    assert (
        {rep.get(page).status_code for page in pages}
        == {rep.post(deed).status_code for deed in deeds}
        == {403}
    )
    assert stranger.get(pages[2]).status_code == 404
    assert {stranger.post(deed).status_code for deed in deeds} == {404}
    assert "What comes first?" not in stranger.get(reverse("training:questions")).content.decode()
