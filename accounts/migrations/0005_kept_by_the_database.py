from django.db import migrations

from cs_platform.lib.tenancy import any_company, same_company

MEMBER = "accounts_member"
LINKS = {
    "accounts_draft": ["member_id"],
    "accounts_idempotencykey": ["member_id"],
    "accounts_invitation": ["member_id", "invited_by_id"],
    "accounts_notification": ["member_id"],
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_drafts_invitations_notifications")]
    operations = [
        *(same_company(table, column, MEMBER) for table, columns in LINKS.items() for column in columns),
        *any_company(*LINKS),
    ]
