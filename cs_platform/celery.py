"""The Celery app and the whole beat schedule.

Correctness rests on rows in PostgreSQL (marks, timers, outbox) and on beat, never on the broker: every
task may run twice, or be lost and run at the next beat.
"""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_platform.settings")

app = Celery("cs_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "drain-marked-companies": {
        "task": "metrics.tasks.drain_marked",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "fire-due-timers": {"task": "metrics.tasks.fire_timers", "schedule": 5.0, "options": {"expires": 5}},
    "react-to-outbox": {"task": "accounts.tasks.react", "schedule": 5.0, "options": {"expires": 5}},
    "worker-heartbeat": {"task": "accounts.tasks.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
    "reconcile-every-company": {"task": "metrics.tasks.reconcile_all", "schedule": 24 * 3600.0},
    "continue-uploads": {
        "task": "customers.tasks.continue_uploads",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "mail-due-replies": {
        "task": "customers.tasks.mail_due_replies",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "continue-demo": {
        "task": "customers.tasks.continue_demo",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "continue-removals": {
        "task": "customers.tasks.continue_removals",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "continue-long-deeds": {
        "task": "customers.tasks.continue_long_deeds",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "forget-uploads": {"task": "customers.tasks.forget_uploads", "schedule": crontab(hour="3", minute="10")},
    "forget-idempotency-keys": {
        "task": "accounts.tasks.forget_idempotency_keys",
        "schedule": crontab(hour="3", minute="20"),
    },
    # Every hour, because it is morning in some zone at any hour.
    "remind-of-promises": {"task": "customers.tasks.remind_everybody", "schedule": crontab(minute="5")},
    "remind-of-verifications": {
        "task": "playbooks.tasks.remind_everybody",
        "schedule": crontab(minute="15"),
    },
    "remind-of-certificates": {
        "task": "training.tasks.remind_everybody",
        "schedule": crontab(minute="35"),
    },
    "keep-coverage": {
        "task": "playbooks.tasks.keep_coverage_everywhere",
        "schedule": crontab(minute="50"),
    },
    "read-files-of-candidates": {
        "task": "hiring.tasks.read_files",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "continue-takeovers": {
        "task": "hiring.tasks.continue_takeovers",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    # Every hour, because a day ends in some zone at any hour.
    "keep-candidates-no-longer": {
        "task": "hiring.tasks.keep_no_longer_everywhere",
        "schedule": crontab(minute="25"),
    },
    "mail-due-interviews": {
        "task": "hiring.tasks.mail_due_interviews",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "remind-scorers": {
        "task": "hiring.tasks.remind_scorers",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "send-due-letters": {
        "task": "hiring.tasks.send_due_letters",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "drop-held-files": {
        "task": "hiring.tasks.drop_held_files",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "forget-stray-files": {"task": "hiring.tasks.sweep_files", "schedule": crontab(hour="3", minute="40")},
    "forget-notifications": {
        "task": "accounts.tasks.forget_notifications",
        "schedule": crontab(hour="3", minute="30"),
    },
}


@worker_ready.connect
def _say_hello(**_) -> None:
    """A worker is seen from its first second on, not only when beat next asks."""
    app.send_task("accounts.tasks.heartbeat")
