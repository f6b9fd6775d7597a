"""How far the demo has come, in the ledger: it survives the loss of every file, and nobody can take it back."""

from datetime import datetime

from django.db import transaction

from accounts import activity
from accounts.actions import create_company
from accounts.models import Activity, Company
from cs_platform.lib import clock

SLUGS = ("demo", "forum")
BEGUN = "demo.begun"
READY = "demo.ready"


def nothing_to_do() -> bool:
    """Whether both companies are there: ready, or somebody else's of that name. Two queries."""
    there = set(Company.objects.filter(slug__in=SLUGS).values_list("slug", flat=True))
    rows = Activity.objects.filter(company__slug__in=SLUGS, subject_type="company", verb__in=(BEGUN, READY))
    marks = set(rows.values_list("company__slug", "verb"))
    return all(slug in there and ((slug, READY) in marks or (slug, BEGUN) not in marks) for slug in SLUGS)


@transaction.atomic
def begin(*, slug: str, name: str, zone: str, admin_email: str, note: str) -> tuple[Company, datetime] | None:
    """The company and the instant that its records are moved to; None if there is nothing to do.

    A seeding that goes on after a break takes the instant at which it began, so it writes the same files.
    """
    company = Company.objects.filter(slug=slug).first()
    if company is None:
        company = create_company(slug=slug, name=name, zone=zone, admin_email=admin_email, admin_name="Admin")
        company.demo_note = note
        company.save(update_fields=["demo_note"])
        activity.record(BEGUN, company, actor=None, company_id=company.id, now=clock.now().isoformat())
    marks = {mark.verb: mark for mark in _marks(company)}
    if BEGUN not in marks or READY in marks:
        return None
    return company, datetime.fromisoformat(marks[BEGUN].detail["now"])


def finish(company: Company) -> None:
    activity.record(READY, company, actor=None, company_id=company.id)


def _marks(company: Company):
    return Activity.objects.filter(
        company=company, subject_type="company", subject_id=company.id, verb__in=(BEGUN, READY)
    )
