from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_erasure_from_the_ledger")]
    operations = [
        migrations.AddField(
            "company",
            "mails_replies",
            models.BooleanField(db_default=False, default=False, verbose_name="mail replies to customers"),
        ),
        migrations.AddField(
            "company",
            "sender_name",
            models.CharField(blank=True, db_default="", max_length=100, verbose_name="sender's name"),
        ),
        migrations.AddField(
            "company",
            "reply_address",
            models.EmailField(blank=True, db_default="", max_length=254, verbose_name="answers go to"),
        ),
    ]
