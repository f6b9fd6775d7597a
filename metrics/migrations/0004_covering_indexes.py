from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0003_plans_for_any_company")]
    operations = [
        migrations.RemoveIndex("fact", "fact_by_rep_day"),
        migrations.RemoveIndex("fact", "fact_by_day"),
        migrations.AddIndex(
            "fact",
            models.Index(fields=["company", "rep_id", "day", "kind"], include=["v1", "v2"], name="fact_by_rep_day"),
        ),
        migrations.AddIndex(
            "fact",
            models.Index(fields=["company", "kind", "day"], include=["v1", "v2"], name="fact_by_kind_day"),
        ),
    ]
