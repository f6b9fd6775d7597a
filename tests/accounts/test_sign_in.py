from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.actions import deactivate_member
from accounts.models import User
from tests.factories import a_company, a_member

# Without any company the sign-in leads to set-up.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("harbour")]

PASSWORD = "seven wet umbrellas"


@pytest.fixture
def ana_with_password(ana):
    ana.user.set_password(PASSWORD)
    ana.user.save()
    return ana


@pytest.fixture
def sign_in(client):
    """Posts the form from an address of its own, so that no other test's attempts count against this one."""
    address = f"2001:db8::{uuid4().hex[:4]}"

    def post(email, password):
        form = {"login": email, "password": password}
        return client.post(reverse("account_login"), form, REMOTE_ADDR=address)

    return post


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_it_signs_in_by_email_and_password(client, ana_with_password, sign_in):
    answer = sign_in(ana_with_password.email.upper(), PASSWORD)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)


def test_it_refuses_a_wrong_password(client, ana_with_password, sign_in):
    answer = sign_in(ana_with_password.email, "demo")

    assert "not correct" in answer.content.decode()
    assert not is_signed_in(client)


def test_it_stops_somebody_who_guesses(client, ana_with_password, sign_in):
    email = f"{uuid4().hex}@example.com"
    User.objects.filter(pk=ana_with_password.user_id).update(email=email)
    for guess in range(5):
        sign_in(email, f"guess {guess}")

    answer = sign_in(email, PASSWORD)

    assert "Too many failed" in answer.content.decode()
    assert not is_signed_in(client)


def test_a_leaver_signs_in_no_more(client, ana_with_password, sign_in):
    deactivate_member(actor=None, member=ana_with_password)

    answer = sign_in(ana_with_password.email, PASSWORD)

    assert answer["Location"] == reverse("account_inactive")
    assert not is_signed_in(client)
    assert "not active" in client.get(answer["Location"]).content.decode()


def test_a_leaver_who_is_still_signed_in_sees_nothing(client, ana):
    client.force_login(ana.user)
    deactivate_member(actor=None, member=ana)

    answer = client.get(reverse("accounts:mail_index"))

    assert answer.status_code == 403
    assert "in no company" in answer.content.decode()


def test_it_signs_out_only_by_post(client, ana):
    client.force_login(ana.user)

    assert client.get(reverse("account_logout")).status_code == 200
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


def test_nobody_signs_up(client):
    form = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}

    answer = client.post(reverse("account_signup"), form)

    assert "by invitation" in answer.content.decode()
    assert not User.objects.filter(email="new@example.com").exists()


@pytest.mark.parametrize(
    "name", ["account_email", "account_email_verification_sent", "account_reauthenticate"]
)
def test_an_email_address_is_not_changed_here(client, ana, name):
    client.force_login(ana.user)

    assert client.get(reverse(name)).status_code == 404


def test_a_forgotten_password_is_set_by_mail(client, ana_with_password, sign_in, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": ana_with_password.email})
    [mail] = mailoutbox
    [link] = [word for word in mail.body.split() if word.startswith("http")]

    page = client.get(link, follow=True)
    new = "eight dry umbrellas"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})

    assert mail.subject == "Set a new password"
    assert sign_in(ana_with_password.email, new).status_code == 302


def test_asking_for_a_password_does_not_tell_who_has_an_account(client, ana, mailoutbox):
    known = client.post(reverse("account_reset_password"), {"email": ana.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "stranger@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_the_demo_lists_its_sign_ins(client, settings):
    settings.DEMO = True
    demo, forum = a_company("demo", demo_note="Real"), a_company("forum", demo_note="Real")
    for name in ("Leader", "Manager", "Rep", "Admin"):
        a_member(demo, name)

    page = client.get(reverse("account_login")).content.decode()
    assert "leader@forum.example" not in page, "nobody could sign in with it"
    a_member(forum, "Leader")
    page = client.get(reverse("account_login")).content.decode()

    for email in ("leader", "manager", "rep", "admin"):
        assert f'data-email="{email}@demo.example"' in page
    assert 'data-email="leader@forum.example"' in page


def test_there_is_nothing_of_the_demo_elsewhere(client, settings):
    settings.DEMO = False

    page = client.get(reverse("account_login")).content.decode().lower()

    assert "demo" not in page
    assert "sign_in.js" not in page


def test_every_page_has_a_strict_policy(client):
    policy = client.get(reverse("account_login"))["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_it_asks_to_sign_in_and_comes_back(client):
    answer = client.get(reverse("accounts:profile"))

    assert answer["Location"] == f"{reverse('account_login')}?next={reverse('accounts:profile')}"


@pytest.mark.parametrize("page", ["account_login", "account_reset_password"])
def test_its_words_are_ours(client, page):
    text = client.get(reverse(page)).content.decode()

    assert ">E-mail<" in text
    assert ">Email<" not in text
