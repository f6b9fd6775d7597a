"""The demo: which companies it is, who may be shown its sign-ins, who still waits for it."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Activity, Company, Member, Removal
from cs_platform.lib import clock

DEMO_SLUGS = ("demo", "forum")
ASKED = "demo.asked"
LOOKED_AFTER = timedelta(minutes=10)


def demo_companies() -> QuerySet[Company]:
    return Company.objects.filter(slug__in=DEMO_SLUGS).exclude(demo_note="")


def demo_sign_ins(emails: Collection[str]) -> set[str]:
    """Those of the addresses with which one can sign in to the demo now."""
    people = Member.objects.active().filter(
        company__in=demo_companies(), user__isnull=False, email__in=emails
    )
    return set(people.values_list("email", flat=True))


def is_being_removed(company: Company) -> bool:
    return removals_at_work().filter(number=company.id).exists()


def removals_at_work() -> QuerySet[Removal]:
    return Removal.objects.filter(finished_at__isnull=True).order_by("id")


def removals_to_look_after() -> QuerySet[Removal]:
    """Those at work, and those just over: a task that was on its way meanwhile may have left a mark or a lock."""
    fresh = Q(finished_at__gt=clock.now() - LOOKED_AFTER)
    return Removal.objects.filter(Q(finished_at__isnull=True) | fresh).order_by("id")


def was_removed(slug: str) -> bool:
    """Whether a demo company of this name was there and is wanted no more."""
    there = Company.objects.filter(slug=OuterRef("slug"))
    return Removal.objects.filter(slug=slug, is_demo=True).exclude(Exists(there)).exists()


def asked_for_demo() -> list[Member]:
    """Admins who asked for the demo since it was last removed."""
    rows = Member.objects.raw(
        """
        SELECT m.* FROM accounts_company c
         CROSS JOIN LATERAL (
           SELECT a.actor_id FROM accounts_activity a
            WHERE a.company_id = c.id AND a.subject_type = 'company' AND a.subject_id = c.id AND a.verb = %s
              AND a.occurred_at > coalesce(
                (SELECT max(began_at) FROM accounts_removal WHERE is_demo), '-infinity')) asked
          JOIN accounts_member m ON m.id = asked.actor_id AND m.is_active
         ORDER BY m.id
        """,
        [ASKED],
    )
    return list(dict.fromkeys(rows))


def has_asked_for_demo(member: Member) -> bool:
    removed = Removal.objects.filter(is_demo=True).order_by("-began_at").first()
    asked = Activity.objects.filter(
        company_id=member.company_id,
        subject_type="company",
        subject_id=member.company_id,
        verb=ASKED,
        actor=member,
    )
    return (asked.filter(occurred_at__gt=removed.began_at) if removed else asked).exists()


def has_joined_demo(member: Member) -> bool:
    """Whether the demo is there and counts somebody of this address among its people, in each of its companies."""
    known = Member.objects.filter(company=OuterRef("pk"), email=member.email)
    companies = list(demo_companies().annotate(knows=Exists(known)))
    return bool(companies) and all(company.knows for company in companies)
