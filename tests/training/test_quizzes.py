"""A quiz is begun, answered and handed in; the result says why, and what comes next."""

import json
import re
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import save_draft
from accounts.models import Draft
from tests.factories import a_member
from training.actions.enrolments import withdraw
from training.actions.entries import waive
from training.actions.programmes import publish_programme
from training.actions.questions import archive_question, change_question
from training.actions.quizzes import begin_try, hand_in
from training.models import Certificate, Enrolment, Entry, Item, Module, QuizTry

from .making import a_draft, a_process, a_question, a_quiz, an_enrolment, items_of, passed

pytestmark = pytest.mark.django_db

WHY = "Because nobody pays before looking."


def a_path(lee, ana, questions=None, **fields):
    """Ana on a path with a quiz: (enrolment, quiz)."""
    draft = a_draft(lee)
    asked = questions or [
        a_question(lee, "What comes first?", explanation=WHY),
        a_question(
            lee, "Which two are settled?", options=["A", "B", "C"], right=[0, 2], explanation="C was, too."
        ),
    ]
    a_quiz(lee, draft, asked, **fields)
    enrolment = an_enrolment(lee, ana, publish_programme(actor=lee, draft=draft).programme)
    return enrolment, next(item for item in items_of(enrolment) if item.kind == Item.Kind.QUIZ)


def of(enrolment, item, number=None) -> str:
    ids = [enrolment.id, item.id]
    return reverse("training:quiz_try", args=[*ids, number]) if number else reverse("training:quiz", args=ids)


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def answers(quiz_try: QuizTry, is_right: bool = True) -> dict[str, str]:
    """As the page sends them."""
    sent = {}
    for number, question in enumerate(quiz_try.asked["questions"], 1):
        places = {place for place, at in enumerate(question["order"]) if at in question["right"]}
        if not is_right:
            places = {next(place for place in range(len(question["order"])) if place not in places)}
        for place in places:
            several = len(question["right"]) > 1
            sent |= {f"q{number}_{place}": "on"} if several else {f"q{number}": str(place)}
    return sent


def places(quiz_try: QuizTry, is_right: bool = True) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for name, value in answers(quiz_try, is_right).items():
        number, _line, place = name[1:].partition("_")
        found.setdefault(int(number), []).append(int(place or value))
    return found


def tried(enrolment, item, is_right: bool) -> Entry:
    quiz_try = begin_try(actor=enrolment.member, enrolment=enrolment, item=item)
    return hand_in(actor=enrolment.member, quiz_try=quiz_try, chosen=places(quiz_try, is_right))


def test_it_fails_then_passes_and_says_why(ana, lee):
    enrolment, item = a_path(lee, ana)
    client, quiz = signed_in(ana), of(enrolment, item)
    with CaptureQueriesContext(connection) as captured:
        assert "Begin" in client.get(quiz).content.decode()
    assert len(captured) <= 15, [query["sql"] for query in captured]

    assert client.post(quiz).status_code == 302
    page = client.get(quiz).content.decode()
    assert "What comes first?" in page and "Several are right" in page
    quiz_try = QuizTry.objects.get()
    save_draft(actor=ana, place=f"quiz:{quiz_try.id}", content={"q1": "0"})

    answer = client.post(of(enrolment, item, 1), answers(quiz_try, is_right=False))
    assert answer["Location"] == of(enrolment, item, 1)
    result = client.get(of(enrolment, item, 1)).content.decode()
    assert WHY in result and "Not yet." in result and "0 of 2 right, 0 %" in result and "Try again" in result
    assert f'data-draft-taken="quiz:{quiz_try.id}"' in result
    assert not Draft.objects.filter(member=ana).exists()
    entry = Entry.objects.get()
    assert (entry.kind, entry.outcome, entry.by) == ("try", "not_yet", ana)
    assert entry.words and entry.next_step and entry.shown["score"] == 0

    client.post(quiz)
    second = QuizTry.objects.get(number=2)
    client.post(of(enrolment, item, 2), answers(second))
    result = client.get(of(enrolment, item, 2)).content.decode()
    assert "Passed." in result and "100 %" in result and "Try again" not in result and "Try 1" in result
    enrolment.refresh_from_db()
    assert enrolment.done == 1
    # Nothing is to be won by another one.
    client.post(quiz)
    assert QuizTry.objects.count() == 2
    assert "This quiz is passed." in client.get(quiz).content.decode()


def test_no_page_knows_what_is_right_before_it_is_handed_in(ana, lee):
    """Pages of two tries that differ only in what is right, and in why, are the same."""
    question = a_question(lee, "Which one?", options=["Xa", "Xb", "Xc"], right=[1], explanation=WHY)
    enrolment, item = a_path(lee, ana, [question])
    client = signed_in(ana)
    client.post(of(enrolment, item))
    kept = QuizTry.objects.get().asked

    def pages(right: int) -> list[str]:
        questions = [kept["questions"][0] | {"right": [right], "explanation": f"{WHY}{right}"}]
        QuizTry.objects.update(asked=kept | {"questions": questions})
        answered = [client.get(of(enrolment, item)), client.post(of(enrolment, item, 1), {})]
        answered.append(client.get(of(enrolment, item, 1), follow=True))
        return [
            re.sub(r'csrfmiddlewaretoken" value="\w+|nonce="\S+"', "", a.content.decode()) for a in answered
        ]

    first, second = pages(0), pages(2)
    assert "Which one?" in first[0] and WHY not in "".join(first)
    assert first == second


def test_what_is_not_answered_is_named_and_nothing_is_lost(ana, lee):
    enrolment, item = a_path(lee, ana)
    client = signed_in(ana)
    client.post(of(enrolment, item))
    sent = answers(QuizTry.objects.get())
    kept = {name: value for name, value in sent.items() if name.startswith("q1")}

    answer = client.post(of(enrolment, item, 1), kept | {"q2": "7", "q2_9": "on", "q99": "\x00"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Question 2 has no answer yet." in page
    assert len(re.findall(r"\bchecked\b", page)) == len(kept)
    assert not Entry.objects.exists() and QuizTry.objects.get().handed_in_at is None
    with pytest.raises(ValidationError):
        hand_in(actor=ana, quiz_try=QuizTry.objects.get(), chosen={1: [0], 2: [9]})


def test_a_try_that_was_handed_in_in_another_window_stays(ana, lee):
    enrolment, item = a_path(lee, ana)
    client = signed_in(ana)
    client.post(of(enrolment, item))
    client.post(of(enrolment, item))
    quiz_try = QuizTry.objects.get()
    client.post(of(enrolment, item, 1), answers(quiz_try, is_right=False))

    late = client.post(of(enrolment, item, 1), answers(quiz_try), follow=True)
    assert "handed in already" in late.content.decode()
    assert Entry.objects.get().outcome == "not_yet"
    assert hand_in(actor=ana, quiz_try=quiz_try, chosen=places(quiz_try)) == Entry.objects.get()


def test_the_next_try_waits_and_the_limit_is_said(ana, lee, set_clock):
    set_clock("2026-03-05T10:00")
    enrolment, item = a_path(lee, ana, tries=2, pause_hours=24)
    client = signed_in(ana)
    tried(enrolment, item, is_right=False)

    page = client.get(of(enrolment, item)).content.decode()
    assert "The next try is possible from Fri 6 Mar, 11:00 on: in 1 d." in page and "1 of 2 left" in page
    refused = client.post(of(enrolment, item), follow=True).content.decode()
    assert "Fri 6 Mar, 11:00" in refused and QuizTry.objects.count() == 1

    set_clock("2026-03-06T10:01")
    tried(enrolment, item, is_right=False)
    assert "All 2 tries are used up." in client.get(of(enrolment, item)).content.decode()
    with pytest.raises(ValidationError):
        begin_try(actor=ana, enrolment=enrolment, item=item)


def test_a_change_of_the_bank_changes_nothing_of_a_try(ana, lee):
    question = a_question(lee, "Who pays?", options=["We", "They"], right=[0], explanation="We do.")
    enrolment, item = a_path(lee, ana, [question])
    quiz_try = begin_try(actor=ana, enrolment=enrolment, item=item)
    chosen = places(quiz_try)

    change_question(
        actor=lee,
        question=question,
        version=1,
        text="Who pays now?",
        options=["Nobody", "All", "We"],
        right=[1],
    )
    client = signed_in(ana)
    assert "Who pays?" in client.get(of(enrolment, item)).content.decode()
    entry = hand_in(actor=ana, quiz_try=quiz_try, chosen=chosen)
    assert entry.outcome == "passed"
    archive_question(actor=lee, question=question)
    page = client.get(of(enrolment, item, 1)).content.decode()
    assert "Who pays?" in page and "We do." in page and "Who pays now?" not in page
    assert entry.shown["questions"][0]["text"] == "Who pays?" and entry.shown["seed"]


def test_a_quiz_of_a_module_that_waits_is_not_begun(ana, lee):
    draft = a_draft(lee)
    quiz = a_quiz(lee, draft, [a_question(lee)])
    first, second = draft.modules.all()[:2]
    Module.objects.filter(id=first.id).update(needs=[second.key])
    enrolment = an_enrolment(lee, ana, publish_programme(actor=lee, draft=draft).programme)
    client = signed_in(ana)

    page = client.get(of(enrolment, quiz)).content.decode()
    assert f"After: {second.title}." in page and "Begin" not in page
    client.post(of(enrolment, quiz))
    assert not QuizTry.objects.exists()
    for item in second.items.all():
        passed(enrolment, item, lee)
    client.post(of(enrolment, quiz))
    assert QuizTry.objects.get().item == quiz
    with CaptureQueriesContext(connection) as captured:
        client.get(of(enrolment, quiz))
    assert len(captured) <= 15


def test_it_draws_some_and_never_archived_ones(ana, lee):
    asked = [a_question(lee, f"Question {n}?") for n in range(6)]
    enrolment, item = a_path(lee, ana, asked, draws=3)
    archive_question(actor=lee, question=asked[0])

    texts = [each["text"] for each in begin_try(actor=ana, enrolment=enrolment, item=item).asked["questions"]]
    assert len(set(texts)) == 3 and "Question 0?" not in texts
    QuizTry.objects.all().delete()
    for question in asked[1:]:
        archive_question(actor=lee, question=question)
    client = signed_in(ana)
    assert "All questions of this quiz are archived" in client.get(of(enrolment, item)).content.decode()
    assert "All questions" in client.post(of(enrolment, item), follow=True).content.decode()


def test_a_quiz_completes_the_process_and_certifies(ana, lee, mo):
    a_process(lee, mo, level="aware")
    draft = a_draft(lee)
    process = draft.modules.get(kind="process")
    quiz = a_quiz(lee, draft, [a_question(lee)])
    Item.objects.filter(id=quiz.id).update(module=process, position=9)
    enrolment = an_enrolment(lee, ana, publish_programme(actor=lee, draft=draft).programme)
    for item in items_of(enrolment):
        if item.kind != Item.Kind.QUIZ:
            passed(enrolment, item, lee)
    enrolment.refresh_from_db()
    assert enrolment.is_active and not Certificate.objects.exists()

    tried(enrolment, Item.objects.get(id=quiz.id), is_right=True)
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.COMPLETED and Certificate.objects.get().member == ana
    client = signed_in(ana)
    assert client.get(of(enrolment, quiz)).status_code == 200
    assert client.post(of(enrolment, quiz)).status_code == 403


def test_only_the_trainee_takes_it_and_who_sees_the_path_reads_it(ana, lee, zed, harbour):
    enrolment, item = a_path(lee, ana)
    cleo = a_member(harbour, "Cleo", manager=lee)
    signed_in(ana).post(of(enrolment, item))
    quiz_try = QuizTry.objects.get()

    above = signed_in(lee)
    page = above.get(of(enrolment, item)).content.decode()
    assert "What comes first?" not in page and "Try 1 is open" in page
    assert above.get(of(enrolment, item, 1)).status_code == 404
    assert above.post(of(enrolment, item)).status_code == 403
    assert above.post(of(enrolment, item, 1), answers(quiz_try)).status_code == 403
    for stranger in (signed_in(cleo), signed_in(zed)):
        for address in (of(enrolment, item), of(enrolment, item, 1)):
            assert stranger.get(address).status_code == stranger.post(address).status_code == 404
    for other in (lee, zed):
        with pytest.raises((ValidationError, Enrolment.DoesNotExist)):
            hand_in(actor=other, quiz_try=quiz_try, chosen=places(quiz_try))

    signed_in(ana).post(of(enrolment, item, 1), answers(quiz_try))
    assert WHY in above.get(of(enrolment, item, 1)).content.decode()
    no_quiz = next(each for each in items_of(enrolment) if each.kind != Item.Kind.QUIZ)
    assert signed_in(ana).get(of(enrolment, no_quiz)).status_code == 404
    assert signed_in(ana).get(of(enrolment, item, 99999)).status_code == 302


def test_a_waived_or_given_up_quiz_is_not_begun(ana, lee):
    enrolment, item = a_path(lee, ana)
    waive(actor=lee, enrolment=enrolment, item=item, reason="Knows it")
    page = signed_in(ana).get(of(enrolment, item)).content.decode()
    assert "was waived" in page and "Begin" not in page
    with pytest.raises(ValidationError):
        begin_try(actor=ana, enrolment=enrolment, item=item)
    withdraw(actor=lee, enrolment=enrolment, reason="Left")
    assert signed_in(ana).post(of(enrolment, item)).status_code == 403


def test_what_was_shown_may_be_erased(ana, lee):
    enrolment, item = a_path(lee, ana)
    tried(enrolment, item, is_right=True)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL cs.erasing = 'on'")
        Entry.objects.update(shown=None)
    assert "is erased" in signed_in(ana).get(of(enrolment, item, 1)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_windows_begin_the_same_try(ana, lee):
    enrolment, item = a_path(lee, ana)
    found, problems = [], []

    def begin():
        try:
            found.append(begin_try(actor=ana, enrolment=enrolment, item=item).id)
        except Exception as error:  # noqa: BLE001 - told below
            problems.append(error)
        finally:
            connection.close()

    windows = [Thread(target=begin) for _ in range(4)]
    for each in windows:
        each.start()
    for each in windows:
        each.join()

    assert not problems and len(found) == 4 and len(set(found)) == 1
    assert json.dumps(QuizTry.objects.get().asked)
