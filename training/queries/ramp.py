"""The ramp of people who began: their milestones, and when others usually reach them."""

from dataclasses import replace

from accounts.models import Member
from metrics.queries import memory
from training.ramp import band_of

from .ramp_reckoning import ramps
from .ramp_starters import Ramp, Starter, starters

Days = dict[str, tuple[int, bool]]
# What is usual is told of the newest ones.
MOST_OTHERS = 60


def milestones_of(member: Member) -> Ramp | None:
    """The ramp of one person, with the usual days of others who began on the same programme (else on none).

    None for whoever began more than two years ago, or nobody knows when. The figures are the person's own and
    as of now; the usual days may be ten minutes old.
    """
    today = member.company.today()
    own = next(iter(starters(member.company_id, today, [member])), None)
    if own is None:
        return None
    key = f"ramp:{member.company_id}:{today}:{own.programme}"
    known = memory.recall([key]).get(key)
    others = []
    if known is None:
        everybody = starters(member.company_id, today)
        others = [each for each in everybody if each.programme == own.programme][:MOST_OTHERS]
    found = {ramp.starter.member.id: ramp for ramp in ramps(member.company, _with(own, others))}
    if known is None:
        known = [(each.member.id, days_of(found[each.member.id])) for each in others]
        memory.remember({key: known})
    return _told(found[member.id], [days for who, days in known if who != member.id])


def _with(own: Starter, others: list[Starter]) -> list[Starter]:
    return [own, *(each for each in others if each.member.id != own.member.id)]


def _told(ramp: Ramp, others: list[Days]) -> Ramp:
    """With the usual days beside each milestone."""
    rows = [replace(each, usual=band_of(days[each.key] for days in others)) for each in ramp.milestones]
    return replace(ramp, milestones=rows, others=len(others))


def days_of(ramp: Ramp) -> Days:
    """Of each milestone the day on which it was reached and True, or the days so far and False."""
    return {
        each.key: (each.day or 1, True) if each.is_reached else (max(ramp.today, 1), False)
        for each in ramp.milestones
    }
