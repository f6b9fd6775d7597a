"""Live sessions: set up, changed, repeated, called off; who came, and what follows once they are closed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from cs_platform.lib import clock
from customers.actions.conflict import check_version
from training.models import Enrolment, Entry, Item, Seat, Session
from training.repeating import next_month

from .entries import judge, progress_at

MOST_SEATS = 500
# Of these whoever is asked hears by mail.
TOLD = ("title", "host", "starts_at", "ends_at", "zone", "place")
FIELDS = (*TOLD, "body", "item")


@transaction.atomic
def plan_session(*, actor: Member, people: Collection[int], site: str = "", **fields: Any) -> Session:
    """A session with who is asked to it, by id of member. Everybody gets a calendar invitation. Sent twice it is one.

    Raises ValidationError that names the field.
    """
    Member.objects.select_for_update(no_key=True).get(id=actor.id)
    same = Session.objects.filter(company_id=actor.company_id, created_by=actor, cancelled_at__isnull=True)
    if found := same.filter(title=fields["title"], starts_at=fields["starts_at"]).first():
        return found
    session = Session(company_id=actor.company_id, created_by=actor, **_checked(actor, fields))
    session.full_clean(exclude=["company"])
    session.save()
    seated = _seat(session, people)
    activity.record("session.planned", session, actor=actor, new=seated, told=[], gone=[], site=site)
    return session


@transaction.atomic
def change_session(
    *,
    actor: Member,
    session: Session,
    people: Collection[int],
    version: int | None = None,
    site: str = "",
    **fields: Any,
) -> Session:
    """Another text, host, time, place or other people. Who is told: everybody if the invitation reads differently, else
    who is new; and who is not asked any more. Raises EditConflict, ValidationError."""
    session = _locked(actor, session, version)
    _must_be_open(session)
    before = {name: getattr(session, name) for name in FIELDS}
    for name, value in _checked(actor, fields).items():
        setattr(session, name, value)
    held = set(session.seats.values_list("member_id", flat=True))
    asked = set(_there(session, set(people) - held)) | (held & set(people))
    gone = held - asked
    reads_new = any(before[name] != getattr(session, name) for name in TOLD)
    if not (reads_new or gone or asked - held or before != {name: getattr(session, name) for name in FIELDS}):
        return session
    session.sequence += 1
    session.version += 1
    session.full_clean(exclude=["company"])
    session.save()
    session.seats.filter(member_id__in=gone).delete()
    _seat(session, asked - held)
    told = sorted(asked & held) if reads_new else []
    lists: dict[str, Any] = {"new": sorted(asked - held), "told": told, "gone": sorted(gone)}
    activity.record("session.changed", session, actor=actor, site=site, **lists)
    return session


@transaction.atomic
def repeat_session(*, actor: Member, session: Session, site: str = "") -> Session:
    """The same on the same weekday of the next month, with who still works here. Asked twice it is made once."""
    session = _locked(actor, session)
    starts_at = next_month(session.starts_at, session.zone)
    found = Session.objects.filter(
        company_id=session.company_id, title=session.title, starts_at=starts_at, cancelled_at__isnull=True
    ).first()
    if found is not None:
        return found
    host = session.host if session.host and session.host.is_active else actor
    return plan_session(
        actor=actor,
        people=session.seats.values_list("member_id", flat=True),
        site=site,
        title=session.title,
        body=session.body,
        host=host,
        starts_at=starts_at,
        ends_at=starts_at + (session.ends_at - session.starts_at),
        zone=session.zone,
        place=session.place,
        item=session.item,
    )


@transaction.atomic
def cancel_session(*, actor: Member, session: Session, site: str = "") -> Session:
    """It does not take place, and whoever was asked is told. Twice is once."""
    session = _locked(actor, session)
    if session.cancelled_at is not None:
        return session
    if session.closed_at is not None:
        raise ValidationError(_("This session was held and is closed."))
    session.cancelled_at = clock.now()
    session.sequence += 1
    session.version += 1
    session.save(update_fields=["cancelled_at", "sequence", "version"])
    gone = list(session.seats.values_list("member_id", flat=True))
    activity.record("session.cancelled", session, actor=actor, new=[], told=[], gone=gone, site=site)
    return session


@transaction.atomic
def note_attendance(
    *, actor: Member, session: Session, came: Mapping[int, int | None], version: int | None = None
) -> int:
    """Who came and for how many minutes, {seat id: minutes, or None for who did not come}; how many seats changed.

    Never one's own: the seat of whoever notes is left to somebody else. Raises EditConflict, ValidationError.
    """
    session = _locked(actor, session, version)
    _must_be_open(session)
    if session.starts_at > clock.now():
        raise ValidationError(_("The session has not begun yet."))
    seats = list(session.seats.filter(id__in=came))
    if any(seat.member_id == actor.id for seat in seats):
        raise ValidationError(_("Somebody else notes whether you came."))
    longest = length_of(session)
    changed = []
    for seat in seats:
        minutes = came[seat.id]
        if minutes is not None and not 0 < minutes <= longest:
            raise ValidationError(
                {f"minutes_{seat.id}": _("From 1 to %(most)s minutes.") % {"most": longest}}
            )
        state = Seat.State.MISSED if minutes is None else Seat.State.ATTENDED
        if (seat.state, seat.minutes) != (state, minutes or 0):
            seat.state, seat.minutes, seat.noted_by = state, minutes or 0, actor
            changed.append(seat)
    Seat.objects.bulk_update(changed, ["state", "minutes", "noted_by"])
    if changed:
        session.version += 1
        session.save(update_fields=["version"])
        activity.record("session.attendance_noted", session, actor=actor, seats=len(changed))
    return len(changed)


@transaction.atomic
def close_session(*, actor: Member, session: Session) -> Session:
    """Attendance stays from now on, and counts on the paths of who came. Who was not noted did not come. Twice is once.

    Raises ValidationError before the session is over, or while a seat of the one who closes waits for another's word.
    """
    session = _locked(actor, session)
    if session.closed_at is not None:
        return session
    _must_be_open(session)
    if session.ends_at > clock.now():
        raise ValidationError(_("The session is not over yet."))
    waiting = session.seats.filter(state=Seat.State.INVITED)
    if waiting.filter(member=actor).exists():
        raise ValidationError(
            _("Somebody else has to note whether you came: the host, or who set the session up.")
        )
    waiting.update(state=Seat.State.MISSED, noted_by=actor)
    session.closed_at = clock.now()
    session.version += 1
    session.save(update_fields=["closed_at", "version"])
    counted = _count_on_paths(session)
    activity.record("session.closed", session, actor=actor, counted=counted)
    return session


def length_of(session: Session) -> int:
    """In minutes."""
    return int((session.ends_at - session.starts_at).total_seconds() // 60)


def _count_on_paths(session: Session) -> int:
    """An entry for each who came and whose path has the item, by the word of who noted it."""
    if not session.item:
        return 0
    came = {
        seat.member_id: seat
        for seat in session.seats.filter(state=Seat.State.ATTENDED).select_related("noted_by")
    }
    items = Item.objects.filter(company_id=session.company_id, key=session.item, kind=Item.Kind.SESSION)
    by_version = {item.module.of_id: item for item in items.select_related("module")}
    going = Enrolment.objects.going().filter(
        company_id=session.company_id, member_id__in=came, version_id__in=by_version
    )
    counted = 0
    for enrolment in going.order_by("id"):
        item, seat = by_version[enrolment.version_id], came[enrolment.member_id]
        if seat.noted_by is None or progress_at(enrolment)[item.id].is_done:
            continue
        judge(
            actor=seat.noted_by,
            enrolment=enrolment,
            item=item,
            outcome=Entry.Outcome.PASSED,
            words=session.title,
            minutes=seat.minutes,
            shown={"session": session.id},
        )
        counted += 1
    return counted


def _locked(actor: Member, session: Session, version: int | None = None) -> Session:
    session = (
        Session.objects.select_for_update(no_key=True, of=["self"])
        .select_related("host")
        .get(id=session.id, company_id=actor.company_id)
    )
    check_version(session, version)
    return session


def _must_be_open(session: Session) -> None:
    if session.cancelled_at is not None:
        raise ValidationError(_("This session was called off."))
    if session.closed_at is not None:
        raise ValidationError(_("This session is closed: who came stays as it was noted."))


def _checked(actor: Member, fields: dict[str, Any]) -> dict[str, Any]:
    host: Member | None = fields.get("host")
    if host is not None and (host.company_id != actor.company_id or not host.is_active):
        raise ValidationError({"host": _("The host does not work here any more.")})
    begins: datetime = fields["starts_at"]
    if fields["ends_at"] <= begins:
        raise ValidationError({"starts_at": _("The end lies before the start.")})
    return fields


def _there(session: Session, people: Collection[int]) -> list[int]:
    rows = Member.objects.active().filter(company_id=session.company_id, id__in=people, is_bot=False)
    return sorted(rows.filter(is_stub=False).values_list("id", flat=True))


def _seat(session: Session, people: Collection[int]) -> list[int]:
    there = _there(session, people)
    if len(there) + session.seats.count() > MOST_SEATS:
        raise ValidationError({"people": _("At most %(most)s people.") % {"most": MOST_SEATS}})
    Seat.objects.bulk_create(
        [Seat(company_id=session.company_id, session=session, member_id=each) for each in there],
        ignore_conflicts=True,
    )
    return there
