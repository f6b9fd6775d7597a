from django.db import migrations

# Rep days of today are written again and again: with room on the page they stay where they are.
FILL = "ALTER TABLE metrics_rep_day SET (fillfactor = {0}); ALTER TABLE metrics_org_day SET (fillfactor = {0})"


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_initial")]
    operations = [migrations.RunSQL(FILL.format(80), FILL.format(100))]
