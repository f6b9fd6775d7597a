"""What training does after a deed: newcomers begin their path, changes of a process are taken in, people hear of it."""

from collections.abc import Collection
from typing import Any

from celery import current_app
from django.utils.translation import gettext as _

from accounts.actions import read_about
from accounts.models import Company, Member, Notification
from accounts.notifications import Notice, notify
from cs_platform.lib import clock
from cs_platform.lib.invites import CANCEL, REQUEST
from playbooks.models import Playbook, Version
from playbooks.queries.people import above
from training.actions.certificates import ask_for_refresh
from training.actions.newcomers import enrol_newcomer
from training.actions.questions import flag_questions
from training.actions.rides import cancel_rides_of, cancel_rides_on
from training.actions.supervisions import end_supervisions_of
from training.actions.voices import erase_voices
from training.models import Certificate, Enrolment, RideAlong, Session, Supervision
from training.notices import ASKED, ENDING, of_certificate, page
from training.queries.newcomers import waiting

Rows = list[tuple[int, dict]]


# --- Newcomers and leavers ----------------------------------------------------------------------------------------


def enrol_whoever_enters(company_id: int, rows: Rows) -> None:
    for member_id, _detail in rows:
        enrol_newcomer(member_id=member_id, company_id=company_id)


def enrol_whoever_is_hired(company_id: int, rows: Rows) -> None:
    """Of a new person with the first day of the offer; who works here already keeps the first day they have."""
    for _offer, detail in rows:
        enrol_newcomer(member_id=detail["member"], company_id=company_id)


def enrol_whoever_waits(company_id: int, rows: Rows) -> None:
    """Something is published now, or somebody's team is known: nobody who is on a path is moved."""
    company = Company.objects.filter(id=company_id).first()
    for member_id in waiting(company).order_by("id").values_list("id", flat=True) if company else ():
        enrol_newcomer(member_id=member_id, company_id=company_id)


def enrol_who_is_placed(company_id: int, rows: Rows) -> None:
    """Somebody got a line. Only who waits is looked at: a line alone makes nobody a newcomer."""
    company = Company.objects.filter(id=company_id).first()
    if company is not None:
        placed = waiting(company).filter(id__in={member_id for member_id, _detail in rows})
        for member_id in placed.order_by("id").values_list("id", flat=True):
            enrol_newcomer(member_id=member_id, company_id=company_id)


def look_after_leavers(company_id: int, rows: Rows) -> None:
    """Nobody stands beside a leaver, and no leaver beside anybody; nobody rides along with one."""
    people = Member.objects.filter(
        company_id=company_id, id__in=[id for id, _detail in rows], is_active=False
    )
    gone = list(people.values_list("id", flat=True))
    end_supervisions_of(company_id=company_id, gone=gone)
    for member_id in gone:
        cancel_rides_of(company_id=company_id, member_id=member_id)


# --- What changes -------------------------------------------------------------------------------------------------


def take_in_changes(company_id: int, rows: Rows) -> None:
    """A version that changes what people do asks again whoever knows an older one, and has questions looked at."""
    newest: dict[int, int] = {}
    for playbook_id, detail in rows:
        if detail.get("change") == Version.Change.MATERIAL:
            newest[playbook_id] = max(newest.get(playbook_id, 0), detail["version"])
    for playbook in Playbook.objects.filter(company_id=company_id, id__in=newest).select_related("company"):
        ask_for_refresh(playbook=playbook, number=newest[playbook.id])
        flag_questions(playbook=playbook, number=newest[playbook.id])


# --- What is told -------------------------------------------------------------------------------------------------


def tell_of_enrolment(company_id: int, rows: Rows) -> None:
    details = dict(rows)
    began = Enrolment.objects.filter(company_id=company_id, id__in=details)
    notify(
        company_id, [_of_path(each, details[each.id]["actor"]) for each in began.select_related("version")]
    )


def tell_of_path_on_arrival(company_id: int, rows: Rows) -> None:
    """Who could not sign in when the path was made hears of it with the first sign-in."""
    people = [detail["member"] for _id, detail in rows]
    going = Enrolment.objects.going().filter(company_id=company_id, member_id__in=people)
    notify(company_id, [_of_path(each, None) for each in going.select_related("version")])


def tell_of_asking(company_id: int, rows: Rows) -> None:
    """Who is above the trainee looks at it."""
    notices = []
    for enrolment_id, detail in rows:
        for boss in sorted(above(company_id, [detail["member"]]) - {detail["member"]}):
            told = {"enrolment": enrolment_id, "item": detail["item"], "member": detail["member"]}
            key = f"signoff.asked:{detail['activity']}"
            notices.append(Notice(boss, "signoff.asked", key, page("signoffs"), told, detail["actor"]))
    notify(company_id, notices)


def tell_of_word(company_id: int, rows: Rows) -> None:
    """Whoever asked hears what another one says; who was asked need not look any more."""
    notices = []
    for enrolment_id, detail in rows:
        about = {"enrolment": enrolment_id, "item": detail["item"]}
        seen_to(company_id, ASKED, about)
        outcome = detail.get("outcome")
        verb = f"signoff.{outcome}" if outcome else "item.waived"
        url = page("item", enrolment_id, detail["item"])
        key = f"{verb}:{detail['activity']}"
        notices.append(Notice(detail["member"], verb, key, url, about, detail["actor"]))
    notify(company_id, notices)


def tell_of_issue(company_id: int, rows: Rows) -> None:
    _tell_of_certificates("certificate.issued", company_id, rows)


def tell_of_renewal(company_id: int, rows: Rows) -> None:
    _see_to_endings(company_id, rows)
    _tell_of_certificates("certificate.renewed", company_id, rows)


def tell_of_refresh(company_id: int, rows: Rows) -> None:
    _tell_of_certificates("certificate.refresh_due", company_id, rows)


def tell_of_revocation(company_id: int, rows: Rows) -> None:
    _see_to_endings(company_id, rows)
    _tell_of_certificates("certificate.revoked", company_id, rows)


def tell_of_supervision(company_id: int, rows: Rows) -> None:
    """Both hear of it, with the day until which it stands, unless it is over by then."""
    notices = []
    for playbook_id, detail in rows:
        open_one = Supervision.objects.filter(
            company_id=company_id,
            playbook_id=playbook_id,
            member_id=detail["member"],
            supervisor_id=detail["supervisor"],
            ended_at__isnull=True,
        ).first()
        if open_one is None:
            continue
        told = {
            "playbook": playbook_id,
            "member": detail["member"],
            "supervisor": detail["supervisor"],
            "until": str(open_one.until),
        }
        for verb, who in (("supervision.named", "member"), ("supervision.asked", "supervisor")):
            key = f"{verb}:{detail['activity']}"
            notices.append(Notice(detail[who], verb, key, page("certificates"), told, detail["actor"]))
    notify(company_id, notices)


# --- Live sessions ------------------------------------------------------------------------------------------------


def invite_to_session(company_id: int, rows: Rows) -> None:
    """A mail to each who is asked newly or differently, or not any more."""
    sequences = dict(
        Session.objects.filter(
            company_id=company_id, id__in=[session for session, _detail in rows]
        ).values_list("id", "sequence")
    )
    for session, detail in rows:
        for name, method in (("new", REQUEST), ("told", REQUEST), ("gone", CANCEL)):
            for member in detail.get(name, ()):
                given = [session, member, sequences[session], method, name == "new", detail["site"]]
                current_app.send_task("training.tasks.mail_session", given, retry=False)


# --- Ride-alongs --------------------------------------------------------------------------------------------------


def tell_of_ride(company_id: int, rows: Rows) -> None:
    """Host and trainee get a mail and, whoever did not do it, a line; if somebody left, the manager hears too."""
    details = dict(rows)
    rides = RideAlong.objects.filter(company_id=company_id, id__in=details).select_related("enrolment")
    for ride in rides:
        detail, verb = details[ride.id], "ride.moved" if ride.sequence else "ride.planned"
        if ride.state == RideAlong.State.CANCELLED:
            verb = "ride.cancelled"
        people = {ride.host_id, ride.enrolment.member_id}
        if ride.ends_at > clock.now():
            for member in sorted(people):
                given = [ride.id, member, ride.sequence, detail["site"]]
                current_app.send_task("training.tasks.mail_ride", given, retry=False)
        if detail.get("left"):
            people |= above(company_id, [ride.enrolment.member_id])
        key, about = f"{verb}:{ride.id}:{ride.sequence}", {"ride": ride.id}
        notify(
            company_id,
            [
                Notice(each, verb, key, page("ride", ride.id), about, detail["actor"])
                for each in sorted(people)
            ],
        )


def cancel_rides_of_withdrawn(company_id: int, rows: Rows) -> None:
    """Who is taken off a path rides along with nobody for it."""
    for enrolment_id, _detail in rows:
        why = _("The path was given up.")
        cancel_rides_on(enrolment_id=enrolment_id, company_id=company_id, why=why)


# --- Erasure ------------------------------------------------------------------------------------------------------


def forget_voices(company_id: int, rows: Rows) -> None:
    """What erased customers and people said goes from the library."""
    erase_voices(company_id=company_id)


# ------------------------------------------------------------------------------------------------------------------


def seen_to(company_id: int, verbs: Collection[str], about: dict[str, Any]) -> None:
    """What told people of a thing that somebody has seen to is read, whoever it was told to."""
    rows = Notification.objects.filter(company_id=company_id, verb__in=verbs, detail__contains=about)
    people = rows.unread().order_by().values("member_id")
    for member in Member.objects.filter(company_id=company_id, id__in=people):
        read_about(actor=member, verbs=verbs, detail=about)


def _see_to_endings(company_id: int, rows: Rows) -> None:
    for _certificate, detail in rows:
        about = {"member": detail["member"], "playbook": detail["playbook"]}
        seen_to(company_id, ENDING, about)


def _tell_of_certificates(verb: str, company_id: int, rows: Rows) -> None:
    details = dict(rows)
    found = Certificate.objects.filter(company_id=company_id, id__in=details)
    notices = []
    for each in found.order_by("id"):
        deed = details[each.id]
        notices.append(of_certificate(verb, each, each.member_id, str(deed["activity"]), deed["actor"]))
    notify(company_id, notices)


def _of_path(enrolment: Enrolment, actor_id: int | None) -> Notice:
    told = {
        "enrolment": enrolment.id,
        "programme": enrolment.version.programme_id,
        "until": str(enrolment.starts_on),
    }
    key = f"enrolment.began:{enrolment.id}"
    return Notice(enrolment.member_id, "enrolment.began", key, page("path", enrolment.id), told, actor_id)


REACTIONS = {
    "member.entered": enrol_whoever_enters,
    "offer.hired": enrol_whoever_is_hired,
    "reporting_line.set": enrol_who_is_placed,
    "programme.published": enrol_whoever_waits,
    "member.left": look_after_leavers,
    "playbook.published": take_in_changes,
    "invitation.accepted": tell_of_path_on_arrival,
    "enrolment.began": tell_of_enrolment,
    "signoff.asked": tell_of_asking,
    "signoff.given": tell_of_word,
    "item.waived": tell_of_word,
    "certificate.issued": tell_of_issue,
    "certificate.renewed": tell_of_renewal,
    "certificate.refresh_due": tell_of_refresh,
    "certificate.revoked": tell_of_revocation,
    "supervision.named": tell_of_supervision,
    "ride.planned": tell_of_ride,
    "ride.moved": tell_of_ride,
    "ride.cancelled": tell_of_ride,
    "enrolment.withdrawn": cancel_rides_of_withdrawn,
    "session.planned": invite_to_session,
    "session.changed": invite_to_session,
    "session.cancelled": invite_to_session,
    "customer.erased": forget_voices,
    "contact.erased": forget_voices,
}
