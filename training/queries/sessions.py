"""Live sessions: what comes, what was, and who is asked to each."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import Member
from accounts.queries.org import lines_on
from cs_platform.lib import clock
from training.models import Item, ProgrammeVersion, Seat, Session
from training.permissions import can_note_attendance

A_PAGE, COMING = 50, 100


@dataclass(frozen=True)
class SessionsPage:
    """coming: not over yet, or held and not closed, the next one first. past: the newest first, in pages."""

    coming: list[Session]
    past: Page


@dataclass(frozen=True)
class SessionPage:
    """seats: everybody, for who notes attendance and for who sets up; else the reader's own seat alone. local: start
    and end on the clock of the session's zone, where that is another one than the reader's."""

    session: Session
    seats: list[Seat]
    own: Seat | None
    asked: int
    came: int
    minutes: int
    item: str
    local: tuple[datetime, datetime] | None


def sessions_page(member: Member, number: str | None) -> SessionsPage:
    now = clock.now()
    rows = _counted(member)
    is_past = Q(closed_at__isnull=False) | Q(cancelled_at__isnull=False, ends_at__lte=now)
    coming = rows.exclude(is_past).order_by("starts_at", "id")[:COMING]
    past = rows.filter(is_past).order_by("-starts_at", "-id")
    return SessionsPage(list(coming), Paginator(past, A_PAGE).get_page(number))


def session_page(member: Member, session: Session, zone: str, sees_all: bool) -> SessionPage:
    rows = session.seats.select_related("member", "noted_by").order_by("member__name", "id")
    if not (sees_all or can_note_attendance(member, session)):
        rows = rows.filter(member=member)
    seats = list(rows)
    tally = session.seats.aggregate(asked=Count("id"), came=Count("id", filter=Q(state=Seat.State.ATTENDED)))
    there = ZoneInfo(session.zone)
    local = (session.starts_at.astimezone(there), session.ends_at.astimezone(there))
    return SessionPage(
        session=session,
        seats=seats,
        own=next((seat for seat in seats if seat.member_id == member.id), None),
        asked=tally["asked"],
        came=tally["came"],
        minutes=int((session.ends_at - session.starts_at).total_seconds() // 60),
        item=_title_of(session),
        local=local if session.zone != zone else None,
    )


def items_to_count_for(member: Member) -> list[tuple[str, str]]:
    """(key, title) of the live sessions that programmes ask for."""
    rows = Item.objects.filter(
        company_id=member.company_id,
        kind=Item.Kind.SESSION,
        module__of__state=ProgrammeVersion.State.PUBLISHED,
    )
    found: dict[str, str] = {}
    for key, title, programme in rows.order_by("title", "id").values_list(
        "key", "title", "module__of__programme__title"
    ):
        found[key] = f"{found[key]}, {programme}" if key in found else f"{title}: {programme}"
    return list(found.items())


def people_of_teams(company_id: int, teams: set[int], day: date) -> set[int]:
    """Who is in one of these teams on a day and works here."""
    if not teams:
        return set()
    lines = lines_on(company_id, day)
    inside = [person for person, team in lines.team.items() if team in teams]
    here = Member.objects.active().filter(company_id=company_id, id__in=inside, is_bot=False, is_stub=False)
    return set(here.values_list("id", flat=True))


def _counted(member: Member) -> QuerySet[Session]:
    own = Seat.objects.filter(company_id=member.company_id, session=OuterRef("id"), member=member)
    return (
        Session.objects.visible_to(member)
        .select_related("host")
        .annotate(
            asked=Count("seats"),
            came=Count("seats", filter=Q(seats__state=Seat.State.ATTENDED)),
            own=Subquery(own.values("state")[:1]),
        )
    )


def _title_of(session: Session) -> str:
    if not session.item:
        return ""
    rows = Item.objects.filter(company_id=session.company_id, key=session.item, kind=Item.Kind.SESSION)
    return rows.order_by("-id").values_list("title", flat=True).first() or ""
