"""What hiring does after a deed: mails go out, the panel and whoever hires hear of it, leavers are excused."""

from celery import current_app
from django.urls import NoReverseMatch, reverse

from accounts.models import Member
from accounts.models.member import LEADING
from accounts.notifications import Notice, notify
from hiring.actions.scorecards import excuse_scorecard
from hiring.models import Application, Decision, InterviewMail, Letter, Scorecard
from hiring.notices import room_of
from hiring.queries.people import hiring_team
from hiring.queries.sealing import is_debrief_open

Rows = list[tuple[int, dict]]


# --- Mails --------------------------------------------------------------------------------------------------------


def send_mails(company_id: int, rows: Rows) -> None:
    """At once; beat looks after those that come back."""
    waiting = InterviewMail.objects.filter(company_id=company_id, state=InterviewMail.State.WAITING)
    for mail_id in waiting.filter(interview_id__in=[id for id, _detail in rows]).values_list("id", flat=True):
        current_app.send_task("hiring.tasks.mail_interview", [mail_id], retry=False)


# --- The panel ----------------------------------------------------------------------------------------------------


def tell_of_panel(company_id: int, rows: Rows) -> None:
    """Who was put on a panel, by somebody else."""
    send_mails(company_id, rows)
    for interview_id, detail in rows:
        cards = _cards(company_id, interview_id).filter(member_id__in=detail.get("panel", []))
        notify(company_id, [_to_panel("interview.assigned", card, detail) for card in cards])


def tell_of_other_panel(company_id: int, rows: Rows) -> None:
    """The last scorecard that was waited for may have been that of somebody who was taken off."""
    tell_of_panel(company_id, rows)
    tell_of_debrief(company_id, rows)


def tell_of_move(company_id: int, rows: Rows) -> None:
    send_mails(company_id, rows)
    for interview_id, detail in rows:
        cards = _cards(company_id, interview_id).exclude(state=Scorecard.State.EXCUSED)
        notify(company_id, [_to_panel("interview.moved", card, detail) for card in cards])


def tell_of_cancellation(company_id: int, rows: Rows) -> None:
    send_mails(company_id, rows)
    for interview_id, detail in rows:
        cards = _cards(company_id, interview_id).filter(state=Scorecard.State.EXCUSED)
        notify(company_id, [_to_panel("interview.cancelled", card, detail) for card in cards])
    tell_of_debrief(company_id, rows)


def tell_of_excuse(company_id: int, rows: Rows) -> None:
    """Whoever hires looks for somebody else, or finds the debrief open."""
    cards = Scorecard.objects.filter(company_id=company_id, id__in=[id for id, _detail in rows])
    details = dict(rows)
    for card in cards.select_related("application__requisition"):
        detail = details[card.id]
        send_mails(company_id, [(card.interview_id, detail)])
        notice = Notice(
            member_id=card.application.requisition.owner_id,
            verb="scorecard.excused",
            key=f"scorecard.excused:{detail['activity']}",
            url=reverse("hiring:interview", args=[card.interview_id]),
            detail={"interview": card.interview_id, "who": card.member_id},
            actor_id=detail["actor"],
        )
        notify(company_id, [notice])
    tell_of_debrief(company_id, rows)


# --- The debrief --------------------------------------------------------------------------------------------------


def tell_of_debrief(company_id: int, rows: Rows) -> None:
    """Whoever owns the requisition hears that all scorecards are in; what they say is not told."""
    told = {detail["application"]: detail for _id, detail in rows if detail.get("application")}
    applications = Application.objects.filter(company_id=company_id, id__in=told)
    for application in applications.select_related("requisition", "candidate"):
        owner = application.requisition.owner_id
        if owner != application.candidate.member_id and is_debrief_open(application):
            # One more interview, once in, is news again.
            interviews = application.scorecards.filter(state="submitted").values("interview_id").distinct()
            key = f"debrief.opened:{application.id}:{interviews.count()}"
            detail = told[application.id]
            about = {"application": application.id}
            notify(
                company_id,
                [Notice(owner, "debrief.opened", key, _debrief(application.id), about, detail["actor"])],
            )


def tell_of_decision(company_id: int, rows: Rows) -> None:
    """Whoever else hires for the job is asked to answer it; without anybody, the leaders. What it says is not told."""
    details = dict(rows)
    waiting = Decision.objects.filter(company_id=company_id, id__in=details, state=Decision.State.PROPOSED)
    for decision in waiting.select_related("application__requisition", "application__candidate"):
        job, own = decision.application.requisition, decision.application.candidate.member_id
        hire = {job.owner_id, job.manager_id, *hiring_team(job)} - {decision.decided_by_id, own}
        asked = [each for each in hire if each]
        leading = Member.objects.active().filter(company_id=company_id, role__in=LEADING)
        there = set(Member.objects.active().filter(id__in=asked).values_list("id", flat=True))
        there = there or set(leading.values_list("id", flat=True)) - {decision.decided_by_id, own}
        notify(
            company_id,
            [
                _of_decision("decision.made", decision, each, details[decision.id]["actor"])
                for each in sorted(there)
            ],
        )


def tell_of_answer(company_id: int, rows: Rows) -> None:
    """Whoever decided hears that it was answered."""
    details = dict(rows)
    decisions = Decision.objects.filter(company_id=company_id, id__in=details)
    for decision in decisions.exclude(state=Decision.State.PROPOSED):
        notice = _of_decision(
            "decision.answered", decision, decision.decided_by_id, details[decision.id]["actor"]
        )
        notify(company_id, [notice])


def tell_of_unsent_letter(company_id: int, rows: Rows) -> None:
    """Whoever wrote a letter hears that it did not go out."""
    details = dict(rows)
    for letter in Letter.objects.filter(
        company_id=company_id, id__in=details, state=Letter.State.FAILED, author__isnull=False
    ):
        notice = Notice(
            member_id=letter.author_id,
            verb="letter.not_sent",
            key=f"letter.not_sent:{details[letter.id]['activity']}",
            url=reverse("hiring:letters", args=[letter.application_id]),
            detail={"application": letter.application_id},
            actor_id=None,
        )
        notify(company_id, [notice])


# --- Leavers ------------------------------------------------------------------------------------------------------


def excuse_leavers(company_id: int, rows: Rows) -> None:
    """Nobody waits for the scorecard of somebody who does not work here any more."""
    gone = Member.objects.filter(company_id=company_id, id__in=[id for id, _detail in rows], is_active=False)
    cards = Scorecard.objects.waiting().filter(company_id=company_id, member__in=gone)
    for card in cards.order_by("id"):
        excuse_scorecard(actor=None, card=card, why="Left the company.")


# ------------------------------------------------------------------------------------------------------------------


def _cards(company_id: int, interview_id: int):
    return Scorecard.objects.filter(company_id=company_id, interview_id=interview_id)


def _to_panel(verb: str, card: Scorecard, detail: dict) -> Notice:
    about = {"interview": card.interview_id}
    key = f"{verb}:{detail['activity']}"
    return Notice(card.member_id, verb, key, room_of(card.id), about, detail["actor"])


def _of_decision(verb: str, decision: Decision, member_id: int | None, actor_id: int | None) -> Notice:
    about = {"application": decision.application_id}
    key = f"{verb}:{decision.id}"
    return Notice(member_id, verb, key, _debrief(decision.application_id), about, actor_id)


def _debrief(application_id: int) -> str:
    try:
        return reverse("hiring:debrief", args=[application_id])
    except NoReverseMatch:
        return ""


REACTIONS = {
    "interview.planned": tell_of_panel,
    "interview.panel_changed": tell_of_other_panel,
    "interview.moved": tell_of_move,
    "interview.cancelled": tell_of_cancellation,
    "interview.mailed_again": send_mails,
    "scorecard.submitted": tell_of_debrief,
    "scorecard.excused": tell_of_excuse,
    "decision.made": tell_of_decision,
    "decision.approved": tell_of_answer,
    "decision.sent_back": tell_of_answer,
    "letter.not_sent": tell_of_unsent_letter,
    "member.left": excuse_leavers,
}
