"""Tells a worker that a company has marks. Only to be quick: beat finds the marks of a lost kick."""

import logging

from celery import current_app
from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def kick(company_id: int) -> None:
    """Queues one drain of the company, at most one in two seconds."""
    try:
        if cache.add(f"drain:{company_id}", 1, timeout=2):
            current_app.send_task("metrics.tasks.drain", [company_id], retry=False)
    except (RedisError, OperationalError, OSError):
        logger.warning("The broker is away; beat will drain company %s", company_id)
