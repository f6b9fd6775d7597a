from django.db import migrations

from cs_platform.lib.tenancy import any_company, same_company

MEMBER = "accounts_member"


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_notes_kept"), ("accounts", "0006_erasure_from_the_ledger")]
    operations = [
        same_company("customers_note", "deleted_by_id", MEMBER),
        same_company("customers_noteversion", "note_id", "customers_note"),
        same_company("customers_noteversion", "changed_by_id", MEMBER),
        *any_company("customers_noteversion"),
    ]
