import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

URL = "/profile/"


@pytest.fixture
def form():
    return {"name": "Ana Ray", "language": "ru", "zone": "Asia/Kathmandu", "theme": "dark"}


@pytest.fixture
def ana_client(client, ana):
    client.force_login(ana.user)
    return client


def test_it_saves_what_is_chosen(ana_client, ana, form):
    answer = ana_client.post(URL, form)

    assert answer["Location"] == reverse("accounts:profile") == URL
    ana.user.refresh_from_db()
    assert {field: getattr(ana.user, field) for field in form} == form


def test_it_leaves_the_name_beside_figures_alone(ana_client, ana, form):
    name = ana.name

    ana_client.post(URL, form)

    ana.refresh_from_db()
    assert ana.name == name


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("language", "xx"), ("zone", "Europe/Atlantis"), ("theme", "pink")]
)
def test_it_refuses_what_does_not_exist(ana_client, ana, form, field, value):
    answer = ana_client.post(URL, {**form, field: value})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()
    ana.user.refresh_from_db()
    assert ana.user.name != "Ana Ray"


def test_it_sends_a_stranger_to_the_sign_in(client, form):
    assert client.post(URL, form).status_code == 302


def test_the_chosen_language_goes_before_the_browsers(ana_client, ana):
    ana.user.language = "hi"
    ana.user.save()

    page = ana_client.get(URL, headers={"accept-language": "ru"})

    assert '<html lang="hi"' in page.content.decode()
    assert page["Content-Language"] == "hi"


def test_without_a_choice_the_browser_says_the_language(client, harbour):
    page = client.get(reverse("account_login"), headers={"accept-language": "ru"})

    assert '<html lang="ru"' in page.content.decode()


def test_the_chosen_theme_is_there_without_a_script(ana_client, ana):
    ana.user.theme = "dark"
    ana.user.save()

    page = ana_client.get(URL).content.decode()

    assert 'data-theme="dark"' in page
    assert 'data-bs-theme="dark"' in page
