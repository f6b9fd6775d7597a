"""Who hears when somebody does not answer."""

from collections.abc import Iterable

from accounts.models import Member, Role
from accounts.queries import manager_of


def above(company_id: int, people: Iterable[int | None]) -> set[int]:
    """Who is above some people today; if nobody at work is, the leaders."""
    found: set[int] = set()
    wanted = [each for each in people if each]
    for member in Member.objects.filter(company_id=company_id, id__in=wanted).select_related("company"):
        manager = manager_of(member, member.company.today())
        if manager and Member.objects.active().filter(id=manager).exists():
            found.add(manager)
    return found or leaders(company_id)


def leaders(company_id: int) -> set[int]:
    """The leaders at work, or in a company without any the admins."""
    people = Member.objects.active().filter(company_id=company_id, role__in=(Role.LEADER, Role.ADMIN))
    by_role = dict(people.values_list("id", "role"))
    return {each for each, role in by_role.items() if role == Role.LEADER} or set(by_role)
