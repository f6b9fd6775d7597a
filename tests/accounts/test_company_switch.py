import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import deactivate_member, enter_member
from accounts.middleware import find_member

pytestmark = pytest.mark.django_db

URL = "/company/switch/"


@pytest.fixture
def ana_of_two(client, ana, zed):
    """Ana also works in Zed's company; her second membership."""
    client.force_login(ana.user)
    return enter_member(actor=None, company=zed.company, email=ana.email, name=ana.name, user=ana.user)


def present(client):
    return client.get(reverse("accounts:profile")).wsgi_request.member


def test_it_goes_on_in_another_company_of_ones_own(client, ana, ana_of_two):
    for member in (ana_of_two, ana):
        answer = client.post(URL, {"company": member.company_id})

        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert present(client) == member


def test_it_begins_in_the_company_joined_first(client, ana, ana_of_two):
    assert present(client) == min(ana, ana_of_two, key=lambda member: member.id)


def test_a_company_of_others_is_not_there(client, ana, zed):
    client.force_login(ana.user)

    assert client.post(URL, {"company": zed.company_id}).status_code == 404
    assert present(client) == ana


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "0", "²", "9" * 30])
def test_nonsense_is_not_there_either(client, ana, nonsense):
    client.force_login(ana.user)

    assert client.post(URL, {"company": nonsense}).status_code == 404


def test_a_company_that_one_left_is_not_there(client, ana, ana_of_two):
    client.post(URL, {"company": ana_of_two.company_id})
    deactivate_member(actor=None, member=ana_of_two)

    assert client.post(URL, {"company": ana_of_two.company_id}).status_code == 404
    assert present(client) == ana


def test_it_needs_a_post_and_a_sign_in(client, ana):
    assert client.post(URL, {"company": ana.company_id})["Location"].startswith(reverse("account_login"))
    client.force_login(ana.user)
    assert client.get(URL).status_code == 405


def test_the_switch_is_shown_to_those_who_have_one(client, ana, zed):
    client.force_login(ana.user)
    assert URL not in client.get(reverse("accounts:profile")).content.decode()

    enter_member(actor=None, company=zed.company, email=ana.email, name=ana.name, user=ana.user)

    page = client.get(reverse("accounts:profile")).content.decode()
    assert URL in page
    assert zed.company.name in page


def test_a_page_asks_for_the_member_once_and_for_no_other(client, ana):
    client.force_login(ana.user)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(reverse("accounts:profile"))

    assert len([query for query in queries if "accounts_member" in query["sql"]]) == 1


def test_finding_the_member_is_one_query(ana, django_assert_num_queries):
    with django_assert_num_queries(1):
        member = find_member(ana.user, None)
        assert member.company.name
        zones = member.company.zones()
    assert zones == ana.company.zones()


def test_signed_out_there_is_no_member(client):
    assert client.get(reverse("account_login")).wsgi_request.member is None
