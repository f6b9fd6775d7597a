"""Names in a file to rows of the company; who is unknown becomes an inactive stub."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Company, Member
from customers.models import Category, Customer


class Directory:
    """Looks people, customers and categories up, a batch at a time."""

    def __init__(self, company: Company):
        self.company = company
        self.new_members: set[str] = set()
        self.new_customers: set[str] = set()
        self.forget()

    def forget(self) -> None:
        """Drops what is remembered, after a transaction that did not hold."""
        self._members = dict(Member.objects.filter(company=self.company).values_list("email", "id"))

    def knows(self, email: str) -> bool:
        return email in self._members

    def members(self, emails: Iterable[str | None]) -> dict[str | None, int | None]:
        """{email: id}; an empty e-mail is nobody."""
        wanted = {email for email in emails if email}
        unknown = sorted(wanted - self._members.keys())
        if unknown:
            stubs = [
                Member(company=self.company, email=email, name=email, is_stub=True, is_active=False)
                for email in unknown
            ]
            Member.objects.bulk_create(stubs, ignore_conflicts=True, batch_size=1000)
            rows = Member.objects.filter(company=self.company, email__in=unknown)
            self._members.update(rows.values_list("email", "id"))
            self.new_members.update(unknown)
        found: dict[str | None, int | None] = {email: self._members[email] for email in wanted}
        return found | {None: None, "": None}

    def customers(self, external_ids: Iterable[str | None]) -> dict[str | None, int | None]:
        """{external_id: id}; an empty one is no customer, one that was merged is the one it was merged into."""
        wanted = {external_id for external_id in external_ids if external_id}
        rows = Customer.objects.filter(company=self.company, external_id__in=wanted)
        standing = Coalesce("merged_into_id", "id")
        found: dict[str | None, int | None] = dict(rows.values_list("external_id", standing))
        unknown = sorted(wanted - found.keys())  # type: ignore[type-var]
        if unknown:
            stubs = [
                Customer(company=self.company, external_id=external_id, name=external_id, is_stub=True)
                for external_id in unknown
            ]
            Customer.objects.bulk_create(stubs, ignore_conflicts=True, batch_size=1000)
            found |= dict(rows.filter(external_id__in=unknown).values_list("external_id", standing))
            self.new_customers.update(unknown)
        return found | {None: None, "": None}

    def categories(self, names: Iterable[str | None]) -> dict[str | None, int | None]:
        wanted = {name for name in names if name}
        rows: QuerySet = Category.objects.filter(company=self.company, name__in=wanted)
        known = set(rows.values_list("name", flat=True))
        new = [Category(company=self.company, name=name) for name in sorted(wanted - known)]
        Category.objects.bulk_create(new, ignore_conflicts=True)
        found: dict[str | None, int | None] = dict(rows.all().values_list("name", "id"))
        return found | {None: None, "": None}

    def stubs_left(self) -> tuple[int, int]:
        """How many stubs of people and of customers this run made that nobody entered since."""
        members = Member.objects.filter(
            company=self.company, email__in=self.new_members, is_stub=True
        ).count()
        customers = Customer.objects.filter(
            company=self.company, external_id__in=self.new_customers, is_stub=True
        ).count()
        return members, customers
