import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from cs_platform.lib.tenancy import any_company, same_company


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0010_mails_of_replies"),
    ]
    operations = [
        migrations.AddIndex(
            "customer",
            models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["company", "merged_into"],
                name="customer_merged",
            ),
        ),
        migrations.CreateModel(
            name="LongDeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("merge", "Merge"), ("unmerge", "Unmerge"), ("erasure", "Erasure")],
                        max_length=10,
                    ),
                ),
                ("plan", models.JSONField(default=dict)),
                ("step", models.CharField(blank=True, max_length=20)),
                ("cursor", models.BigIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("beat_at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.member",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "into",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["beat_at"], name="long_deed_by_beat")],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "customer"), name="long_deed_one_a_customer")
                ],
            },
        ),
        same_company("customers_longdeed", "actor_id", "accounts_member"),
        same_company("customers_longdeed", "customer_id", "customers_customer"),
        same_company("customers_longdeed", "into_id", "customers_customer"),
        *any_company("customers_longdeed"),
    ]
