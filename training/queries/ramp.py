"""The ramp of people who began: their milestones, and when others usually reach them."""

from accounts.models import Member
from metrics.queries import memory
from training.ramp import Band, band_of

from .ramp_reckoning import ramps
from .ramp_starters import TITLES, Milestone, Ramp, Starter, starters

Days = dict[str, tuple[int, bool]]


def milestones_of(member: Member) -> Ramp | None:
    """The ramp of one person, with the usual days of others who began on the same programme (else of all who began).

    None for whoever began more than two years ago, or nobody knows when. The figures are the person's own and
    as of now; the usual days may be ten minutes old.
    """
    found = starters(member.company_id, member.company.today(), [member])
    if not found:
        return None
    ramp = ramps(member.company, found)[0]
    bands, others = _usual(member, found[0])
    told = [
        Milestone(each.key, each.on, each.day, each.weeks, each.why, bands.get(each.key))
        for each in ramp.milestones
    ]
    return Ramp(ramp.starter, ramp.today, told, others)


def days_of(ramp: Ramp) -> Days:
    """Of each milestone the day on which it was reached and True, or the days so far and False."""
    return {
        each.key: (each.day or 1, True) if each.is_reached else (max(ramp.today, 1), False)
        for each in ramp.milestones
    }


def _usual(member: Member, own: Starter) -> tuple[dict[str, Band], int]:
    """Of those who began before on the same programme, without the person; of all if the person is on none."""
    today = member.company.today()
    key = f"ramp:{member.company_id}:{today}:{own.programme}"

    def ask() -> list[tuple[int, Days]]:
        others = [each for each in starters(member.company_id, today) if each.programme == own.programme]
        return [(ramp.starter.member.id, days_of(ramp)) for ramp in ramps(member.company, others)]

    known = [days for who, days in memory.remembered(key, ask) if who != member.id]
    return {key: band_of(days[key] for days in known) for key in TITLES}, len(known)
