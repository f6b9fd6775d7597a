"""Picking the hiring team of a job in its form."""

import pytest
from playwright.sync_api import expect

from hiring.models import Requisition
from tests.hiring.making import a_requisition

from .conftest import axe_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_people_are_added_and_what_was_typed_stays(window, mo, ana, lee, scripts):
    job = a_requisition(mo, title="Rep")
    page = window(mo, 360, 760, java_script_enabled=scripts)
    page.goto(f"/hiring/requisitions/{job.id}/edit/")
    page.get_by_label("Title").fill("Senior rep")
    for member in (ana, lee):
        page.get_by_label("Add a person").fill(member.email)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_role("checkbox", name=member.name)).to_be_checked()
    page.get_by_label("Add a person").fill("nobody@harbour.example")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Nobody to choose here is called")).to_be_visible()
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        axe_of(page)
    page.get_by_label("Add a person").fill("")
    page.get_by_role("checkbox", name=lee.name).uncheck()
    # The enter key sends the form, whatever button stands first.
    page.get_by_label("Title").press("Enter")
    expect(page.get_by_role("heading", name="Senior rep")).to_be_attached()
    job = Requisition.objects.get()
    assert list(job.team_rows.values_list("member_id", flat=True)) == [ana.id]
