"""Rows for tests, made through the product's own actions."""

from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.actions import create_company, enter_member, link_user, set_line
from accounts.models import Company, Member, Role
from customers.actions import enter_customer, log_ticket
from customers.models import Category, Customer, Ticket

_numbers = count(1)
# Hashing is slow on purpose; one hash serves all the tests of a process.
_hashed = cache(make_password)


def a_company(slug: str = "", zone: str = "UTC", **fields: Any) -> Company:
    slug = slug or f"company-{next(_numbers)}"
    company = create_company(
        slug=slug, name=fields.pop("name", slug.title()), zone=zone, admin_email=f"rae@{slug}.example"
    )
    Company.objects.filter(id=company.id).update(**fields)
    company.refresh_from_db()
    return company


def a_member(
    company: Company, name: str, role: str = Role.REP, manager: Member | None = None, **fields: Any
) -> Member:
    """A person with a user of the password "password"; reports to manager from 2020 on."""
    email = f"{name.lower()}@{company.slug}.example"
    member = Member.objects.filter(company=company, email=email).first() or enter_member(
        actor=None, company=company, email=email, name=name, role=role, **fields
    )
    user = link_user(member=member)
    user.password = _hashed("password")
    user.save(update_fields=["password"])
    if manager is not None:
        set_line(actor=None, member=member, manager=manager, valid_from=date(2020, 1, 1))
    return member


def a_customer(actor: Member, **fields: Any) -> Customer:
    number = next(_numbers)
    return enter_customer(
        actor=actor, **{"external_id": f"C{number}", "name": f"Customer {number}", **fields}
    )


def a_category(company: Company, name: str = "Billing") -> Category:
    return Category.objects.get_or_create(company=company, name=name)[0]


def a_ticket(actor: Member, **fields: Any) -> Ticket:
    return log_ticket(actor=actor, **{"subject": "Help", **fields})


def at(text: str) -> datetime:
    """2026-03-01T09:30 as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
