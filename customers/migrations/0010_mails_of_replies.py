import django.db.models.deletion
from django.db import migrations, models

from cs_platform.lib.tenancy import any_company, same_company


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0009_words_by_statement"),
        ("accounts", "0007_mailed_replies"),
    ]
    operations = [
        migrations.AddConstraint(
            "ticketevent", models.UniqueConstraint(fields=("company", "id"), name="ticket_event_company_id")
        ),
        migrations.CreateModel(
            name="ReplyMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("to_address", models.CharField(blank=True, max_length=254)),
                ("message_id", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("kept", "Kept in a file"),
                            ("failed", "Not sent"),
                            ("unsure", "Perhaps sent"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("due_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
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
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mail",
                        to="customers.ticketevent",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "to_address"], name="reply_mail_by_address"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "sending"])),
                        fields=["due_at"],
                        name="reply_mail_due",
                    ),
                ],
            },
        ),
        same_company("customers_replymail", "event_id", "customers_ticketevent"),
        *any_company("customers_replymail"),
    ]
