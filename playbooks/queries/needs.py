"""What waits for somebody about playbooks: for a home page, each in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import Member
from cs_platform.lib import clock
from playbooks.models.playbook import DUE_WITHIN

from .readers import KNOWN_FOR

REMINDED = timedelta(days=90)
# A reader who is asked again: acknowledged or ran a version before the newest material one, did not write that one,
# and has not acknowledged it or a later one. Of the last months only: nobody is reminded for ever, unless
# readers are asked again.
_AGAIN = """
SELECT 'again', p.id, 0, p.title, greatest(m.published_at, p.readers_asked_at), NULL::date
  FROM playbooks_version m JOIN playbooks_playbook p ON p.id = m.playbook_id
 WHERE m.company_id = %(company)s AND m.state IN ('published', 'superseded') AND m.change = 'material'
   AND m.number > 1 AND greatest(m.published_at, p.readers_asked_at) >= %(recent)s AND p.archived_at IS NULL
   AND NOT EXISTS (
    SELECT FROM playbooks_version v
     WHERE v.company_id = %(company)s AND v.playbook_id = p.id AND v.number > m.number
       AND v.state IN ('published', 'superseded') AND v.change = 'material')
   AND NOT %(member)s = ANY(m.editors)
   AND (EXISTS (
    SELECT FROM playbooks_acknowledgement a JOIN playbooks_version v ON v.id = a.version_id
     WHERE a.company_id = %(company)s AND a.member_id = %(member)s AND v.company_id = %(company)s
       AND v.playbook_id = p.id AND v.number < m.number)
    OR EXISTS (
    SELECT FROM playbooks_run r JOIN playbooks_version v ON v.id = r.version_id
     WHERE r.company_id = %(company)s AND %(member)s IN (r.starter_id, r.holder_id) AND NOT r.is_trial
       AND v.company_id = %(company)s AND v.playbook_id = p.id AND v.number < m.number))
   AND NOT EXISTS (
    SELECT FROM playbooks_acknowledgement a JOIN playbooks_version v ON v.id = a.version_id
     WHERE a.company_id = %(company)s AND a.member_id = %(member)s AND v.company_id = %(company)s
       AND v.playbook_id = p.id AND v.number >= m.number)"""
# A reader who acknowledged the newest material version or a later one, but long before readers were asked again.
_ASKED = """
SELECT 'asked', p.id, 0, p.title, p.readers_asked_at, NULL::date
  FROM playbooks_playbook p
 WHERE p.company_id = %(company)s AND p.archived_at IS NULL AND p.readers_asked_at >= %(recent)s
   AND (SELECT max(a.acknowledged_at)
          FROM playbooks_acknowledgement a JOIN playbooks_version v ON v.id = a.version_id
         WHERE a.company_id = %(company)s AND a.member_id = %(member)s AND v.company_id = %(company)s
           AND v.playbook_id = p.id AND v.number >= (
            SELECT coalesce(max(m.number), 0) FROM playbooks_version m
             WHERE m.company_id = %(company)s AND m.playbook_id = p.id AND m.change = 'material'
               AND m.state IN ('published', 'superseded'))) <= p.readers_asked_at - %(known)s"""
_REVIEW = """
SELECT 'review', p.id, v.id, p.title, v.sent_at, NULL::date
  FROM playbooks_version v JOIN playbooks_playbook p ON p.id = v.playbook_id
 WHERE v.company_id = %(company)s AND v.state = 'in_review' AND p.archived_at IS NULL
   AND NOT %(member)s = ANY(v.editors)
   AND (v.reviewer_id = %(member)s
        OR v.reviewer_id IS NULL AND %(member)s IN (p.owner_id, p.verifier_id))"""
_VERIFY = """
SELECT 'verify', p.id, 0, p.title, NULL::timestamptz, p.verified_until
  FROM playbooks_playbook p
 WHERE p.company_id = %(company)s AND p.archived_at IS NULL AND p.verified_until <= %(soon)s
   AND (p.verifier_id = %(member)s
        OR p.verifier_id IS NULL AND p.verifier_team_id IS NULL AND p.owner_id = %(member)s
        OR p.verifier_team_id = (
          SELECT l.team_id FROM accounts_reportingline l
           WHERE l.company_id = %(company)s AND l.member_id = %(member)s AND l.superseded_at IS NULL
             AND l.valid_from <= %(today)s
           ORDER BY l.valid_from DESC LIMIT 1))"""
_OF_MEMBER = " UNION ALL ".join(f"({piece})" for piece in (_REVIEW, _VERIFY, _AGAIN, _ASKED))


@dataclass(frozen=True)
class Asked:
    """A line for one person. kind: review, verify, again or asked. version: of a review. since: when it was sent,
    published or asked. until: the last day of a verification."""

    kind: str
    playbook: int
    version: int
    title: str
    since: datetime | None
    until: date | None


def asked_of(member: Member, today: date, most: int) -> list[Asked]:
    """Reviews that a member is asked for, what they have to verify within two weeks, and what to read again."""
    values: dict[str, Any] = {
        "company": member.company_id,
        "member": member.id,
        "today": today,
        "soon": today + DUE_WITHIN,
        "recent": clock.now() - REMINDED,
        "known": KNOWN_FOR,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{_OF_MEMBER} ORDER BY 6 NULLS FIRST, 5, 2 LIMIT %(most)s", values)
        return [Asked(*row) for row in cursor.fetchall()]


# --- A team's or a company's --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lapsed:
    """Playbooks that nobody can trust any more, and versions that wait for a review: how many, the one that waits
    the longest, and since when."""

    count: int
    title: str
    playbook: int
    since: date | None


_WHOSE = "(%(team)s::bigint[] IS NULL OR p.owner_id = ANY(%(team)s) OR p.verifier_id = ANY(%(team)s))"
_LAPSED = f"""
SELECT 'lapsed', count(*) OVER (), p.title, p.id, p.verified_until FROM playbooks_playbook p
 WHERE p.company_id = %(company)s AND p.archived_at IS NULL AND {_WHOSE}
   AND (p.verified_until < %(today)s OR p.verified_until IS NULL AND p.lapse <> '')
 ORDER BY p.verified_until NULLS FIRST, p.id LIMIT 1"""
_WAITING = f"""
SELECT 'waiting', count(*) OVER (), p.title, p.id, v.sent_at::date
  FROM playbooks_version v JOIN playbooks_playbook p ON p.id = v.playbook_id
 WHERE v.company_id = %(company)s AND v.state = 'in_review' AND p.archived_at IS NULL
   AND NOT %(member)s = ANY(v.editors) AND v.sent_at < %(late)s
   AND (%(team)s::bigint[] IS NULL OR v.author_id = ANY(%(team)s) OR {_WHOSE})
 ORDER BY v.sent_at, v.id LIMIT 1"""
# A review that waits for so long should be taken by somebody else.
WAITS_LONG = timedelta(days=2)


def lapsed(
    member: Member, *, now: datetime, today: date, team: Collection[int] | None = None
) -> dict[str, Lapsed]:
    """What a manager or leader has to see to, "lapsed" and "waiting"; what there is nothing of is left out.

    team: ids of the people below, None for the whole company.
    """
    values: dict[str, Any] = {
        "company": member.company_id,
        "member": member.id,
        "team": None if team is None else sorted({*team, member.id}),
        "today": today,
        "late": now - WAITS_LONG,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"({_LAPSED}) UNION ALL ({_WAITING})", values)
        return {kind: Lapsed(*rest) for kind, *rest in cursor.fetchall()}
