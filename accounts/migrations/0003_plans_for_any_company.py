from django.db import migrations

from cs_platform.lib.tenancy import any_company

TABLES = ("accounts_member", "accounts_reportingline", "accounts_activity", "accounts_outbox")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_kept_by_the_database")]
    operations = any_company(*TABLES)
