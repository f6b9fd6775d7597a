import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("metrics", "0004_covering_indexes"),
    ]
    operations = [
        migrations.CreateModel(
            name="Focus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "lane",
                    models.CharField(
                        choices=[("satisfaction", "Satisfaction"), ("productivity", "Productivity")], max_length=12
                    ),
                ),
                ("metric", models.CharField(max_length=40)),
                ("target", models.FloatField(blank=True, null=True)),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="focuses",
                        to="accounts.company",
                    ),
                ),
            ],
            options={
                "db_table": "metrics_focus",
                "constraints": [models.UniqueConstraint(fields=("company", "lane"), name="focus_one_a_lane")],
            },
        ),
    ]
