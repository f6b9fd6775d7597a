"""The playbook editor in a browser: what is typed is saved by itself, keys move steps, two people meet."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import Role
from playbooks.actions import open_draft, save_graph
from playbooks.graph import Kind, Node, Way
from playbooks.models import Version
from playbooks.queries.graphs import graph_of
from tests.factories import a_company, a_member
from tests.playbooks.making import a_graph, a_playbook

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def people(db):
    company = a_company("harbour", "Europe/Berlin", name="Harbour & Pine")
    lee = a_member(company, "Lee", Role.MANAGER)
    return a_member(company, "Ana", manager=lee), lee


@pytest.fixture
def draft(people) -> Version:
    ana, lee = people
    draft = open_draft(actor=ana, playbook=a_playbook(ana, lee, verifier=lee))
    graph = a_graph().change(replace(a_graph()["say"], say="I can see both payments."))
    graph = graph.put(
        Node(
            "one",
            Kind.CHECK,
            "Does the account show one payment?",
            exits=(Way("Yes", "end"), Way("No", "end")),
        ),
        6,
    )
    graph = graph.change(replace(graph["refund"], exits=(Way(to="one"),)))
    return save_graph(actor=ana, draft=draft, graph=graph)


def test_it_saves_what_is_typed_and_makes_a_branch(page: Page, come_in, people, draft, check_access):
    ana, _lee = people
    come_in(ana)
    page.goto(f"/playbooks/{draft.playbook_id}/draft/")
    check_access()
    page.get_by_role("link", name="Step 5, Are both").or_(
        page.get_by_role("link", name=re.compile("Are both"))
    ).click()
    expect(page.get_by_label("Question")).to_have_value("Are both payments settled?")
    check_access()

    page.get_by_label("Question").press("End")
    page.get_by_label("Question").press_sequentially(" Now?")
    expect(page.locator("#pb-saved")).to_have_text("Not saved yet")
    expect(page.locator("#pb-saved")).to_contain_text("Draft saved")
    assert graph_of(draft)["both"].title == "Are both payments settled? Now?"
    # The form that is typed in was not touched: the next pause is saved, too.
    expect(page.get_by_label("Question")).to_be_focused()
    page.get_by_label("Question").press_sequentially(" Yes?")
    expect(page.locator("#pb-saved")).to_have_text("Not saved yet")
    expect(page.locator("#pb-saved")).to_contain_text("Draft saved")
    assert graph_of(draft)["both"].title == "Are both payments settled? Now? Yes?"

    page.get_by_role("button", name="Add an exit").click()
    expect(page.get_by_label("Exit 3", exact=True)).to_be_focused()
    expect(page.locator("#pb-strip")).to_contain_text("2 problems, step")
    expect(page.get_by_text("This exit leads nowhere").first).to_be_visible()
    check_access()
    page.get_by_label("Exit 3", exact=True).fill("Bank shows one")
    page.get_by_label("Exit 3 leads to").select_option("A new step")
    expect(page.locator(".ed__row")).to_have_count(9)
    assert len(graph_of(draft)) == 9
    page.reload()
    expect(page.get_by_label("Exit 3", exact=True)).to_have_value("Bank shows one")


def test_it_moves_steps_by_keys_and_brings_one_back(page: Page, come_in, people, draft):
    ana, _lee = people
    come_in(ana)
    page.goto(f"/playbooks/{draft.playbook_id}/draft/")
    row = page.get_by_role("link", name=re.compile("Say what you see"))
    row.focus()
    for _ in range(2):
        page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".ed__row").nth(0)).to_contain_text("Say what you see")
    expect(row).to_be_focused()

    page.get_by_label("More for step 1", exact=True).click()
    page.get_by_role("button", name="Remove", exact=True).click()
    back = page.get_by_role("button", name=re.compile("Bring back: Say what you see"))
    expect(back).to_be_focused()
    back.click()
    expect(page.get_by_text("Removed", exact=True)).to_have_count(0)
    assert {node.key for node in graph_of(draft).nodes} >= {"say", "find"}


def test_it_saves_the_last_words_before_it_is_left(page: Page, come_in, people, draft):
    ana, _lee = people
    come_in(ana)
    page.goto(f"/playbooks/{draft.playbook_id}/draft/?step=find")
    page.get_by_label("What to do").fill("Look in the ledger.")
    page.get_by_role("link", name="Compare with version 1").click()

    expect(page.get_by_role("heading", name="From version 1 to 2")).to_be_visible()
    assert graph_of(draft)["find"].body == "Look in the ledger."


def test_it_keeps_what_is_typed_while_an_answer_is_on_its_way(page: Page, come_in, people, draft):
    ana, _lee = people
    come_in(ana)
    page.goto(f"/playbooks/{draft.playbook_id}/draft/?step=find")
    slow: list[Route] = []
    page.route("**/steps/find/**", lambda route: slow.append(route), times=1)
    with page.expect_request("**/steps/find/**"):
        page.get_by_label("Kind").select_option("Script")
    page.get_by_label("What to do").fill("In the bank.")
    slow[0].continue_()
    expect(page.get_by_text("A script needs the words to say").first).to_be_visible()
    expect(page.get_by_label("What to do")).to_have_value("In the bank.")
    expect(page.locator("#pb-saved")).to_contain_text("Draft saved")
    assert (graph_of(draft)["find"].kind, graph_of(draft)["find"].body) == (Kind.SCRIPT, "In the bank.")


@pytest.mark.parametrize("is_quick", [True, False])
def test_it_works_without_a_script(browser, live_server, client, people, draft, is_quick):
    ana, _lee = people
    client.force_login(ana.user)
    cookie = client.cookies["sessionid"]
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/playbooks/{draft.playbook_id}/draft/?step=find")
    page.get_by_label("What to do").fill("Without a script.")
    if is_quick:
        page.get_by_label("Title").press("Enter")
    else:
        page.get_by_role("button", name=re.compile("Say what you see")).click()
        expect(page.get_by_label("Title")).to_have_value("Say what you see")
    assert graph_of(draft)["find"].body == "Without a script."
    context.close()


def test_two_people_meet_at_one_step(browser, live_server, client, people, draft):
    """What the other one wrote is shown, the own text stays, and one click saves it over."""
    ana, lee = people
    client.force_login(ana.user)
    cookie = client.cookies["sessionid"]
    # Its own window: the browser itself reports an answer of 409 in the console.
    context = browser.new_context(base_url=live_server.url)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/playbooks/{draft.playbook_id}/draft/?step=find")
    theirs = graph_of(draft)
    save_graph(
        actor=lee, draft=draft, graph=theirs.change(replace(theirs["find"], body="Ask the bank first."))
    )

    page.get_by_label("What to do").fill("Look in the ledger.")
    expect(page.get_by_role("alert")).to_contain_text("Ask the bank first.")
    expect(page.locator("#pb-saved")).to_have_text("Not saved")
    expect(page.get_by_label("What to do")).to_have_value("Look in the ledger.")
    assert graph_of(draft)["find"].body == "Ask the bank first."

    page.get_by_role("button", name="Save mine over it").click()
    expect(page.locator("#pb-saved")).to_contain_text("Draft saved")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert graph_of(draft)["find"].body == "Look in the ledger."

    # Somebody whose session has ended is told so, and what they wrote is there again afterwards.
    context.clear_cookies()
    page.get_by_label("What to do").fill("After the end.")
    expect(page.locator("#pb-saved")).to_contain_text("Not saved. Your text stays here")
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.reload()
    expect(page.get_by_label("What to do")).to_have_value("After the end.")
    context.close()
