"""How far the demo has come, in the ledger: it survives the loss of every file, and nobody can take it back.

A demo that was removed is remembered in accounts_removal, so that the next start does not bring it back.
"""

from datetime import datetime

from django.db import transaction

from accounts import activity
from accounts.actions import create_company
from accounts.models import Activity, Company
from accounts.queries.demo import DEMO_SLUGS, is_being_removed, was_removed
from cs_platform.lib import clock

from . import more

BEGUN = "demo.begun"
READY = "demo.ready"


def companies_there() -> set[str]:
    """Short names of those demo companies that exist."""
    return set(Company.objects.filter(slug__in=DEMO_SLUGS).values_list("slug", flat=True))


def nothing_to_do(there: set[str] | None = None) -> bool:
    """Whether each of the companies is there, ready or somebody else's of that name, or was removed."""
    there = companies_there() if there is None else there
    rows = Activity.objects.filter(
        company__slug__in=DEMO_SLUGS, subject_type="company", verb__in=(BEGUN, *_all())
    )
    marks = set(rows.values_list("company__slug", "verb"))
    return all(
        ((slug, BEGUN) not in marks or all((slug, verb) in marks for verb in _all()))
        if slug in there
        else was_removed(slug)
        for slug in DEMO_SLUGS
    )


@transaction.atomic
def begin(
    *, slug: str, name: str, zone: str, admin_email: str, note: str, again: bool = False
) -> tuple[Company, datetime] | None:
    """The company and the instant that its records are moved to; None if there is nothing to do.

    again: also if it was removed since.

    A seeding that goes on after a break takes the instant at which it began, so it writes the same files.
    """
    company = Company.objects.filter(slug=slug).first()
    if company is None:
        if was_removed(slug) and not again:
            return None
        company = create_company(slug=slug, name=name, zone=zone, admin_email=admin_email, admin_name="Admin")
        company.demo_note = note
        company.save(update_fields=["demo_note"])
        activity.record(BEGUN, company, actor=None, company_id=company.id, now=clock.now().isoformat())
    marks = {mark.verb: mark for mark in _marks(company)}
    if BEGUN not in marks or READY in marks or is_being_removed(company):
        return None
    return company, datetime.fromisoformat(marks[BEGUN].detail["now"])


def ready_without_more(slug: str) -> Company | None:
    """A demo that was ready before there was all that higher apps add to it now."""
    company = Company.objects.filter(slug=slug).first()
    if company is None or is_being_removed(company):
        return None
    marks = {mark.verb for mark in _marks(company)}
    return company if {BEGUN, READY} <= marks and not marks.issuperset(_all()) else None


def finish(company: Company) -> None:
    """It is ready, with all that higher apps add."""
    there = {mark.verb for mark in _marks(company)}
    for verb in _all():
        if verb not in there:
            activity.record(verb, company, actor=None, company_id=company.id)


def in_words(there: set[str]) -> str:
    """What has become of the demo when nothing is left to do: who is not there was removed."""
    removed = [slug for slug in DEMO_SLUGS if slug not in there]
    if not removed:
        return "The demo is ready."
    return f"Removed, and left so: {', '.join(removed)}. `seed_demo --again` brings it back."


def _all() -> tuple[str, ...]:
    return (READY, *more.verbs())


def _marks(company: Company):
    return Activity.objects.filter(
        company=company, subject_type="company", subject_id=company.id, verb__in=(BEGUN, *_all())
    )
