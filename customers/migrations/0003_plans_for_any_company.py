from django.db import migrations

from cs_platform.lib.tenancy import any_company

TABLES = (
    "customers_category",
    "customers_customer",
    "customers_customerowner",
    "customers_contact",
    "customers_revenue",
    "customers_ticket",
    "customers_ticketstatement",
    "customers_ticketevent",
    "customers_survey",
    "customers_surveyanswer",
    "customers_shift",
    "customers_note",
)


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_kept_by_the_database")]
    operations = any_company(*TABLES)
