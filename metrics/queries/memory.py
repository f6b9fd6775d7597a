"""What is remembered for some minutes: answers, under the version of the company's figures (`Present.version`).

Whatever changes a figure leaves a mark, and what takes the mark moves the version in the same transaction: what is
remembered is never older than `as_of`. Without the cache everything is asked again.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

REMEMBERED_FOR = 600

T = TypeVar("T")


def remembered(key: str, ask: Callable[[], T]) -> T:
    """What is known under a key, else what `ask` finds; None is never remembered."""
    try:
        known = cache.get(key)
    except RedisError:
        return ask()
    if known is None:
        known = ask()
        remember({key: known})
    return known


def recall(keys: list[str]) -> dict[str, Any]:
    """What is known of several keys."""
    try:
        return cache.get_many(keys) if keys else {}
    except RedisError:
        return {}


def remember(values: Mapping[str, Any]) -> None:
    try:
        if values:
            cache.set_many(dict(values), REMEMBERED_FOR)
    except RedisError:
        return


def digest(*asked: object) -> str:
    """A short name of a question; equal questions have equal names."""
    return sha256(repr(asked).encode()).hexdigest()[:32]
