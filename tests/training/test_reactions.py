"""What follows from a deed: newcomers begin, changes are taken in, leavers stand beside nobody, people hear once."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from accounts.actions import deactivate_member, enter_member, set_line
from accounts.models import Member, Notification, Team
from accounts.notifications import in_words
from accounts.outbox import react_once
from playbooks.actions import open_draft, publish, send_to_review
from tests.factories import a_member
from tests.metrics.threads import Deed
from training.actions.certificates import renew, revoke, supervise
from training.actions.enrolments import withdraw
from training.actions.entries import ask_for, judge, waive
from training.actions.newcomers import enrol_newcomer
from training.actions.programmes import archive_programme, publish_programme
from training.actions.programmes import open_draft as edit
from training.actions.supervisions import end_supervision
from training.models import Certificate, Enrolment, Item, Supervision, TrainingSettings
from training.queries.staleness import stale
from training.reactions import REACTIONS

from .making import a_process, a_programme, an_enrolment, items_of, passed

pytestmark = pytest.mark.django_db


def react() -> None:
    while react_once():
        pass


def told(verb: str) -> list[str]:
    """Who has been told, after whatever waits in the outbox."""
    react()
    return sorted(Notification.objects.filter(verb=verb).values_list("member__name", flat=True))


def words(member: Member, verb: str) -> tuple[str, str]:
    row = Notification.objects.filter(member=member, verb=verb).latest("id")
    (line,) = in_words(member, [row])
    return line.words.title, line.words.about


def a_newcomer(company, name: str = "Nia", starts_in: int = 3, **fields) -> Member:
    fields = {"started_on": company.today() + timedelta(days=starts_in)} | fields
    return a_member(company, name, **fields)


def changed(playbook, ana, mo, change: str = "material"):
    draft = open_draft(actor=ana, playbook=playbook)
    return publish(actor=mo, version=send_to_review(actor=ana, draft=draft, change=change))


@pytest.fixture
def certified(ana, lee, mo):
    """Ana, with the process that she is certified for."""
    playbook = a_process(lee, mo)
    enrolment = an_enrolment(lee, ana)
    for item in items_of(enrolment):
        passed(enrolment, item, lee)
    react()
    return Certificate.objects.get(), playbook


# --- Newcomers ----------------------------------------------------------------------------------------------------


def test_whoever_enters_is_on_the_path_of_their_role_from_the_first_day_on(harbour, mo, lee, set_clock):
    set_clock("2026-03-02T09:00")  # a Monday
    react()
    programme = a_programme(mo)
    nia = a_newcomer(harbour, starts_in=5)
    react()
    enrolment = Enrolment.objects.get(member=nia)
    assert (enrolment.version.programme, enrolment.why) == (programme, "role")
    assert enrolment.starts_on == date(2026, 3, 9), "The first day is a Saturday"
    assert told("enrolment.began") == ["Nia"]
    assert words(nia, "enrolment.began") == ("Your path begins 9 Mar", "Path for reps")

    # Heard again, and after somebody has taken her off: she is not put on it again.
    REACTIONS["member.entered"](harbour.id, [(nia.id, {})])
    withdraw(actor=mo, enrolment=enrolment, reason="Goes to sales")
    REACTIONS["member.entered"](harbour.id, [(nia.id, {})])
    assert Enrolment.objects.filter(member=nia).count() == 1


def test_the_programme_of_the_team_comes_before_the_one_for_any(harbour, mo, lee):
    react()
    team = Team.objects.create(company=harbour, name="Billing")
    for_any, own = a_programme(mo), a_programme(mo, "Path for billing", team=team)
    nia, other = (
        enter_member(
            actor=mo, company=harbour, email=f"{name}@h.example", name=name, started_on=harbour.today()
        )
        for name in ("nia", "other")
    )
    set_line(actor=mo, member=nia, manager=lee, valid_from=harbour.today(), team=team)
    react()
    assert Enrolment.objects.get(member=nia).version.programme == own
    assert Enrolment.objects.get(member=other).version.programme == for_any


@pytest.mark.parametrize(
    "why", ["off", "long ago", "other role", "stub", "unpublished", "archived", "left", "another company"]
)
def test_nobody_is_enrolled_who_should_not_be(why, harbour, mo, lee, zed):
    react()
    if why == "unpublished":
        from .making import a_draft

        a_draft(mo)
    else:
        programme = a_programme(zed if why == "another company" else mo)
        if why == "archived":
            archive_programme(actor=mo, programme=programme)
    if why == "off":
        TrainingSettings.objects.create(company=harbour, enrols=False)
    nia = a_newcomer(
        harbour, starts_in=-400 if why == "long ago" else 0, role="manager" if why == "other role" else "rep"
    )
    if why == "stub":
        Member.objects.filter(id=nia.id).update(is_stub=True)
    if why == "left":
        deactivate_member(actor=mo, member=nia)
    react()
    assert not Enrolment.objects.exists()


def test_who_waits_is_enrolled_once_something_is_published_and_nobody_is_moved(harbour, mo, lee, ana):
    nia, veteran = a_newcomer(harbour), a_newcomer(harbour, "Vic", starts_in=-300)
    react()
    programme = a_programme(mo)
    react()
    first = Enrolment.objects.get()
    assert first.member == nia
    an_enrolment(mo, ana, programme)
    publish_programme(actor=mo, draft=edit(actor=mo, programme=programme))
    react()
    assert set(Enrolment.objects.values_list("version__number", flat=True)) == {1}
    assert not Enrolment.objects.filter(member=veteran).exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_enrol_once(harbour, mo):
    team = Team.objects.create(company=harbour, name="Billing")
    a_programme(mo)
    nia = a_newcomer(harbour, starts_in=0)
    deed = {"member_id": nia.id, "company_id": harbour.id}
    with Deed(enrol_newcomer, **deed, stop_at="INSERT INTO", after=True) as first:
        first.stopped()
        a_programme_of_team(mo, team)
        set_line(actor=mo, member=nia, manager=None, valid_from=harbour.today(), team=team)
        with Deed(enrol_newcomer, **deed) as second:
            second.stuck()
            first.finish()
            assert second.finish() is None
    assert Enrolment.objects.count() == 1


def a_programme_of_team(mo, team):
    with transaction.atomic():
        return a_programme(mo, "Path for billing", team=team)


# --- Changes of a process -----------------------------------------------------------------------------------------


def test_a_material_change_asks_for_a_refresh_and_an_editorial_one_does_not(certified, ana, lee, mo):
    certificate, playbook = certified
    changed(playbook, ana, mo, "editorial")
    assert told("certificate.refresh_due") == []
    changed(playbook, ana, mo)
    assert told("certificate.refresh_due") == ["Ana"]
    certificate.refresh_from_db()
    until = certificate.refresh_by
    assert words(ana, "certificate.refresh_due")[1] == "Duplicate charge"
    # Two weeks on it would be 30 days' notice: that she heard by the change.
    assert certificate.told == 30

    changed(playbook, ana, mo)
    assert told("certificate.refresh_due") == ["Ana"], "The first change sets the day"
    certificate.refresh_from_db()
    assert certificate.refresh_by == until

    renew(actor=lee, certificate=certificate, words="Ran it on two tickets")
    assert told("certificate.renewed") == ["Ana"]
    assert not Notification.objects.filter(verb="certificate.refresh_due", read_at=None).exists()


def test_modules_that_rest_on_an_older_material_version_are_stale(ana, lee, mo):
    playbook = a_process(lee, mo)
    other = a_process(lee, mo, "Refund")
    programme = a_programme(lee)
    version = programme.versions.get()
    assert stale(version) == {}
    changed(other, ana, mo, "editorial")
    changed(playbook, ana, mo)
    changed(playbook, ana, mo, "editorial")
    (found,) = stale(version).values()
    assert (found.title, found.number, found.newest) == ("Duplicate charge", 1, 2)
    assert "version 2 changed what is done" in found.words
    again = publish_programme(actor=lee, draft=edit(actor=lee, programme=programme))
    assert stale(again) == {} and stale(version)


# --- Supervision --------------------------------------------------------------------------------------------------


def test_supervisions_end_with_who_leaves(certified, harbour, ana, lee, mo):
    _certificate, playbook = certified
    ben, cleo = (a_member(harbour, name, manager=lee) for name in ("Ben", "Cleo"))
    until = harbour.today() + timedelta(days=20)
    for member in (ben, cleo):
        supervise(actor=mo, member=member, playbook=playbook, supervisor=ana, until=until)
    assert told("supervision.named") == ["Ben", "Cleo"]
    assert told("supervision.asked") == ["Ana", "Ana"]
    deactivate_member(actor=mo, member=ben)
    react()
    assert [each.member.name for each in Supervision.objects.filter(ended_at=None)] == ["Cleo"]
    deactivate_member(actor=mo, member=ana)
    react()
    assert not Supervision.objects.filter(ended_at=None).exists()
    ended = Supervision.objects.get(member=cleo)
    assert end_supervision(actor=mo, supervision=ended).ended_at == ended.ended_at


@pytest.mark.django_db(transaction=True)
def test_two_who_name_a_supervisor_at_once_name_one(harbour, ana, lee, mo):
    playbook = a_process(lee, mo)
    for member in (ana, lee):
        Certificate.objects.create(
            company=harbour, member=member, playbook=playbook, level="independent",
            until=harbour.today() + timedelta(days=99),
        )  # fmt: skip
    ben = a_member(harbour, "Ben", manager=lee)
    asked = {"actor": mo, "member": ben, "playbook": playbook, "until": harbour.today()}
    with Deed(supervise, **asked, supervisor=ana, stop_at='INSERT INTO "training_supervision"') as first:
        first.stopped()
        with Deed(supervise, **asked, supervisor=lee) as second:
            second.stuck()
            first.finish()
            second.finish()
    assert Supervision.objects.get(ended_at=None).supervisor == lee
    assert Supervision.objects.count() == 2


# --- Words --------------------------------------------------------------------------------------------------------


def test_sign_offs_are_told_and_seen_to(ana, lee, mo):
    a_process(lee, mo)
    enrolment = an_enrolment(lee, ana)
    item = next(each for each in items_of(enrolment) if each.kind == Item.Kind.SIGN_OFF)
    ask_for(actor=ana, enrolment=enrolment, item=item, words="Seen on two tickets")
    assert told("signoff.asked") == ["Lee"]
    assert words(lee, "signoff.asked") == ("Ana asks for a sign-off", item.title)
    judge(
        actor=mo, enrolment=enrolment, item=item, outcome="not_yet", words="Too fast", next_step="Once more"
    )
    assert told("signoff.not_yet") == ["Ana"]
    assert Notification.objects.get(verb="signoff.asked").read_at, "Somebody has looked"
    ask_for(actor=ana, enrolment=enrolment, item=item)
    judge(actor=lee, enrolment=enrolment, item=item, outcome="passed")
    assert told("signoff.asked") == ["Lee", "Lee"]
    assert told("signoff.passed") == ["Ana"]
    waive(actor=lee, enrolment=enrolment, item=items_of(enrolment)[0], reason="Knows it")
    assert words(ana, "item.waived")[0] if told("item.waived") else False


def test_certificates_are_told_of(certified, ana, lee, mo):
    certificate, playbook = certified
    assert told("certificate.issued") == ["Ana"]
    assert words(ana, "certificate.issued")[1] == "Duplicate charge"
    again = renew(actor=lee, certificate=certificate, words="Seen")
    # What is revoked is that she knows the process, whichever of the two somebody looks at.
    revoke(actor=lee, certificate=certificate, reason="Promised a refund twice")
    revoke(actor=lee, certificate=again, reason="Twice")
    assert not Certificate.objects.filter(revoked_at=None).exists()
    assert told("certificate.revoked") == ["Ana"]
    assert words(ana, "certificate.revoked")[0] == "Lee revoked a certificate of yours"
    again.refresh_from_db()
    assert again.reason == "Promised a refund twice"
