from django.db import migrations

from cs_platform.lib.tenancy import any_company

TABLES = (
    "metrics_fact",
    "metrics_dirty",
    "metrics_hist_dirty",
    "metrics_timer",
    "metrics_rep_day",
    "metrics_org_day",
    "metrics_duration_hist",
)


class Migration(migrations.Migration):
    dependencies = [("metrics", "0002_room_for_updates")]
    operations = any_company(*TABLES)
