"""The playbooks that somebody may read, and the rows of their list."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Subquery

from accounts.models import Member, ReportingLine
from cs_platform.lib import clock
from playbooks.models import Playbook, Run, Version
from playbooks.models.playbook import PlaybookQuerySet, Trust
from playbooks.permissions import can_set_up

RUNS_OF = timedelta(days=90)
# What needs a hand comes first.
ORDER = [Trust.EXPIRED, Trust.UNVERIFIED, Trust.DUE, Trust.VERIFIED]


@dataclass(frozen=True)
class Runs:
    """How often it was run in the last 90 days, and how many of these runs came to an end."""

    begun: int = 0
    completed: int = 0

    @property
    def share(self) -> float | None:
        return self.completed / self.begun if self.begun else None


@dataclass(frozen=True)
class Row:
    """A playbook of the list. published: what is read now; at_work: the draft or what is in review; either may be
    None. trust is None for one that never was published."""

    playbook: Any
    published: Version | None
    at_work: Version | None
    trust: Trust | None
    runs: Runs

    @property
    def state(self) -> str:
        """A word to filter and sort by: verified, due, expired, unverified, in_review or draft."""
        if self.trust is not None:
            return self.trust.value
        return self.at_work.state if self.at_work else Version.State.DRAFT.value

    @property
    def verifier(self) -> str:
        """Who says that it still holds: the name of a person or of a team, empty for nobody."""
        return str(self.playbook.verifier or self.playbook.verifier_team or "")

    @property
    def last_change(self) -> Version | None:
        return self.published or self.at_work


def readable(member: Member) -> QuerySet[Playbook]:
    """Those that stand and that a member may read."""
    return with_archived(member).standing()


def with_archived(member: Member) -> PlaybookQuerySet:
    """What a member may read: of everybody, of their team, or their own. Who sets playbooks up, which everybody above
    a team does, reads all."""
    found = Playbook.objects.visible_to(member)
    if can_set_up(member):
        return found
    own_team = Subquery(team_today(member))
    return found.filter(
        Q(audience__isnull=True) | Q(audience=own_team) | Q(owner=member) | Q(verifier=member)
    )


def team_today(member: Member) -> QuerySet:
    """The id of the team that a member is in, as a query of one value."""
    lines = ReportingLine.objects.in_force().filter(
        company_id=member.company_id, member=member, valid_from__lte=member.company.today()
    )
    return lines.order_by("-valid_from").values_list("team_id", flat=True)[:1]


def rows(member: Member, today: date, chosen: QuerySet[Playbook] | None = None) -> list[Row]:
    """Rows of the list, in three queries: what needs a hand first, then by the alphabet.

    chosen: some of the readable ones, else all of them. A draft that never was published is listed for its writers
    and for whoever sets up.
    """
    found = readable(member) if chosen is None else chosen
    versions = Version.objects.exclude(state=Version.State.SUPERSEDED).order_by("number")
    found = found.select_related("scenario", "owner", "verifier", "verifier_team").prefetch_related(
        Prefetch("versions", versions, to_attr="standing_versions")
    )
    counted = _runs(member.company_id)
    listed = (_row(playbook, counted, today) for playbook in found)
    return sorted((row for row in listed if _is_for(member, row)), key=_place)


def _row(playbook: Any, counted: dict[int, Runs], today: date) -> Row:
    published = at_work = None
    for version in playbook.standing_versions:
        if version.state == Version.State.PUBLISHED:
            published = version
        else:
            at_work = version
    trust = playbook.trust(today) if published else None
    return Row(playbook, published, at_work, trust, counted.get(playbook.id, Runs()))


def _is_for(member: Member, row: Row) -> bool:
    if row.published or can_set_up(member) or row.playbook.owner_id == member.id:
        return True
    return row.at_work is not None and member.id in (*row.at_work.editors, row.at_work.reviewer_id)


def _place(row: Row) -> tuple[int, str]:
    return (ORDER.index(row.trust) if row.trust else len(ORDER), str(row.playbook.title).casefold())


def _runs(company_id: int) -> dict[int, Runs]:
    since = clock.now() - RUNS_OF
    counts = (
        Run.objects.filter(company_id=company_id, started_at__gte=since, is_trial=False)
        .values_list("version__playbook_id")
        .annotate(begun=Count("id"), completed=Count("id", filter=Q(state=Run.State.COMPLETED)))
    )
    return {playbook_id: Runs(begun, completed) for playbook_id, begun, completed in counts}
