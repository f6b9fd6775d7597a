"""Who has a page open right now. Kept in the cache only: when that is away, nobody seems to be there."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.models import Member
from cs_platform.lib import clock

logger = logging.getLogger(__name__)
GONE_AFTER = 40  # seconds without a sign; a page gives one every 15


@dataclass(frozen=True, slots=True)
class Present:
    name: str
    since: datetime
    is_writing: bool


def come_by(*, actor: Member, place: str, is_writing: bool = False) -> list[Present]:
    """Says that actor is here and gives who else is. place: "ticket:12", say.

    Two signs at once may lose one; the next brings it back.
    """
    key, now = f"here:{actor.company_id}:{place}", clock.now().timestamp()
    try:
        known = cache.get(key) or {}
        here = {who: seen for who, seen in known.items() if seen["at"] > now - GONE_AFTER}
        since = here.get(actor.id, {}).get("since", now)
        here[actor.id] = {"name": actor.name, "since": since, "at": now, "writing": is_writing}
        cache.set(key, here, GONE_AFTER)
    except (RedisError, OSError):
        logger.warning("The cache is away; nobody is shown beside %s", place)
        return []
    return [
        Present(seen["name"], datetime.fromtimestamp(seen["since"], UTC), seen["writing"])
        for who, seen in here.items()
        if who != actor.id
    ]
