"""The draft of a programme: edited by several people, checked beforehand, published for good."""

import pytest
from django.urls import reverse

from accounts.models import Activity
from training.actions.programmes import open_draft
from training.actions.requirements import require
from training.models import Item, ItemQuestion, Module, ProgrammeVersion

from .making import a_draft, a_process, a_programme, a_question, a_quiz

pytestmark = pytest.mark.django_db

MODULE = {"title": "Tools", "week": "2", "kind": "common", "playbook": "", "level": ""}
ITEM = {"title": "Read it", "due": "3", "minutes": "20", "is_required": "on"}
QUIZ = ITEM | {"pass_mark": "80", "tries": "0", "pause_hours": "0", "draws": "0"}


@pytest.fixture
def draft(lee, mo, client):
    a_process(lee, mo)
    client.force_login(lee.user)
    return a_draft(lee)


def at(name: str, draft: ProgrammeVersion, *ids: int, query: str = "") -> str:
    return reverse(f"training:{name}", args=[draft.programme_id, *ids]) + query


def order(draft) -> list[str]:
    return list(draft.modules.order_by("position").values_list("title", flat=True))


def test_it_adds_changes_and_moves_modules(client, draft, lee, mo):
    new = at("module_new", draft)
    assert client.get(new).status_code == 200
    assert client.post(new, MODULE | {"title": "<i>Tools</i>", "week": "99"}).status_code == 422
    assert client.post(new, MODULE).status_code == 302
    module = draft.modules.get(title="Tools")
    assert module.position == 6

    lacking = client.post(at("module", draft, module.id), MODULE | {"kind": "process"})
    assert lacking.status_code == 422
    assert "Choose the playbook." in lacking.content.decode()
    assert "Choose the level." in lacking.content.decode()
    playbook = a_process(lee, mo, "Refund")
    process = MODULE | {"kind": "process", "playbook": playbook.id, "level": "aware"}
    assert client.post(at("module", draft, module.id), process).status_code == 302
    module.refresh_from_db()
    assert (module.playbook, module.level, module.edition.number) == (playbook, "aware", 1)
    twice = client.post(new, process)
    assert "Another module of this programme is about this playbook." in twice.content.decode()
    client.post(at("module_position", draft, module.id), {"by": "up"})
    assert order(draft)[4] == "Tools"
    assert Activity.objects.filter(verb="programme.draft_changed").count() == 3


def test_it_refuses_modules_that_need_each_other(client, draft):
    first, second = draft.modules.order_by("position")[:2]
    form = MODULE | {"title": "First", "needs": [second.key]}
    assert client.post(at("module", draft, first.id), form).status_code == 302

    refused = client.post(at("module", draft, second.id), MODULE | {"title": "Second", "needs": [first.key]})

    assert refused.status_code == 422
    assert "These modules would need each other:" in refused.content.decode()
    # One that came about otherwise is told beforehand, and cannot be published.
    Module.objects.filter(id=second.id).update(needs=[first.key])
    assert "These modules need each other:" in client.get(at("draft", draft)).content.decode()
    assert client.post(at("draft_publication", draft), {"summary": "x"}).status_code == 422


@pytest.mark.parametrize("kind", Item.Kind.values)
def test_it_adds_an_item_of_every_kind(client, draft, kind, lee):
    module = draft.modules.first()
    question = a_question(lee)
    own = {
        "lesson": {"body": "## Hello"},
        "quiz": QUIZ | {"questions": [question.id]},
        "ride_along": {"form": "assist", "times": "3", "rubric": "One\nTwo"},
        "role_play": {"goal": "Listen", "partner": "Shout", "rubric": "One"},
        "assignment": {"body": "Do it"},
        "checklist": {"rubric": "One\n\nTwo\nTwo"},
    }
    url = at("item_new", draft, module.id, query=f"?kind={kind}")
    assert client.get(url).status_code == 200

    assert client.post(url, {"title": "", "due": "0"}).status_code == 422
    assert client.post(url, ITEM | own.get(kind, {})).status_code == 302

    item = module.items.order_by("-position").first()
    assert (item.kind, item.title, item.due, item.is_required) == (kind, "Read it", 3, True)
    assert client.get(at("draft_item", draft, item.id)).status_code == 200
    assert (
        client.post(at("draft_item", draft, item.id), ITEM | own.get(kind, {}) | {"due": "9"}).status_code
        == 302
    )
    item.refresh_from_db()
    assert item.due == 9
    assert item.questions.count() == (kind == "quiz")


def test_it_refuses_what_no_item_can_say(client, draft, lee, zed):
    module = draft.modules.first()
    question, theirs = a_question(lee), a_question(zed)
    for kind, wrong, told in (
        ("quiz", QUIZ | {"questions": [question.id], "draws": "2"}, "There are only 1 questions"),
        ("quiz", QUIZ | {"questions": [theirs.id]}, "A question of this list is not there any more."),
        ("quiz", QUIZ | {"pass_mark": "101"}, "less than or equal to 100"),
        ("checklist", ITEM | {"rubric": ""}, "This field is required."),
        ("checklist", ITEM | {"rubric": "x" * 301}, "Line 1 is longer than 300 characters."),
        ("ride_along", ITEM | {"form": "fly", "times": "1"}, "Select a valid choice"),
        ("lesson", ITEM | {"body": "a\x00b"}, "Null characters"),
        ("lesson", ITEM | {"due": "1000"}, "less than or equal to 260"),
        ("lesson", ITEM | {"title": "<script>" * 40}, "at most 200 characters"),
    ):
        page = client.post(at("item_new", draft, module.id, query=f"?kind={kind}"), wrong)
        assert page.status_code == 422
        assert told in page.content.decode()
        assert "<script>" * 40 not in page.content.decode()
    assert client.get(at("item_new", draft, module.id, query="?kind=song")).status_code == 404
    assert not ItemQuestion.objects.exists()


def test_it_offers_ready_role_plays(client, draft):
    module = draft.modules.first()
    page = client.get(at("item_new", draft, module.id, query="?kind=role_play&ready=1")).content.decode()

    assert "The furious customer" in page
    assert "Owned the failure without an excuse" in page
    wrong = at("item_new", draft, module.id, query="?kind=role_play&ready=77")
    assert client.get(wrong).status_code == 200


def test_it_shows_how_a_text_reads_and_saves_nothing(client, draft):
    url = at("item_new", draft, draft.modules.first().id, query="?kind=lesson")
    text = {"title": "", "body": "## Hi\n<script>x</script> [y](javascript:z)", "preview": "1"}

    whole = client.post(url, text)
    part = client.post(url, text, headers={"HX-Request": "true"}).content.decode()

    assert whole.status_code == 200
    assert "<textarea" in whole.content.decode()
    assert "<html" not in part
    assert "<h2>Hi</h2>" in part
    assert "&lt;script&gt;x&lt;/script&gt; [y](javascript:z)" in part
    assert "img-src 'self' data: https:" in whole.headers["Content-Security-Policy"]
    assert not Item.objects.filter(title="").exists()


def test_what_somebody_else_changed_is_not_lost(client, draft):
    item = Item.objects.filter(module__of=draft, kind="lesson").first()
    url = at("draft_item", draft, item.id)
    edits = client.get(url).context["form"]["edits"].value()
    client.post(at("module_new", draft), MODULE)

    stale = client.post(url, ITEM | {"body": "Mine", "edits": edits})

    assert stale.status_code == 409
    page = stale.content.decode()
    assert "Somebody has changed the draft meanwhile." in page
    assert "Mine" in page
    again = stale.context["form"]["edits"].value()
    assert client.post(url, ITEM | {"body": "Mine", "edits": again}).status_code == 302
    old = client.post(at("module_removal", draft, draft.modules.first().id), {"edits": "0"}, follow=True)
    assert "Somebody has changed the draft meanwhile" in old.content.decode()
    assert draft.modules.count() == 6
    assert client.post(at("draft_publication", draft), {"edits": "0", "summary": "Kept"}).status_code == 409


def test_what_is_taken_out_can_be_put_back(client, draft, lee):
    quiz = a_quiz(lee, draft, [a_question(lee), a_question(lee, "And then?")])
    module = quiz.module
    other = draft.modules.last()
    Module.objects.filter(id=other.id).update(needs=[module.key])
    before = order(draft)
    back = at("draft_putting_back", draft)

    client.post(at("item_removal", draft, quiz.id))
    assert not Item.objects.filter(key=quiz.key).exists()
    assert back in client.get(at("draft", draft)).content.decode()
    client.post(back)
    assert Item.objects.get(key=quiz.key).questions.count() == 2
    client.post(at("module_removal", draft, module.id))
    other.refresh_from_db()
    assert (module.title in order(draft), other.needs) == (False, [])
    client.post(back)
    other.refresh_from_db()
    assert (order(draft), other.needs) == (before, [module.key])
    assert (
        draft.modules.get(key=module.key).items.count()
        == module.items.model.objects.filter(module__key=module.key).count()
    )
    assert "There is nothing to put back any more." in client.post(back, follow=True).content.decode()


def test_it_warns_beforehand_and_publishes_for_good(client, draft, lee, mo):
    quiz = a_quiz(lee, draft, [])
    page = client.get(at("draft", draft)).content.decode()
    assert "The quiz “Quiz” has no question." in page
    refused = client.post(at("draft_publication", draft), {"summary": "My words"})
    assert refused.status_code == 422
    assert "My words" in refused.content.decode()
    client.post(at("item_removal", draft, quiz.id))
    Item.objects.filter(module__of=draft).update(is_required=False)
    assert "Nothing in it is required." in client.get(at("draft", draft)).content.decode()
    Item.objects.filter(module__of=draft).update(is_required=True)

    playbook = a_process(lee, mo, "Refund")
    assert "no module is about them: Refund" in client.get(at("draft", draft)).content.decode()
    client.post(at("draft_filling", draft))
    assert draft.modules.filter(playbook=playbook).exists()
    assert client.post(at("draft_publication", draft), {"summary": "First"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.summary) == ("published", "First")
    # It does not change any more: its pages are gone.
    item = Item.objects.filter(module__of=draft).first()
    assert client.get(at("draft_item", draft, item.id)).status_code == 404
    assert client.post(at("item_removal", draft, item.id)).status_code == 404
    assert client.get(at("draft", draft)).status_code == 302


def test_it_opens_one_draft_and_throws_it_away(client, lee, mo):
    programme = a_programme(lee)
    client.force_login(mo.user)
    url = reverse("training:draft", args=[programme.id])
    client.post(url)
    client.post(url)
    draft = programme.versions.get(state="draft")
    assert draft.number == 2
    discard = reverse("training:draft_discarding", args=[programme.id])
    assert "Throw the draft away?" in client.get(discard).content.decode()

    assert client.post(discard).status_code == 302
    assert not programme.versions.filter(state="draft").exists()
    first = a_draft(lee, "For leads", role="manager")
    kept = client.post(reverse("training:draft_discarding", args=[first.programme_id]), follow=True)
    assert "Nothing is published yet." in kept.content.decode()


def test_it_is_nobody_elses(client, draft, ana, zed, lee):
    other = open_draft(actor=lee, programme=a_programme(lee, "For leads", role="manager"))
    module, item = draft.modules.first(), Item.objects.filter(module__of=draft).first()
    # An item of one programme is not found in another one.
    assert client.get(at("draft_item", other, item.id)).status_code == 404
    assert client.post(at("module_removal", other, module.id)).status_code == 404
    for person, status in ((zed, 404), (ana, 403)):
        client.force_login(person.user)
        assert client.get(at("draft", draft)).status_code == status
        assert client.post(at("item_removal", draft, item.id)).status_code == status
        assert client.post(at("module", draft, module.id), MODULE).status_code == status
        assert client.post(at("draft_publication", draft), {}).status_code == status
    assert Item.objects.filter(id=item.id).exists()


def test_it_asks_no_playbook_of_another_company(client, draft, zed, mo):
    theirs = a_process(zed, _second(zed), "Theirs")
    require(actor=mo, role="rep", playbook=draft.modules.last().playbook, level="coach")

    page = client.post(
        at("module_new", draft), MODULE | {"kind": "process", "playbook": theirs.id, "level": "aware"}
    )

    assert page.status_code == 422
    assert not Module.objects.filter(playbook=theirs, of=draft).exists()


def _second(zed):
    from tests.factories import a_member

    return a_member(zed.company, "Yan", "leader")
