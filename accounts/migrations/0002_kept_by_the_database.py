from django.db import migrations

from cs_platform.lib.tenancy import only_grows, same_company


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        same_company("accounts_reportingline", "member_id", "accounts_member"),
        same_company("accounts_reportingline", "manager_id", "accounts_member"),
        same_company("accounts_reportingline", "team_id", "accounts_team"),
        same_company("accounts_activity", "actor_id", "accounts_member"),
        same_company("accounts_apikey", "member_id", "accounts_member"),
        *only_grows("accounts_reportingline", may_set=("superseded_at",)),
        *only_grows("accounts_activity"),
    ]
