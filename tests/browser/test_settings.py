"""People, lines, invitations, settings and set-up in a real browser: wide and on a phone, light and dark."""

import os
import re
from datetime import date
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.actions import create_api_key, enter_member, invite_member, send_invitation, set_line
from accounts.models import Company, Member, Role, Team
from tests.factories import a_member

from .conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = os.environ.get("PICTURES")
NAMES = "Aisha Ben Camille Deepak Hana Maya Petra Amara Ivana Joy Rosa Stella Alba Carl Dina Emre".split()  # noqa: SIM905


@pytest.fixture
def crowd(harbour, mo, lee, ana, rae):
    """Two managers, one in band and one not; a newcomer, a leaver, a stub, a planned move."""
    una = a_member(harbour, "Una", Role.MANAGER, manager=mo)
    people = [
        a_member(harbour, name, manager=una if number % 3 else lee) for number, name in enumerate(NAMES)
    ]
    team = Team.objects.create(company=harbour, name="Night shift")
    set_line(actor=rae, member=people[0], manager=una, valid_from=date(2021, 1, 1), team=team)
    enter_member(
        actor=rae, company=harbour, email="eva@harbour.example", name="Eva", started_on=date(2026, 3, 1)
    )
    Member.objects.create(
        company=harbour, email="old@x.example", name="old@x.example", is_stub=True, is_active=False
    )
    create_api_key(actor=rae, member=ana, scopes=["read", "write"], label="Nightly report")
    return {"una": una, "lee": lee, "ana": ana, "team": team}


def picture(page, name: str, width: int, theme: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{theme}.png", full_page=True)


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_every_page_is_sound(page, come_in, crowd, rae, check_access, width, theme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    come_in(rae)
    ana, lee, una = crowd["ana"].id, crowd["lee"].id, crowd["una"]
    pages = {
        "tree": "/people/",
        "table": "/people/?view=table",
        "none": "/people/?q=nobodyhere",
        "person-new": "/people/new/",
        "person": f"/people/{lee}/",
        "newcomer": f"/people/{Member.objects.get(name='Eva').id}/",
        "stub": f"/people/{Member.objects.get(is_stub=True).id}/",
        "edit": f"/people/{ana}/edit/",
        "departure": f"/people/{lee}/departure/",
        "line": f"/people/{ana}/line/?valid_from=2030-03-15&manager={una.email}",
        "cycle": f"/people/{lee}/line/?valid_from=2030-03-15&manager={crowd['ana'].email}",
        "handover": f"/people/{lee}/handover/?valid_from=2026-03-15&manager={una.email}",
        "teams": "/people/teams/",
        "team": f"/people/teams/{crowd['team'].id}/",
        "settings": "/settings/",
        "company": "/settings/company/",
        "zone": "/settings/zone/",
        "keys": "/settings/keys/",
        "activity": "/settings/activity/",
        "demo": "/settings/demo/",
    }
    for name, path in pages.items():
        if name == "cycle":
            # A refused preview is answered 422, of which the console tells.
            continue
        page.goto(path)
        check_access()
        assert fits(page), path
        picture(page, name, width, theme)


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_a_visitor_sets_up_a_company(page, live_server, settings, check_access, width, theme):
    Company.objects.all().delete()
    settings.SETUP_IS_OPEN = True
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto("/")
    page.wait_for_url("**/setup/")
    check_access()
    assert fits(page)
    expect(page.get_by_label("Time zone")).not_to_have_value("")
    page.get_by_label("Company").press_sequentially("Käse & Söhne")
    expect(page.get_by_label("Short name")).to_have_value("kase-sohne")
    picture(page, "setup", width, theme)
    page.get_by_label("Your name").fill("Rae")
    page.get_by_label("Your e-mail").fill("rae@kase.example")
    page.get_by_label("Password").fill("seven wet umbrellas")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("status")).to_contain_text("Käse & Söhne is set up.")


def test_a_move_is_previewed_and_saved(page, come_in, crowd, mo):
    come_in(mo)
    page.goto(f"/people/{crowd['ana'].id}/")
    page.get_by_role("definition").get_by_role("link", name="Change").click()
    page.get_by_label("Reports to").fill("una@harbour.example")
    page.get_by_label("From", exact=True).fill("2030-03-15")
    page.get_by_role("button", name="Preview").click()

    preview = page.get_by_role("complementary")
    expect(preview).to_contain_text("nothing is saved yet")
    expect(preview).to_contain_text("from 15 March 2030 on, days count for Una")
    preview.get_by_role("button", name="Save the move").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.get_by_role("table")).to_contain_text("15 Mar 2030")


def test_a_key_is_copied(page, come_in, rae, live_server):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    come_in(rae)
    page.goto("/settings/keys/")
    page.get_by_label("What it is for").fill("Nightly")
    page.get_by_label("Acts for").fill(rae.email)
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#secret").inner_text()


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_an_invited_person_comes_in(page, rae, harbour, settings, tmp_path, check_access, width, theme):
    settings.DEMO = True
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    eva = enter_member(actor=rae, company=harbour, email="eva@harbour.example", name="Eva")
    mail.outbox.clear()
    invitation = invite_member(actor=rae, member=eva, site="http://here")
    send_invitation(invitation_id=invitation.id, site="http://here")
    path = re.search(r"http://here(/invitations/\S+/)", mail.outbox[0].body)[1]

    for name, address in (
        ("sign-in", "/accounts/login/"),
        ("reset", "/accounts/password/reset/"),
        ("join", path),
    ):
        page.goto(address)
        check_access()
        assert fits(page), address
        picture(page, name, width, theme)
    page.get_by_label("Password").fill("seven wet umbrellas")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("status")).to_contain_text("Welcome to Harbour & Pine.")
