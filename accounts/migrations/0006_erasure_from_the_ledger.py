from django.db import migrations

from cs_platform.lib.tenancy import only_grows_but_for


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_kept_by_the_database")]
    operations = only_grows_but_for("accounts_activity", "detail", setting="cs.erasing")
