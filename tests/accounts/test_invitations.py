"""A link in a mail gives a person of the company a sign-in: once, for seven days, to that person alone."""

import logging
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from accounts import tasks
from accounts.actions import deactivate_member, enter_member
from accounts.models import Activity, Invitation, Member, Outbox, User
from cs_platform.lib import clock
from tests.factories import a_company, a_member

pytestmark = pytest.mark.django_db

PASSWORD = "seven wet umbrellas"


@pytest.fixture
def eva(harbour, rae) -> Member:
    return enter_member(actor=rae, company=harbour, email="eva@harbour.example", name="Eva")


@pytest.fixture
def rae_client(client, rae):
    client.force_login(rae.user)
    return client


@pytest.fixture
def link(rae_client, eva):
    """Invites Eva through the page and sends the mail, as a worker would; gives the path in it."""

    def invite() -> str:
        mail.outbox.clear()
        rae_client.post(f"/people/{eva.id}/invitation/")
        row = Outbox.objects.filter(verb="invitation.made").latest("id")
        tasks.mail_invitation.run(row.subject_id, row.detail["site"])
        [sent] = mail.outbox
        assert sent.to == [eva.email]
        return re.search(r"http://testserver(/invitations/\S+/)", sent.body)[1]

    yield invite
    rae_client.logout()


def test_it_lets_somebody_in_who_chooses_a_password(link, client, eva):
    path = link()
    client.logout()

    assert b"Join Harbour &amp; Pine" in client.get(path).content
    answer = client.post(path, {"name": "Eva Ek", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    eva.refresh_from_db()
    assert eva.user.check_password(PASSWORD)
    assert client.get("/my-day/").status_code == 200


def test_it_works_once(link, client, eva):
    path = link()
    client.logout()
    client.post(path, {"name": "Eva", "password": PASSWORD})

    # Sent twice, the second one comes in too; a stranger does not.
    assert client.post(path, {"name": "Eva", "password": PASSWORD})["Location"] == "/"
    client.logout()
    answer = client.post(path, {"name": "Thief", "password": PASSWORD})
    assert answer.status_code == 410
    assert b"has been used" in answer.content
    assert User.objects.filter(email=eva.email).count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "Eva", "password": "short"}, "password"),
        ({"name": "Eva", "password": "password1234"}, "password"),
        ({"name": "Eva", "password": "eva@harbour.example"}, "password"),
        ({"name": "", "password": PASSWORD}, "name"),
        ({"name": "E\0va", "password": PASSWORD}, "name"),
        ({"name": "E" * 201, "password": PASSWORD}, "name"),
    ],
)
def test_it_names_the_field_that_is_refused(link, client, eva, sent, field):
    path = link()
    client.logout()
    answer = client.post(path, sent)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.filter(email=eva.email).exists()


def test_it_says_that_it_has_expired(link, client, set_clock):
    path = link()
    client.logout()
    set_clock(clock.now() + timedelta(days=7, minutes=1))

    answer = client.get(path)
    assert (answer.status_code, b"has expired" in answer.content) == (410, True)
    assert client.post(path, {"name": "Eva", "password": PASSWORD}).status_code == 410


def test_it_is_withdrawn(link, client, rae, eva):
    path = link()
    client.post(f"/people/{eva.id}/invitation/withdrawal/")
    client.logout()

    answer = client.get(path)
    assert (answer.status_code, b"was withdrawn" in answer.content) == (410, True)


def test_it_ends_the_former_link_when_it_is_sent_again(link, client):
    first, second = link(), link()
    client.logout()

    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_it_ends_with_somebody_who_leaves(link, client, rae, eva):
    path = link()
    client.logout()
    deactivate_member(actor=rae, member=eva)

    assert client.get(path).status_code == 410


def test_it_opens_nothing_with_another_secret(client, db):
    answer = client.get("/invitations/" + "x" * 43 + "/")

    assert (answer.status_code, b"opens nothing" in answer.content) == (404, True)


def test_it_keeps_and_logs_no_secret(link, caplog):
    caplog.set_level(logging.DEBUG)
    secret = link().split("/")[2]

    kept = [
        *Invitation.objects.values_list("digest", flat=True),
        *map(str, Activity.objects.values_list("detail", flat=True)),
        *map(str, Outbox.objects.values_list("detail", flat=True)),
    ]
    assert not any(secret in text for text in [*kept, caplog.text])
    assert Invitation.objects.get(digest=Invitation.hash(secret))


def test_it_says_when_no_mail_server_takes_it_and_can_be_sent_again(rae_client, eva, settings):
    settings.EMAIL_BACKEND = "tests.accounts.test_invitations.Away"
    rae_client.post(f"/people/{eva.id}/invitation/")
    row = Outbox.objects.get(verb="invitation.made")
    tasks.mail_invitation.push_request(retries=tasks.mail_invitation.max_retries)
    try:
        tasks.mail_invitation.run(row.subject_id, row.detail["site"])
    finally:
        tasks.mail_invitation.pop_request()

    page = rae_client.get(f"/people/{eva.id}/").content.decode()
    assert "could not be sent" in page
    assert "Send again" in page


def Away(*_args, **_kwargs):
    raise ConnectionRefusedError("nobody listens")


def test_it_asks_somebody_who_has_a_sign_in_elsewhere_to_sign_in(client, rae, harbour, mo):
    elsewhere = a_member(a_company("abroad"), "Kim")
    client.force_login(rae.user)
    sent = {"email": elsewhere.email, "name": "Kim", "role": "rep", "invite": "on"}
    answer = client.post("/people/new/", sent)
    kim = Member.objects.get(company=harbour, email=elsewhere.email)
    assert answer["Location"] == reverse("accounts:person", args=[kim.id])
    assert kim.user is None, "nobody is put into a company without saying yes"
    row = Outbox.objects.get(verb="invitation.made")
    tasks.mail_invitation.run(row.subject_id, row.detail["site"])
    path = re.search(r"http://testserver(/invitations/\S+/)", mail.outbox[-1].body)[1]

    client.force_login(mo.user)
    assert b"this invitation is for" in client.get(path).content
    assert client.post(path).status_code == 403
    client.logout()
    assert f"/accounts/login/?next={path}" in client.get(path).content.decode()
    client.force_login(elsewhere.user)
    assert client.post(path)["Location"] == "/"
    kim.refresh_from_db()
    assert kim.user == elsewhere.user


def test_it_lets_a_leaver_of_another_company_sign_in_to_accept(client, rae, harbour):
    kim = a_member(a_company("abroad"), "Kim")
    deactivate_member(actor=None, member=kim)
    client.force_login(rae.user)
    client.post("/people/new/", {"email": kim.email, "name": "Kim", "role": "rep", "invite": "on"})
    client.logout()

    answer = client.post("/accounts/login/", {"login": kim.email, "password": "password"})
    assert "inactive" not in answer["Location"]


@pytest.mark.parametrize(("who", "status"), [("ana", 403), ("lee", 403), ("mo", 302), ("zed", 404)])
def test_it_is_sent_by_leaders_and_admins(client, eva, who, status, request):
    member = request.getfixturevalue(who)
    client.force_login(member.user)

    assert client.post(f"/people/{eva.id}/invitation/").status_code == status
    assert Invitation.objects.exists() == (status == 302)


def test_it_is_not_sent_to_who_can_sign_in_already(rae_client, ana):
    answer = rae_client.post(f"/people/{ana.id}/invitation/", follow=True)

    assert "has a sign-in already" in answer.content.decode()
    assert not Invitation.objects.exists()
