import django.db.models.functions.datetime
from django.db import migrations, models

from cs_platform.lib.tenancy import goes_with_its_company

# Nobody gets here by accident: a row says that the company is going, and the transaction names it once more.
IS_BEING_REMOVED = """
CREATE FUNCTION is_being_removed(company bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('cs.removing', true), '') = company::text
     AND EXISTS (SELECT FROM accounts_removal WHERE number = company AND finished_at IS NULL)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_mailed_replies")]
    operations = [
        migrations.CreateModel(
            name="Removal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("slug", models.SlugField(verbose_name="short name")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("is_demo", models.BooleanField(default=False)),
                ("rows_gone", models.BigIntegerField(default=0)),
                ("began_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["id"],
                        condition=models.Q(finished_at__isnull=True),
                        name="removal_at_work",
                    )
                ]
            },
        ),
        migrations.RunSQL(IS_BEING_REMOVED, "DROP FUNCTION is_being_removed(bigint)"),
        *goes_with_its_company("accounts_activity"),
        *goes_with_its_company("accounts_reportingline"),
    ]
