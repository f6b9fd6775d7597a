from datetime import timedelta

from accounts.models import IdempotencyKey
from cs_platform.lib import clock

KEPT = timedelta(hours=48)


def drop_old_idempotency_keys() -> int:
    """Whoever has not asked again within two days will not; returns how many are gone."""
    old = IdempotencyKey.objects.filter(created_at__lt=clock.now() - KEPT)
    return old.delete()[0]
