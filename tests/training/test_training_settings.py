"""How a company trains: the pair of the ramp, certificates, holidays."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Activity
from training.forms.settings import PRODUCTIVITY, SATISFACTION, measures
from training.models import TrainingSettings
from training.queries.settings import settings_of

pytestmark = pytest.mark.django_db
PAGE = reverse("training:settings")
GOOD = {
    "version": "1",
    "satisfaction": "csat",
    "productivity": "tickets_resolved",
    "certificate_months": "6",
    "refresh_days": "21",
    "enrols": "on",
    "holidays": "2027-12-25\n\n2027-01-01\n2027-01-01",
}


def test_it_keeps_what_leaders_set(client, mo, zed):
    client.force_login(mo.user)
    assert client.get(PAGE).status_code == 200

    assert client.post(PAGE, GOOD).status_code == 302
    found = settings_of(mo.company_id)
    assert (found.certificate_months, found.refresh_days, found.enrols) == (6, 21, True)
    assert found.holidays == [date(2027, 1, 1), date(2027, 12, 25)]
    assert "2027-01-01\n2027-12-25" in client.get(PAGE).content.decode()
    assert Activity.objects.filter(verb="training_settings.changed").count() == 1
    assert settings_of(zed.company_id).certificate_months == 12
    stale = client.post(PAGE, GOOD | {"refresh_days": "7"})
    assert stale.status_code == 422
    assert 'value="7"' in stale.content.decode()
    assert settings_of(mo.company_id).refresh_days == 21


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("holidays", "2027-01-01\n32 May", "Line 2, “32 May”, is no day"),
        ("holidays", "0001-01-01", "choose a day between 2000 and 2100"),
        ("holidays", "<b>\n", "Line 1, “&lt;b&gt;”, is no day"),
        ("satisfaction", "happiness", "Select a valid choice"),
        ("productivity", "csat", "Select a valid choice"),
        ("certificate_months", "0", "greater than or equal to 1"),
        ("refresh_days", "1e3", "Enter a whole number"),
    ],
)
def test_it_names_what_is_wrong(client, mo, field, value, told):
    client.force_login(mo.user)

    page = client.post(PAGE, GOOD | {field: value})

    assert page.status_code == 422
    assert told in page.content.decode()
    assert not TrainingSettings.objects.exists()


def test_it_is_for_leaders(client, lee):
    client.force_login(lee.user)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, GOOD).status_code == 403


def test_it_offers_measures_that_exist():
    assert len(measures(SATISFACTION)) == len(SATISFACTION)
    assert len(measures(PRODUCTIVITY)) == len(PRODUCTIVITY)
