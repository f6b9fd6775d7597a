"""May this member? Pure predicates; views, API and templates ask the same ones."""

from accounts.models import Member, Role
from training.models import Certificate, DevelopmentPlan, Enrolment, Item, RideAlong, Session

from .completion import ASKED_FOR, BY_ANOTHER, BY_ONESELF


def can_set_up(member: Member) -> bool:
    """Requirements, programmes, questions, sessions."""
    return member.role != Role.REP


def can_set_rules(member: Member) -> bool:
    """How long certificates hold, the pair of the ramp, holidays."""
    return member.sees_everybody


def can_enrol(member: Member, person: Member, is_above: bool) -> bool:
    """Put somebody on a path, or take them off it. is_above: the person reports to the member, over any steps."""
    return person.id != member.id and (member.sees_everybody or is_above)


def can_learn(member: Member, enrolment: Enrolment) -> bool:
    """Read, tick, answer, hand in and ask on one's own path, while it goes."""
    return enrolment.member_id == member.id and enrolment.is_active


def can_do(member: Member, enrolment: Enrolment, item: Item) -> bool:
    """Say of an item oneself that it is done."""
    return can_learn(member, enrolment) and item.kind in BY_ONESELF


def can_ask(member: Member, enrolment: Enrolment, item: Item) -> bool:
    return can_learn(member, enrolment) and item.kind in ASKED_FOR


def can_take(member: Member, enrolment: Enrolment, item: Item) -> bool:
    """Take a quiz: only whose path it is."""
    return can_learn(member, enrolment) and item.kind == Item.Kind.QUIZ


def can_judge(member: Member, enrolment: Enrolment, item: Item, is_above: bool, hosts: bool = False) -> bool:
    """Say of another one's item whether it is done: who is above, leaders, admins, and the host of a ride-along."""
    if enrolment.member_id == member.id or not enrolment.is_active or item.kind not in BY_ANOTHER:
        return False
    return member.sees_everybody or is_above or (hosts and item.kind == Item.Kind.RIDE_ALONG)


def can_waive(member: Member, enrolment: Enrolment, is_above: bool) -> bool:
    """Let somebody off an item, never oneself."""
    return enrolment.member_id != member.id and enrolment.is_active and (member.sees_everybody or is_above)


def can_plan_ride(member: Member, enrolment: Enrolment, is_above: bool) -> bool:
    return enrolment.is_active and (enrolment.member_id == member.id or member.sees_everybody or is_above)


def can_change_ride(member: Member, ride: RideAlong, is_above: bool) -> bool:
    """Move or cancel it: the host too, who may not have the time after all."""
    return ride.host_id == member.id or can_plan_ride(member, ride.enrolment, is_above)


def can_hold_ride(member: Member, ride: RideAlong, is_above: bool) -> bool:
    """Note what came of it: the host, or who is above the trainee."""
    is_other = ride.enrolment.member_id != member.id
    return is_other and (ride.host_id == member.id or member.sees_everybody or is_above)


def can_certify(member: Member, certificate: Certificate, is_above: bool) -> bool:
    """Renew or revoke, never one's own."""
    return certificate.member_id != member.id and (member.sees_everybody or is_above)


def can_supervise(member: Member, person_id: int, is_above: bool) -> bool:
    """Name who stands beside somebody without a certificate, or end that; never for oneself."""
    return person_id != member.id and (member.sees_everybody or is_above)


def can_keep_plan(member: Member, plan: DevelopmentPlan, is_above: bool) -> bool:
    """Goals, evidence and reviews: whose plan it is, and who is above."""
    return plan.member_id == member.id or member.sees_everybody or is_above


def can_open_plan(member: Member, person: Member, is_above: bool) -> bool:
    """A plan for oneself, or for somebody below."""
    return person.id == member.id or member.sees_everybody or is_above


def can_change_session(member: Member, session: Session) -> bool:
    """Change, repeat and call off: who set it up, leaders and admins."""
    return can_set_up(member) and (session.created_by_id == member.id or member.sees_everybody)


def can_note_attendance(member: Member, session: Session) -> bool:
    """Who came, and that the session is closed: the host, and who set it up. Never of the own seat."""
    return member.id in (session.host_id, session.created_by_id)


def can_compare(member: Member) -> bool:
    """Set scenarios of the whole company side by side."""
    return member.sees_everybody
