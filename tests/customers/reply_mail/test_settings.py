"""Whether replies leave the house, and under which name: what admins set."""

import pytest
from django.test import Client

from customers.models import ReplyMail
from tests.customers.reply_mail.server import SETTINGS, text

pytestmark = pytest.mark.django_db


def test_it_is_off_until_an_admin_says_so(desk, admin, url, server, work):
    assert "Replies are recorded here and not mailed." in text(desk.get(url))
    assert "/settings/company/#replies" not in text(desk.get(url))
    assert "/settings/company/#replies" in text(admin.get(url))

    page = text(desk.post(f"{url}reply/", {"body": "Hello Priya"}, follow=True))
    work()

    assert "Log reply" in page and "Logged." in page and "Waiting to be mailed" not in page
    assert (server.mails, ReplyMail.objects.count()) == ([], 0)


def test_it_has_the_sender_and_the_address_of_the_settings(desk, url, server, work, mailing):
    mailing(sender_name="Pine Grüße", reply_address="help@harbour.example")
    desk.post(f"{url}reply/", {"body": "Hello"})
    work()

    assert server.only()["From"].addresses[0].display_name == "Pine Grüße"
    assert server.only()["Reply-To"] == "help@harbour.example"


@pytest.mark.parametrize(
    ("field", "value"), [("reply_address", "nobody"), ("reply_address", "a@b.example\nBcc: c@d.example"),
                         ("sender_name", "x" * 101), ("sender_name", "x\0")],
)  # fmt: skip
def test_it_refuses_a_setting_at_its_field(admin, harbour, field, value):
    answer = admin.post("/settings/company/", SETTINGS | {"mails_replies": "on", field: value})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    harbour.refresh_from_db()
    assert not harbour.mails_replies


@pytest.mark.parametrize("who", ["ana", "lee", "mo"])
def test_it_is_switched_by_admins(client, harbour, who, request):
    client.force_login(request.getfixturevalue(who).user)

    assert client.post("/settings/company/", SETTINGS | {"mails_replies": "on"}).status_code == 403
    harbour.refresh_from_db()
    assert not harbour.mails_replies


def test_it_does_not_mail_after_mailing_was_switched_off(desk, url, server, work, mailing):
    mailing()
    desk.post(f"{url}reply/", {"body": "Hello"})
    mailing(on=False)
    work()

    assert server.mails == []
    assert "Not mailed: mailing was switched off" in text(desk.get(url))


def test_without_a_mail_server_it_is_kept_for_the_admins(
    desk, admin, url, zed, work, mailing, settings, tmp_path
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    mailing()
    assert "reaches nobody" in text(desk.get(url))
    assert "No mail server is set up here" in text(admin.get("/settings/company/"))
    desk.post(f"{url}reply/", {"body": "Hello Priya"})
    work()

    assert "there is no mail server" in text(desk.get(url))
    index = admin.get("/mail/")
    assert "Re: Charged twice [T-4711]" in text(index)
    name = index.context["mails"][0].name
    assert "Hello Priya" in text(admin.get(f"/mail/{name}/"))
    zed.role = "admin"
    zed.save()
    abroad = Client()
    abroad.force_login(zed.user)
    assert abroad.get(f"/mail/{name}/").status_code == 404
