from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0003_search")]
    operations = [
        migrations.AddField("playbook", "readers_asked_at", models.DateTimeField(blank=True, null=True)),
    ]
