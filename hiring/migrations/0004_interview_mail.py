import django.db.models.deletion
from django.db import migrations, models

import cs_platform.lib.clock
from cs_platform.lib.tenancy import any_company, same_company

TABLE = "hiring_interviewmail"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_a_company_can_be_removed"),
        ("hiring", "0003_files_to_be_read"),
    ]

    operations = [
        migrations.CreateModel(
            name="InterviewMail",
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
                        choices=[
                            ("invitation", "Invitation"),
                            ("cancellation", "Cancellation"),
                            ("reminder", "Reminder"),
                        ],
                        max_length=12,
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("site", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("kept", "Kept in a file"),
                            ("failed", "Not sent"),
                            ("dropped", "Not needed any more"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=60)),
                ("due_at", models.DateTimeField(default=cs_platform.lib.clock.now, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
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
                    "interview",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to="hiring.interview",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.member",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["due_at"],
                        name="interview_mail_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "interview", "member", "kind", "sequence"),
                        name="interview_mail_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        same_company(TABLE, "interview_id", "hiring_interview"),
        same_company(TABLE, "member_id", "accounts_member"),
        *any_company(TABLE),
    ]
