"""The page of a path, its items and what is said of them, the list of paths, and what waits for a word."""

from datetime import date, timedelta

import pytest

from playbooks.models import Playbook
from tests.factories import a_member, a_ticket
from training.actions.entries import ask_for, judge
from training.actions.programmes import publish_programme, take_draft
from training.models import Enrolment, Entry, Module, TrainingSettings

from .making import a_draft, a_process, a_programme, an_enrolment, items_of, passed

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)


@pytest.fixture
def path(ana, lee, mo, set_clock):
    """Ana's path with a process, begun on a Monday; today is its third day."""
    set_clock("2026-11-02T09:00")
    a_process(lee, mo)
    enrolment = an_enrolment(lee, ana, starts_on=MONDAY)
    set_clock("2026-11-04T09:00")
    return enrolment


def of_kind(enrolment, kind):
    return next(item for item in items_of(enrolment) if item.kind == kind)


def page_of(enrolment, item=None, deed="") -> str:
    at = f"/training/paths/{enrolment.id}/"
    at = f"{at}items/{item.id}/" if item else at
    return f"{at}{deed}/" if deed else at


def read(client, member, url, status=200) -> str:
    client.force_login(member.user)
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def send(client, who, url, **data):
    client.force_login(who.user)
    return client.post(url, data)


# --- The page of a path -------------------------------------------------------------------------------------------


def test_a_trainee_finds_what_is_to_be_done_today(client, ana, path):
    page = read(client, ana, "/training/")

    assert "Week 1 of " in page
    assert "Tone, and the first ten seconds" in page
    assert "was due 2 Nov" in page
    assert "2 parts behind" in page
    assert "Waive a part" not in page


def test_states_follow_from_what_happened(client, ana, lee, path):
    lesson, role_play = of_kind(path, "lesson"), of_kind(path, "role_play")
    passed(path, lesson, lee)
    said = {"words": "Too slow", "next_step": "Again with a timer"}
    judge(actor=lee, enrolment=path, item=role_play, outcome="not_yet", **said)
    page = read(client, ana, page_of(path))

    for words in ("Read", "Not yet", "Too slow", "Again with a timer"):
        assert words in page
    path.refresh_from_db()
    assert f"{path.done} of {path.total}" in page


def test_a_module_waits_for_what_comes_first_and_a_process_for_its_playbook(client, ana, lee, mo, set_clock):
    set_clock("2026-11-02T09:00")
    a_process(lee, mo)
    draft = a_draft(lee)
    draft = take_draft(actor=lee, draft=draft, edits=None)
    first, second = draft.modules.order_by("position")[:2]
    Module.objects.filter(id=second.id).update(needs=[first.key])
    enrolment = an_enrolment(lee, ana, publish_programme(actor=lee, draft=draft).programme, MONDAY)
    checklist = of_kind(enrolment, "checklist")

    page = read(client, ana, page_of(enrolment))
    assert f"After: {first.title}" in page and "Later" in page
    refused = send(client, ana, page_of(enrolment, checklist, "done"), checks=["0", "1", "2", "3"])
    assert refused.status_code == 422 and not Entry.objects.exists()

    for item in items_of(enrolment):
        if item.module_id == first.id:
            passed(enrolment, item, lee)
    assert f"After: {first.title}" not in read(client, ana, page_of(enrolment))

    Playbook.objects.update(verified_until=date(2026, 11, 1))
    page = read(client, ana, page_of(enrolment))
    assert "On hold" in page and "Playbook expired 1 Nov" in page


def test_the_manager_judges_beside_the_path(client, ana, lee, mo, zed, path):
    role_play = of_kind(path, "role_play")
    ask_for(actor=ana, enrolment=path, item=role_play, words="Please play the caller")
    page = read(client, lee, page_of(path))

    assert "One sign-off waits for you." in page and "Please play the caller" in page
    url = page_of(path, role_play, "judgement")
    for lacking in ({}, {"outcome": "not_yet", "words": "Slow"}, {"outcome": "not_yet", "next_step": "x"}):
        answer = send(client, lee, url, **lacking)
        assert answer.status_code == 422
    assert "Slow" in send(client, lee, url, outcome="not_yet", words="Slow").content.decode()
    assert send(client, ana, url, outcome="passed").status_code == 403
    assert send(client, zed, url, outcome="passed").status_code == 404
    assert Entry.objects.filter(kind="judged").count() == 0

    assert send(client, lee, url, outcome="passed", checks=["0", "2"]).status_code == 302
    entry = Entry.objects.get(kind="judged")
    assert (entry.by, entry.outcome, entry.checks) == (lee, "passed", [0, 2])
    assert "One sign-off waits" not in read(client, lee, page_of(path))


# --- Items --------------------------------------------------------------------------------------------------------


def test_a_lesson_shows_the_playbook_as_it_is_today_and_is_read(client, ana, lee, path):
    lesson = [item for item in items_of(path) if item.kind == "lesson"][-1]
    page = read(client, ana, page_of(path, lesson))

    assert "Say what you see" in page and "I can see two payments." in page
    assert "https:" in client.get(page_of(path, lesson))["Content-Security-Policy"]
    assert send(client, lee, page_of(path, lesson, "done")).status_code == 403
    assert send(client, ana, page_of(path, lesson, "done")).status_code == 302
    assert "I have read it" not in read(client, ana, page_of(path, lesson))
    # Said twice, it is said once.
    send(client, ana, page_of(path, lesson, "done"))
    assert Entry.objects.filter(item=lesson).count() == 1


def test_every_line_of_a_checklist_is_ticked(client, ana, path):
    checklist = of_kind(path, "checklist")
    url = page_of(path, checklist, "done")

    answer = send(client, ana, url, checks=["0", "1"])
    assert answer.status_code == 422
    assert answer.content.decode().count("checked") == 2
    assert send(client, ana, url, checks=["0", "1", "2", "9"]).status_code == 422
    assert send(client, ana, url, checks=["0", "1", "2", "3"]).status_code == 302


def test_a_sign_off_is_asked_for_with_tickets(client, ana, lee, zed, path):
    sign_off = of_kind(path, "sign_off")
    ticket, theirs = a_ticket(ana, subject="Charged twice"), a_ticket(zed)
    url = page_of(path, sign_off, "asking")

    for number in ("INC999999", theirs.external_id if theirs.external_id != ticket.external_id else "X1"):
        answer = send(client, ana, url, words="Look", tickets=number)
        assert answer.status_code == 422
        assert number in answer.content.decode() and "Look" in answer.content.decode()
    assert send(client, ana, url, words="Look", tickets=f"{ticket.external_id} , ").status_code == 302
    assert Entry.objects.get(kind="asked").tickets == [ticket.id]
    page = read(client, lee, page_of(path, sign_off))
    assert f"/tickets/{ticket.id}/" in page and "Followed the playbook without help" in page


def test_an_assignment_is_handed_in_with_words(client, ana, path):
    assignment = of_kind(path, "assignment")
    url = page_of(path, assignment, "asking")

    assert send(client, ana, url, words=" ").status_code == 422
    assert send(client, ana, url, words="What I lived").status_code == 302
    page = read(client, ana, page_of(path, assignment))
    assert "What I lived" in page and "You have asked." in page and "Hand it in" not in page


def test_the_partners_words_are_for_whoever_judges(client, ana, lee, path):
    role_play = of_kind(path, "role_play")

    assert role_play.partner not in read(client, ana, page_of(path, role_play))
    assert "Call as somebody in a hurry" in read(client, lee, page_of(path, role_play))


def test_a_part_is_waived_with_a_reason(client, ana, lee, zed, path):
    item = of_kind(path, "ride_along")
    url = page_of(path, deed="waiver")

    assert send(client, lee, url, item=item.id).status_code == 422
    assert send(client, ana, url, item=item.id, reason="I know it").status_code == 403
    assert send(client, zed, url, item=item.id, reason="x").status_code == 404
    assert send(client, lee, url, item=2**31 - 1, reason="x").status_code == 422
    assert send(client, lee, url, item=item.id, reason="Did it for years").status_code == 302
    assert "Waived" in read(client, ana, page_of(path))


def test_an_item_of_another_path_is_not_there(client, ana, lee, mo, path):
    other = an_enrolment(mo, lee, a_programme(mo, "Path for managers", role="manager"))
    client.force_login(ana.user)

    assert client.get(page_of(other)).status_code == 404
    assert client.get(page_of(path, items_of(other)[0])).status_code == 404


# --- Lists --------------------------------------------------------------------------------------------------------


def test_who_is_on_no_path_reads_why(client, ana):
    assert "You are on no path yet" in read(client, ana, "/training/")


def test_managers_read_the_paths_of_their_people(client, harbour, ana, lee, mo, path, set_clock):
    una = a_member(harbour, "Una", "manager", manager=mo)
    set_clock("2026-11-12T09:00")
    page = read(client, lee, "/training/")

    assert "Ana" in page and "parts behind" in page
    assert "Ana" not in read(client, una, "/training/")
    assert "Ana" in read(client, mo, "/training/")
    assert "No path is like this" in read(client, mo, "/training/?state=completed")
    assert "Ana" in read(client, mo, f"/training/?programme={path.version.programme_id}&state=active")
    sheet = b"".join(client.get("/training/paths.csv").streaming_content).decode()
    assert "ana@harbour.example" in sheet
    client.force_login(ana.user)
    assert client.get("/training/paths.csv").status_code == 403


def test_somebody_is_put_on_a_path_by_hand(client, ana, lee, mo, harbour, zed, set_clock):
    set_clock("2026-11-04T09:00")
    programme = a_programme(lee)
    TrainingSettings.objects.create(company=harbour, holidays=[date(2026, 11, 5)])
    url, said = "/training/paths/new/", {"programme": programme.id}

    for name in ("lee@harbour.example", "zed@elsewhere.example", "mo@harbour.example", ""):
        assert send(client, lee, url, **said, member=name).status_code == 422
    assert send(client, ana, url, **said, member="lee@harbour.example").status_code == 403
    assert send(client, zed, url, **said, member="zed@elsewhere.example").status_code == 422
    client.force_login(lee.user)
    answer = client.post(url, said | {"member": "Ana", "starts_on": "2026-11-05"}, follow=True)
    assert "Nobody works on that day." in answer.content.decode()
    enrolment = Enrolment.objects.get()
    assert (enrolment.member, enrolment.starts_on) == (ana, date(2026, 11, 6))
    assert "on this path already" in send(client, lee, url, **said, member="Ana").content.decode()

    off = page_of(enrolment, deed="withdrawal")
    assert send(client, lee, off).status_code == 422
    assert send(client, ana, off, reason="No").status_code == 403
    assert send(client, lee, off, reason="Moves to sales").status_code == 302
    assert "Moves to sales" in read(client, ana, "/training/")
    client.force_login(lee.user)
    answer = client.post(url, said | {"member": "Ana", "starts_on": "2026-10-01"}, follow=True)
    assert "lies in the past" in answer.content.decode()
    assert Enrolment.objects.going().get().starts_on == date(2026, 11, 4)


def test_what_waits_for_a_word_stands_oldest_first(client, harbour, ana, lee, mo, path, set_clock):
    una = a_member(harbour, "Una", "manager", manager=mo)
    sign_off, role_play = of_kind(path, "sign_off"), of_kind(path, "role_play")
    ask_for(actor=ana, enrolment=path, item=sign_off)
    set_clock("2026-11-05T09:00")
    ask_for(actor=ana, enrolment=path, item=role_play)

    page = read(client, lee, "/training/signoffs/")
    assert page.index(sign_off.title) < page.index(role_play.title)
    assert "Nothing waits" in read(client, una, "/training/signoffs/")
    assert "Nothing waits" in read(client, ana, "/training/signoffs/")
    day = read(client, lee, "/my-day/")
    assert sign_off.title in day and "Ana asks for it" in day
    judge(actor=lee, enrolment=path, item=sign_off, outcome="passed")
    assert sign_off.title not in read(client, lee, "/training/signoffs/")
    assert sign_off.title not in read(client, lee, "/my-day/")


def test_my_day_holds_what_is_due_on_the_path(client, ana, lee, path):
    day = read(client, ana, "/my-day/")
    assert "Tone, and the first ten seconds" in day
    passed(path, of_kind(path, "lesson"), lee)
    assert "Tone, and the first ten seconds" not in read(client, ana, "/my-day/")


@pytest.mark.parametrize("day", [timedelta(0), timedelta(days=30)])
def test_a_path_that_has_not_begun_says_when(client, ana, lee, set_clock, day):
    set_clock("2026-11-02T09:00")
    enrolment = an_enrolment(lee, ana, starts_on=MONDAY + day)
    page = read(client, ana, page_of(enrolment))
    assert ("Starts on" in page) == bool(day)
