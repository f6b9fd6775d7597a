from datetime import date
from typing import Any

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Company
from accounts.models.company import BEGINNING
from cs_platform.lib.money import minor_units
from customers.actions.customers import rederive_customers
from customers.facts import derive_revenue
from customers.imports import columns
from customers.imports.columns import Column
from customers.imports.rows import Row
from customers.imports.upsert import upsert
from customers.models import Contact, Customer, CustomerOwner, Revenue

from .base import Kind, Outcome

# Fields by the column that fills them.
CUSTOMER = {name: name for name in ("name", "segment", "started_on", "ended_on", "churn_reason")} | {
    "owner_email": "owner_id"
}
CONTACT = {name: name for name in ("name", "email", "phone")} | {"customer_external_id": "customer_id"}


class Customers(Kind):
    name = "customers"
    columns = (
        Column("external_id", columns.text(200), required=True),
        Column("name", columns.text(300), empty=""),
        Column("segment", columns.text(100), empty=""),
        Column("started_on", columns.day),
        Column("ended_on", columns.day),
        Column("churn_reason", columns.text(300), empty=""),
        Column("owner_email", columns.email),
    )

    def write(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        rows = self._without_merged(rows, outcome)
        owners = self.directory.members([row["owner_email"] for row in rows])
        wanted = {}
        for row in rows:
            fields = {name: row[name] for name in ("segment", "started_on", "ended_on", "churn_reason")}
            fields |= {
                "name": row["name"] or row["external_id"],
                "owner_id": owners[row["owner_email"]],
                "is_stub": False,
            }
            wanted[row["external_id"]] = fields
        given = {row["external_id"]: {"is_stub"} | row.fills(CUSTOMER) for row in rows}
        result = upsert(Customer, self.company.id, "external_id", wanted, given)
        self._keep_owners(rows, result)
        outcome.added, outcome.changed = len(result.added), len(result.changed)
        return outcome

    def _without_merged(self, rows: list[Row], outcome: Outcome) -> list[Row]:
        """What a file says of a customer that was merged into another is not what the survivor is called."""
        named = Customer.objects.filter(
            company=self.company, external_id__in={row["external_id"] for row in rows}
        )
        merged = set(named.filter(merged_into__isnull=False).values_list("external_id", flat=True))
        kept = [row for row in rows if row["external_id"] not in merged]
        if left_out := len(rows) - len(kept):
            outcome.remark(_("left out: merged into another customer"), left_out)
        return kept

    def _keep_owners(self, rows: list[Row], result) -> None:
        """The first owner that is told has owned the customer from its start; a later one owns it from today."""
        started = {row["external_id"]: row["started_on"] or BEGINNING for row in rows}
        today = self.company.today()
        told = set(
            CustomerOwner.objects.filter(customer__in=result.rows.values()).values_list(
                "customer_id", flat=True
            )
        )
        moved = [row for row in result.changed if "owner_id" in result.former[row.id]]
        owners = [
            CustomerOwner(
                company=self.company,
                customer=row,
                owner_id=row.owner_id,
                valid_from=today if row.id in told else started[row.external_id],
            )
            for row in [*result.added, *moved]
            if row.owner_id or row.id in told
        ]
        CustomerOwner.objects.bulk_create(
            owners,
            update_conflicts=True,
            unique_fields=["company", "customer", "valid_from"],
            update_fields=["owner"],
            batch_size=1000,
        )
        rederive_customers(self.company.id, [row.id for row in moved])


class Contacts(Kind):
    name = "contacts"
    columns = (
        Column("external_id", columns.text(200), required=True),
        Column("customer_external_id", columns.text(200)),
        Column("name", columns.text(200), empty=""),
        Column("email", columns.email, empty=""),
        Column("phone", columns.text(60), empty=""),
    )

    def write(self, rows: list[Row]) -> Outcome:
        customers = self.directory.customers([row["customer_external_id"] for row in rows])
        wanted = {
            row["external_id"]: {name: row[name] for name in ("name", "email", "phone")}
            | {"customer_id": customers[row["customer_external_id"]]}
            for row in rows
        }
        given = {row["external_id"]: row.fills(CONTACT) for row in rows}
        result = upsert(Contact, self.company.id, "external_id", wanted, given)
        return Outcome(len(result.added), len(result.changed))


class RevenueRows(Kind):
    name = "revenue"
    columns = (
        Column("customer_external_id", columns.text(200), required=True),
        Column("month", columns.month, required=True),
        Column("amount", columns.amount, required=True),
        Column("currency", columns.currency, empty=""),
    )

    looks_back = True

    def __init__(self, *args: Any):
        super().__init__(*args)
        self.told: dict[tuple[int | None, date], dict[str, int]] = {}

    def recall(self, rows: list[Row]) -> None:
        kept = [row for row in rows if row["currency"] in ("", self.company.currency)]
        known = Customer.objects.filter(
            company=self.company, external_id__in={row["customer_external_id"] for row in kept}
        )
        ids: dict[str | None, int | None] = dict(
            known.values_list("external_id", Coalesce("merged_into_id", "id"))
        )
        self._amounts([row for row in kept if row["customer_external_id"] in ids], ids)

    def write(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        kept = self._of_one_currency(rows, outcome)
        ids = self.directory.customers([row["customer_external_id"] for row in kept])
        wanted = self._amounts(kept, ids)
        found = {
            (row.customer_id, row.month): row
            for row in Revenue.objects.filter(
                company=self.company, customer_id__in={key[0] for key in wanted}
            )
        }
        new = [
            Revenue(company=self.company, customer_id=key[0], month=key[1], amount_minor=amount)  # type: ignore[misc]
            for key, amount in wanted.items()
            if key not in found
        ]
        changed = [row for key, row in found.items() if key in wanted and row.amount_minor != wanted[key]]
        for row in changed:
            row.amount_minor = wanted[row.customer_id, row.month]
        Revenue.objects.bulk_create(new, batch_size=1000)
        Revenue.objects.bulk_update(changed, ["amount_minor"], batch_size=500)
        derive_revenue(self.company.id, [row.id for row in [*new, *changed]])
        outcome.added, outcome.changed = len(new), len(changed)
        return outcome

    def _amounts(
        self, rows: list[Row], ids: dict[str | None, int | None]
    ) -> dict[tuple[int | None, date], int]:
        """Of one customer the last row of a month counts; customers that were merged are summed over the file."""
        standing = Customer.objects.filter(id__in=[row for row in ids.values() if row], merged__isnull=False)
        shared = set(standing.values_list("id", flat=True))
        wanted = {}
        for row in rows:
            external_id, amount = (
                row["customer_external_id"],
                minor_units(row["amount"], self.company.currency),
            )
            key = ids[external_id], row["month"]
            wanted[key] = amount
            if key[0] in shared:
                told = self.told.setdefault(key, {})
                told[external_id] = amount
                wanted[key] = sum(told.values())
        return wanted

    def _of_one_currency(self, rows: list[Row], outcome: Outcome) -> list[Row]:
        """A company has one currency: the first that is named. Amounts without one are in it."""
        company = Company.objects.select_for_update(no_key=True).get(id=self.company.id)
        kept = []
        for row in rows:
            named = row["currency"]
            if named and not company.currency:
                company.currency = named
                company.save(update_fields=["currency"])
            if named and named != company.currency:
                reason = _("The company's currency is %(own)s, not %(other)s.")
                outcome.refuse(row, "currency", reason % {"own": company.currency, "other": named})
            else:
                kept.append(row)
        self.company.currency = company.currency
        return kept
