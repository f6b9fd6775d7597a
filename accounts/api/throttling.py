import time

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class KeyThrottle(SimpleRateThrottle):
    """A number of calls a minute for each key, counted in the cache; without a cache nobody is held up."""

    scope = "key"
    duration: int
    num_requests: int

    def allow_request(self, request: Request, view) -> bool:
        key = getattr(request, "auth", None)
        if key is None or self.rate is None:
            return True
        now = time.time()
        self.resets_in = self.duration - now % self.duration
        name = f"rate:{key.pk}:{int(now // self.duration)}"
        try:
            cache.add(name, 0, timeout=self.duration + 1)
            return cache.incr(name) <= self.num_requests
        except (RedisError, ValueError, OSError):
            return True

    def wait(self) -> float:
        return self.resets_in
