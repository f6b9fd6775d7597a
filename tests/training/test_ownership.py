"""Owning a process needs a certificate that holds, or somebody who stands beside."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from playbooks.actions import change_playbook, open_draft, publish, send_to_review
from tests.factories import a_member
from training.actions.certificates import ask_for_refresh, renew, revoke, supervise
from training.models import Certificate

from .making import a_process, an_enrolment, items_of, passed

pytestmark = pytest.mark.django_db


@pytest.fixture
def certified(ana, lee, mo):
    """Ana, with the process that she is certified for."""
    playbook = a_process(lee, mo)
    enrolment = an_enrolment(lee, ana)
    for item in items_of(enrolment):
        passed(enrolment, item, lee)
    return Certificate.objects.get(), playbook


def owns(member, playbook, actor) -> bool:
    try:
        change_playbook(actor=actor, playbook=playbook, owner=member)
    except ValidationError as error:
        assert "owner" in error.message_dict
        return False
    change_playbook(actor=actor, playbook=playbook, owner=None)
    return True


def test_a_certificate_lets_somebody_own_the_process(certified, ana, lee, mo, harbour, set_clock):
    certificate, playbook = certified
    cleo = a_member(harbour, "Cleo", manager=lee)
    assert owns(ana, playbook, mo) and not owns(cleo, playbook, mo)
    # What has nothing to do with the owner is changed without being asked.
    change_playbook(actor=mo, playbook=playbook, title="Charged twice")

    supervise(
        actor=mo, member=cleo, playbook=playbook, supervisor=ana, until=harbour.today() + timedelta(days=30)
    )
    assert owns(cleo, playbook, mo)
    with pytest.raises(ValidationError):
        supervise(actor=mo, member=ana, playbook=playbook, supervisor=cleo, until=harbour.today())

    revoke(actor=mo, certificate=certificate, reason="Promised a refund twice")
    assert not owns(ana, playbook, mo)
    with pytest.raises(ValidationError):
        renew(actor=mo, certificate=certificate, words="Seen")


def test_a_material_change_asks_for_a_refresh(certified, ana, lee, mo, harbour, set_clock):
    certificate, playbook = certified
    today = harbour.today()
    draft = open_draft(actor=lee, playbook=playbook)
    send_to_review(actor=lee, draft=draft, change="material")
    publish(actor=mo, version=draft)
    assert ask_for_refresh(playbook=playbook, number=2) == [ana.id]
    assert ask_for_refresh(playbook=playbook, number=2) == []
    certificate.refresh_from_db()
    assert certificate.standing(today) == "refresh"
    assert certificate.standing(today + timedelta(days=15)) == "expired"
    assert owns(ana, playbook, mo)

    with pytest.raises(ValidationError):
        renew(actor=ana, certificate=certificate, words="I know")
    again = renew(actor=lee, certificate=certificate, words="Ran it on two tickets")
    assert (again.number, again.standing(today), again.level) == (2, "valid", "independent")
    with pytest.raises(ValidationError):
        renew(actor=lee, certificate=certificate, words="Twice")


def test_nothing_is_asked_of_a_process_that_nobody_is_to_know(ana, lee, mo):
    from tests.playbooks.making import a_playbook

    assert owns(ana, a_playbook(lee, mo), mo)
