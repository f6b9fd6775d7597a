import cs_platform.lib.clock
import django.db.models.deletion
from django.db import migrations, models

from cs_platform.lib.tenancy import any_company, same_company


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_longer_scopes"),
        ("hiring", "0004_interview_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Takeover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("greenhouse", "Greenhouse"), ("lever", "Lever")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Being tried"),
                            ("checked", "Tried"),
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="checking",
                        max_length=10,
                    ),
                ),
                ("path", models.CharField(max_length=500)),
                ("files", models.JSONField(default=list)),
                ("size", models.BigIntegerField(default=0)),
                ("report", models.JSONField(default=dict)),
                ("message", models.TextField(blank=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=cs_platform.lib.clock.now)),
                ("beat_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="candidate",
            name="merge",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="candidate",
            name="merged_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="candidate",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="hiring.candidate",
            ),
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["company", "merged_into"],
                name="candidate_merged",
            ),
        ),
        migrations.AddField(
            model_name="takeover",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.member",
            ),
        ),
        migrations.AddField(
            model_name="takeover",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.company",
            ),
        ),
        migrations.AddIndex(
            model_name="takeover",
            index=models.Index(fields=["company", "-id"], name="takeover_newest"),
        ),
        migrations.AddIndex(
            model_name="takeover",
            index=models.Index(
                condition=models.Q(("state__in", ["checking", "queued", "running"])),
                fields=["beat_at"],
                name="takeover_at_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="takeover",
            constraint=models.UniqueConstraint(fields=("company", "id"), name="takeover_company_id"),
        ),
        same_company("hiring_candidate", "merged_into_id", "hiring_candidate"),
        same_company("hiring_takeover", "actor_id", "accounts_member"),
        *any_company("hiring_takeover"),
    ]
