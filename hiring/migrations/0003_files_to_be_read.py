from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hiring", "0002_kept_by_the_database")]
    operations = [
        migrations.AddIndex(
            model_name="candidatefile",
            index=models.Index(
                fields=["company", "id"],
                condition=models.Q(text="", fault=""),
                name="candidate_file_to_be_read",
            ),
        ),
        migrations.AddIndex(
            model_name="candidatefile",
            index=models.Index(fields=["place"], name="candidate_file_by_place"),
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(
                fields=["company", "member"],
                condition=models.Q(member__isnull=False),
                name="candidate_who_works_here",
            ),
        ),
    ]
