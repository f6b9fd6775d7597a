"""Who has to say that a playbook still holds is reminded: before, on the day, and after it, then with who is above."""

from datetime import date, time, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.models import Company, Member, ReportingLine
from accounts.notifications import Notice, notify
from cs_platform.lib import clock
from playbooks.models import Playbook
from playbooks.models.playbook import DUE_WITHIN
from playbooks.queries.people import above, leaders

from .verification import mark_expired

MORNING = time(8)
ESCALATED_AFTER = timedelta(days=7)
EXPIRED, BELOW = "playbook.expired", "playbook.expired_below"


@transaction.atomic
def remind_of_verification(company: Company) -> None:
    """Once it is morning in the company. May run at any hour, and again: each notice has a key of its date.

    In one transaction: what is noted at a playbook as told was told.
    """
    now = clock.now()
    local = now.astimezone(company.zones().at(now))
    if local.time() < MORNING:
        return
    today = local.date()
    due = Playbook.objects.standing().filter(
        company_id=company.id, verified_until__lte=today + DUE_WITHIN, lapse=""
    )
    notices: list[Notice] = []
    for playbook in due.select_related("verifier", "owner"):
        notices += _notices(playbook, today)
    notify(company.id, notices)


def _notices(playbook: Playbook, today: date) -> list[Notice]:
    until = playbook.verified_until
    if until is None:
        return []
    left = until - today
    people = who_verifies(playbook, today)
    if left > timedelta():
        # Of a short interval every day would be within the two weeks.
        is_short = timedelta(days=playbook.interval_days) <= DUE_WITHIN
        return [] if is_short else [_notice("playbook.due_soon", playbook, each) for each in people]
    if left > -ESCALATED_AFTER:
        return [_notice("playbook.due_today", playbook, each) for each in people]
    # Once for this expiry, however long it lasts: the playbook keeps that it was told.
    if not mark_expired(playbook=playbook):
        return []
    over = above(playbook.company_id, people) if people else leaders(playbook.company_id)
    told = [_notice(EXPIRED, playbook, each) for each in people]
    return told + [_notice(BELOW, playbook, each) for each in sorted(over - people)]


def who_verifies(playbook: Playbook, today: date) -> set[int]:
    """The verifier, all people of the verifying team today, or while there is neither the owner."""
    if playbook.verifier_team_id:
        lines = ReportingLine.objects.on(today).filter(
            company_id=playbook.company_id, team_id=playbook.verifier_team_id
        )
        people = Member.objects.active().filter(id__in=lines.values("member_id"))
        if found := set(people.values_list("id", flat=True)):
            return found
    who = playbook.verifier_id or playbook.owner_id
    return {who} if who else set()


def _notice(verb: str, playbook: Playbook, member_id: int) -> Notice:
    until = str(playbook.verified_until)
    page = reverse("playbooks:show", args=[playbook.id])
    key = f"{verb}:{playbook.id}:{until}"
    return Notice(member_id, verb, key, page, {"playbook": playbook.id, "until": until})
