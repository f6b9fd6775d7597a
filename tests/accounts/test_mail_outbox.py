import os

import pytest
from django.core.mail import EmailMessage, get_connection, send_mail
from django.urls import reverse

from accounts.actions import enter_member
from accounts.models import Role

pytestmark = pytest.mark.django_db

URL = "/mail/"


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_URL = ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


@pytest.fixture
def rae_client(client, rae):
    client.force_login(rae.user)
    return client


def only_file(folder):
    [file] = folder.iterdir()
    return file.name


def test_an_admin_reads_what_would_have_been_sent(rae_client, ana, folder):
    send_mail("Grüße & <more>", "Two lines,\nas they were.", None, [ana.email])

    index = rae_client.get(URL).content.decode()
    page = rae_client.get(reverse("accounts:mail_show", args=[only_file(folder)])).content.decode()

    for text in (index, page):
        assert "Grüße &amp; &lt;more&gt;" in text
        assert ana.email in text
    assert "Two lines,\nas they were." in page


def test_the_newest_is_first(rae_client, ana, folder):
    # A file is named by the second and by its connection, so each mail has one that lives on.
    connections = [get_connection() for _ in range(3)]
    for second, subject in enumerate(("first", "second", "third")):
        before = set(folder.glob("*"))
        send_mail(subject, "", None, [ana.email], connection=connections[second])
        # The clock of a file system is too coarse for three mails in one breath.
        [file] = set(folder.glob("*")) - before
        os.utime(file, (second, second))

    assert [mail.subject for mail in rae_client.get(URL).context["mails"]] == ["third", "second", "first"]


def test_a_file_of_several_mails_shows_them_all(rae_client, ana, lee, folder):
    mails = [EmailMessage(f"To {member.name}", "", None, [member.email]) for member in (ana, lee)]
    get_connection().send_messages(mails)

    shown = rae_client.get(reverse("accounts:mail_show", args=[only_file(folder)])).context["mails"]

    assert [mail.subject for mail in shown] == [f"To {ana.name}", f"To {lee.name}"]


def test_it_is_empty_before_the_first_mail(rae_client, folder):
    assert "No mail yet" in rae_client.get(URL).content.decode()


@pytest.mark.parametrize("who", ["ana", "lee", "mo"])
def test_it_is_for_admins(client, who, folder, request):
    member = request.getfixturevalue(who)
    client.force_login(member.user)
    send_mail("Yours", "", None, [member.email])

    assert client.get(URL).status_code == 403
    assert client.get(reverse("accounts:mail_show", args=[only_file(folder)])).status_code == 403


def test_it_asks_to_sign_in(client, folder):
    assert client.get(URL).status_code == 302


def test_another_companys_mail_is_not_there(client, ana, zed, folder):
    zed.role = Role.ADMIN
    zed.save()
    client.force_login(zed.user)
    send_mail("A link that sets a password", "", None, [ana.email])

    assert client.get(URL).context["mails"] == []
    assert client.get(reverse("accounts:mail_show", args=[only_file(folder)])).status_code == 404


def test_mail_to_somebody_who_also_works_elsewhere_is_not_there(rae_client, ana, zed, folder):
    enter_member(actor=None, company=zed.company, email=ana.email, name=ana.name, user=ana.user)
    send_mail("A link that opens both companies", "", None, [ana.email])

    assert rae_client.get(URL).context["mails"] == []


@pytest.mark.parametrize(
    "path",
    [
        "..%2Fsecret.log",
        "%2e%2e%2fsecret.log",
        "..%5Csecret.log",
        "secret",
        ".log",
        "%00.log",
        "/etc/passwd",
        "x.log%0a",
    ],
)
def test_nothing_outside_the_folder_is_there(rae_client, rae, folder, path):
    folder.mkdir()
    for outside in (folder.parent / "secret.log", folder / "secret"):
        outside.write_text(f"To: {rae.email}\nSubject: secret\n\nsecret")

    answer = rae_client.get(f"{URL}{path}/")

    assert answer.status_code == 404
    assert "secret" not in answer.content.decode()


def test_with_a_mail_server_the_page_is_gone(rae_client, rae, folder, settings):
    send_mail("Old", "", None, [rae.email])
    settings.EMAIL_URL = "smtp://localhost"

    assert rae_client.get(URL).status_code == 404
    assert rae_client.get(reverse("accounts:mail_show", args=[only_file(folder)])).status_code == 404
    assert URL not in rae_client.get(reverse("accounts:profile")).content.decode()
