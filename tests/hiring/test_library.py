"""The library: attributes with anchors, the bank of questions, kits with versions."""

import pytest

from accounts.models import Activity
from hiring.actions.attributes import change_attribute
from hiring.actions.library import make_kit, stock_library
from hiring.actions.questions import change_question
from hiring.models import Attribute, Kit, KitVersion, Question
from hiring.queries.library import kit_page, kits_to_choose, question_bank

from .making import a_requisition, an_application, an_interview

pytestmark = pytest.mark.django_db
URL = "/hiring/library/"
ANCHORS = {"anchor_1": "Says nothing", "anchor_3": "Says something", "anchor_5": "Says it all"}


@pytest.fixture
def lees(client, lee):
    stock_library(company_id=lee.company_id)
    client.force_login(lee.user)
    return client


@pytest.fixture
def drive(lees, lee):
    return Attribute.objects.get(company=lee.company, key="drive")


def test_a_company_without_a_library_begins_with_one(client, lee):
    client.force_login(lee.user)
    assert "Nothing here yet" in client.get(URL).content.decode()
    page = client.post(f"{URL}stocking/", follow=True).content.decode()

    for name in ("Drive", "Coachability", "Positivity", "Empathy", "Front line", "Manager"):
        assert name in page
    client.post(f"{URL}stocking/")
    assert Kit.objects.count() == 4


def test_reps_keep_no_library(client, ana):
    client.force_login(ana.user)

    assert client.get(URL).status_code == 403


# --- Attributes ---------------------------------------------------------------------------------------------------


def test_an_attribute_is_added_changed_archived_and_brought_back(lees, lee):
    lees.post(f"{URL}attributes/new/", ANCHORS | {"name": "Curiosity"})
    made = Attribute.objects.get(name="Curiosity")
    assert made.position == 8
    lees.post(f"{URL}attributes/{made.id}/", ANCHORS | {"name": "Curious", "version": "1"})
    made.refresh_from_db()
    assert (made.name, made.version) == ("Curious", 2)

    page = lees.post(f"{URL}attributes/{made.id}/archiving/", follow=True).content.decode()
    assert f'action="{URL}attributes/{made.id}/restoration/"' in page
    lees.post(f"{URL}attributes/{made.id}/restoration/")
    made.refresh_from_db()
    assert made.archived_at is None
    verbs = Activity.objects.filter(subject_type="attribute", subject_id=made.id).order_by("id")
    assert [row.verb.split(".")[1] for row in verbs] == ["added", "changed", "archived", "restored"]


def test_two_attributes_have_two_names_and_a_stale_page_changes_nothing(lees, drive):
    taken = lees.post(f"{URL}attributes/new/", ANCHORS | {"name": "Drive"})
    assert (taken.status_code, "of this name already" in taken.content.decode()) == (422, True)
    stale = lees.post(f"{URL}attributes/{drive.id}/", ANCHORS | {"name": "Drive", "version": "7"})
    assert (stale.status_code, "changed this meanwhile" in stale.content.decode()) == (422, True)


# --- Questions ----------------------------------------------------------------------------------------------------


def a_question(drive, **fields) -> dict:
    return {
        "attribute": drive.id,
        "kind": "past",
        "text": "What did you start?",
        "listen_for": "A start",
        "good_signs": "Began alone\n\nBegan alone\nWent on",
        "warning_signs": "",
    } | fields


def test_other_words_are_the_next_version_and_the_same_words_are_none(lees, drive):
    lees.post(f"{URL}questions/new/", a_question(drive))
    made = Question.objects.latest("id")
    assert (made.good_signs, made.version, made.is_shipped) == (["Began alone", "Went on"], 1, False)

    at = f"{URL}questions/{made.id}/"
    lees.post(at, a_question(drive, version="1", text="What did you begin?"))
    lees.post(at, a_question(drive, version="2", text="What did you begin?"))
    made.refresh_from_db()
    assert (made.text, made.version) == ("What did you begin?", 2)
    assert lees.post(at, a_question(drive, version="1")).status_code == 422


def test_a_question_without_words_or_with_too_long_signs_is_refused(lees, drive, zed):
    stock_library(company_id=zed.company_id)
    theirs = Attribute.objects.filter(company=zed.company).earliest("id")
    for wrong in ({"text": ""}, {"good_signs": "x" * 201}, {"attribute": theirs.id}, {"kind": "none"}):
        assert lees.post(f"{URL}questions/new/", a_question(drive, **wrong)).status_code == 422


def test_the_bank_says_where_a_question_is_asked(lees, lee, ana, drive):
    application = an_application(lee, a_requisition(lee))
    an_interview(lee, application, {ana: "lead"})

    bank = question_bank(lee, drive.id, False, None)
    assert [row.kits for row in bank.rows] == [
        ["First call", "Front line", "Manager"],
        ["First call", "Front line"],
    ]
    assert [row.interviews for row in bank.rows] == [1, 1]
    page = lees.get(f"{URL}questions/?attribute={drive.id}").content.decode()
    assert "in First call, Front line, Manager" in page
    assert "Tell me about your worst boss" not in page


def test_an_archived_question_is_not_offered_and_stays_in_its_kit(lees, lee):
    kit = Kit.objects.get(key="screen")
    question = kit.versions.get().questions.first().question
    lees.post(f"{URL}questions/{question.id}/archiving/")
    form = lees.get(f"{URL}kits/{kit.id}/edit/").content.decode()

    assert f'name="question" value="{question.id}"' in form
    assert f'<option value="{question.id}"' not in lees.get(f"{URL}kits/new/").content.decode()
    assert "Tell me about a goal" in lees.get(f"{URL}questions/?state=archived").content.decode()


# --- Kits ---------------------------------------------------------------------------------------------------------


def picked(kit) -> list[int]:
    return list(
        kit.versions.latest("number").questions.order_by("position").values_list("question_id", flat=True)
    )


def test_a_kit_is_put_together_by_buttons_and_nothing_is_kept_before_it_is_saved(lees, lee):
    first, second, third = Question.objects.filter(company=lee.company).order_by("id")[:3]
    sent = {"name": "Short", "purpose": "A word", "minutes": "15", "question": [first.id, second.id]}
    added = lees.post(f"{URL}kits/new/", sent | {"do": "add", "more": third.id}).content.decode()
    order = [added.index(f'name="question" value="{each.id}"') for each in (first, second, third)]
    assert order == sorted(order)
    assert 'value="Short"' in added
    assert Kit.objects.filter(name="Short").count() == 0

    sent["question"] = [first.id, second.id, third.id]
    moved = lees.post(f"{URL}kits/new/", sent | {"do": f"up:{third.id}"}).content.decode()
    assert moved.index(f'value="{third.id}"') < moved.index(f'value="{second.id}"')
    sent["question"] = [third.id, first.id]
    assert lees.post(f"{URL}kits/new/", sent).status_code == 302
    assert picked(Kit.objects.get(name="Short")) == [third.id, first.id]


def test_a_change_makes_the_next_version_and_the_history_can_be_read(lees, lee):
    kit = Kit.objects.get(key="screen")
    first, second = picked(kit)
    sent = {
        "number": "1",
        "name": "First call",
        "purpose": "Shorter",
        "minutes": "15",
        "question": [second, first],
    }
    page = lees.post(f"{URL}kits/{kit.id}/edit/", sent, follow=True).content.decode()
    assert "“First call” stands at version 2." in page
    assert (kit.versions.count(), picked(kit)) == (2, [second, first])

    lees.post(f"{URL}kits/{kit.id}/edit/", sent | {"number": "2"})  # the same again is none
    assert kit.versions.count() == 2
    assert lees.post(f"{URL}kits/{kit.id}/edit/", sent).status_code == 422  # a page from before
    old = lees.get(f"{URL}kits/{kit.id}/versions/1/").content.decode()
    assert "This is an earlier version" in old
    assert "20 minutes" in old
    assert lees.get(f"{URL}kits/{kit.id}/versions/9/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"question": []}, "at least one question"),
        ({"question": ["9" * 30]}, "not there any more"),
        ({"minutes": "1"}, "greater than or equal to 5"),
        ({"name": "Front line"}, "of this name already"),
    ],
)
def test_what_is_wrong_with_a_kit_is_said(lees, lee, wrong, told):
    question = Question.objects.filter(company=lee.company).earliest("id")
    sent = {"name": "Short", "minutes": "15", "purpose": "", "question": [question.id]} | wrong
    answer = lees.post(f"{URL}kits/new/", sent)

    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert Kit.objects.count() == 4


def test_newer_words_of_the_bank_come_with_the_next_version_only(lees, lee, drive):
    kit = Kit.objects.get(key="screen")
    question = Question.objects.get(id=picked(kit)[0])
    change_question(actor=lee, question=question, version=1, text="A goal of yours?")
    change_attribute(actor=lee, attribute=drive, version=1, anchor_5="All of it")
    assert kit_page(kit).stale == 1
    assert "newer words for 1 question" in lees.get(f"{URL}kits/{kit.id}/").content.decode()

    version = kit.versions.get()
    sent = {"number": "1", "name": kit.name, "purpose": version.purpose, "minutes": version.minutes}
    lees.post(f"{URL}kits/{kit.id}/edit/", sent | {"question": picked(kit)})
    newest = kit.versions.latest("number")
    assert (newest.number, newest.questions.first().text) == (2, "A goal of yours?")
    assert newest.attributes.get(attribute=drive).anchor_5 == "All of it"
    assert version.questions.first().text != "A goal of yours?"


def test_stages_choose_among_the_newest_versions_of_standing_kits(lees, lee):
    version = make_kit(
        actor=lee, name="Own", questions=list(Question.objects.filter(company=lee.company)[:1])
    )
    lees.post(f"{URL}kits/{Kit.objects.get(key='manager').id}/archiving/")

    offered = [str(each) for each in kits_to_choose(lee.company_id)]
    assert offered == [f"{name}, version 1" for name in ("First call", "Front line", "Own", "Work sample")]
    archived = KitVersion.objects.get(kit__key="manager")
    assert archived in kits_to_choose(lee.company_id, archived.id)
    assert version.kit.versions.count() == 1
