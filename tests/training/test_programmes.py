"""Programmes: opened from requirements, read by version, compared, archived."""

import pytest
from django.urls import reverse

from accounts.models import Activity, Team
from training.actions.drafts import change_item
from training.actions.programmes import open_draft, publish_programme
from training.models import Item, Programme, ProgrammeVersion

from .making import a_draft, a_process, a_programme, an_enrolment

pytestmark = pytest.mark.django_db
LIST = reverse("training:programmes")


def test_it_makes_a_programme_of_what_the_role_is_to_know(client, lee, mo, ana, zed):
    a_process(lee, mo)
    team = Team.objects.create(company=zed.company, name="Elsewhere")
    client.force_login(lee.user)
    assert "No programme yet" in client.get(LIST).content.decode()
    new = reverse("training:programme_new")

    assert client.post(new, {"title": "", "role": "rep"}).status_code == 422
    refused = client.post(new, {"title": "Path for <b>reps</b>", "role": "rep", "team": team.id})
    assert refused.status_code == 422
    assert "Path for &lt;b&gt;reps&lt;/b&gt;" in refused.content.decode()
    assert client.post(new, {"title": "x" * 201, "role": "rep"}).status_code == 422
    made = client.post(new, {"title": "Path for reps", "role": "rep", "team": ""})
    programme = Programme.objects.get()
    assert made.url == reverse("training:draft", args=[programme.id])
    assert "Duplicate charge" in client.get(made.url).content.decode()
    twice = client.post(new, {"title": "Another", "role": "rep", "team": ""})
    assert twice.status_code == 422
    assert "There is a programme for this role and team already." in twice.content.decode()
    client.force_login(ana.user)
    assert client.post(new, {"title": "x", "role": "rep"}).status_code == 403


def test_it_lists_what_is_out_who_is_on_it_and_what_waits(client, lee, mo, ana):
    a_process(lee, mo)
    programme = a_programme(mo)
    an_enrolment(lee, ana, programme)
    open_draft(actor=lee, programme=programme)
    client.force_login(lee.user)

    page = client.get(LIST)

    row = page.context["rows"][0]
    assert (row.out.number, row.draft.number, row.people, row.completed) == (1, 2, 1, 0)
    assert "Version 2 waits" in page.content.decode()


def test_it_reads_each_version_and_what_changed_between_two(client, lee, mo, ana, zed):
    a_process(lee, mo)
    programme = a_programme(mo)
    an_enrolment(lee, ana, programme)
    draft = open_draft(actor=lee, programme=programme)
    item = Item.objects.filter(module__of=draft, kind="lesson").first()
    change_item(actor=lee, item=item, body="<script>alert(1)</script> new")
    Item.objects.filter(module__of=draft, kind="checklist").delete()
    publish_programme(actor=mo, draft=draft, summary="Shorter")
    client.force_login(mo.user)

    page = client.get(reverse("training:programme", args=[programme.id]))
    assert page.context["page"].shown.version.number == 2
    assert page.context["page"].on_older == 1
    first = client.get(reverse("training:programme_version", args=[programme.id, 1])).content.decode()
    assert "not given to newcomers any more" in first
    assert client.get(reverse("training:programme_version", args=[programme.id, 9])).status_code == 404
    compared = client.get(reverse("training:programme_comparison", args=[programme.id, 2, 1]))
    states = {(change.state, change.what) for change in compared.context["changes"]}
    assert states == {("changed", "Lesson"), ("gone", "Checklist")}
    assert "&lt;script&gt;alert(1)&lt;/script&gt; new" in compared.content.decode()
    client.force_login(zed.user)
    assert client.get(reverse("training:programme", args=[programme.id])).status_code == 404


def test_it_says_that_nothing_is_published_yet(client, lee):
    programme = a_draft(lee).programme
    client.force_login(lee.user)

    page = client.get(reverse("training:programme", args=[programme.id])).content.decode()

    assert "Nothing is published yet" in page
    assert client.get(reverse("training:programme_version", args=[programme.id, 1])).status_code == 404


def test_it_archives_and_brings_back(client, lee, ana, zed):
    programme = a_programme(lee)
    archiving = reverse("training:programme_archiving", args=[programme.id])
    restoration = reverse("training:programme_restoration", args=[programme.id])
    client.force_login(ana.user)
    assert client.post(archiving).status_code == 403
    client.force_login(zed.user)
    assert client.post(archiving).status_code == 404

    client.force_login(lee.user)
    page = client.post(archiving, follow=True).content.decode()
    assert restoration in page
    other = a_programme(lee, "Other")
    assert "There is a programme for this role" in client.post(restoration, follow=True).content.decode()
    client.post(reverse("training:programme_archiving", args=[other.id]))
    client.post(restoration)

    programme.refresh_from_db()
    assert programme.archived_at is None
    assert Activity.objects.filter(verb="programme.restored").count() == 1
    assert ProgrammeVersion.objects.filter(programme=programme, state="published").count() == 1
