"""Celery's part: short, safe to run twice, safe to lose."""

from celery import shared_task

from . import reconcile, rollup, timers


@shared_task
def drain(company_id: int) -> None:
    rollup.drain(company_id)


@shared_task
def drain_marked() -> None:
    for company_id in rollup.marked_companies():
        drain.delay(company_id)


@shared_task
def fire_timers() -> None:
    timers.fire_due()


@shared_task
def reconcile_all() -> None:
    for company_id in reconcile.companies():
        reconcile_company.delay(company_id)


@shared_task
def reconcile_company(company_id: int) -> None:
    reconcile.reconcile_recent(company_id)
