from django.db import migrations

from cs_platform.lib.tenancy import any_company, same_company

MEMBER = "accounts_member"


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_screens"),
        ("accounts", "0005_kept_by_the_database"),
    ]
    operations = [
        same_company("customers_customer", "merged_into_id", "customers_customer"),
        same_company("customers_customerfact", "customer_id", "customers_customer"),
        same_company("customers_customerfact", "verified_by_id", MEMBER),
        same_company("customers_savedview", "member_id", MEMBER),
        same_company("customers_upload", "actor_id", MEMBER),
        same_company("customers_upload", "run_id", "customers_importrun"),
        *any_company("customers_customerfact", "customers_savedview", "customers_upload"),
    ]
