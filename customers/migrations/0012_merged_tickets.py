from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0011_long_deeds")]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["company", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="ticket_merged",
            ),
        )
    ]
