from django.db import migrations

from cs_platform.lib.tenancy import same_company

MEMBER = "accounts_member"
LINKS = {
    "customers_customer": {"owner_id": MEMBER},
    "customers_customerowner": {"customer_id": "customers_customer", "owner_id": MEMBER},
    "customers_contact": {"customer_id": "customers_customer"},
    "customers_revenue": {"customer_id": "customers_customer"},
    "customers_ticket": {
        "customer_id": "customers_customer",
        "category_id": "customers_category",
        "merged_into_id": "customers_ticket",
        "assignee_id": MEMBER,
        "first_responder_id": MEMBER,
        "resolver_id": MEMBER,
    },
    "customers_ticketstatement": {
        "ticket_id": "customers_ticket",
        "assignee_id": MEMBER,
        "first_responder_id": MEMBER,
        "resolver_id": MEMBER,
    },
    "customers_ticketevent": {"ticket_id": "customers_ticket", "actor_id": MEMBER, "assignee_id": MEMBER},
    "customers_survey": {
        "ticket_id": "customers_ticket",
        "customer_id": "customers_customer",
        "stated_rep_id": MEMBER,
    },
    "customers_surveyanswer": {"survey_id": "customers_survey"},
    "customers_shift": {"member_id": MEMBER},
    "customers_note": {
        "author_id": MEMBER,
        "customer_id": "customers_customer",
        "ticket_id": "customers_ticket",
        "kept_by_id": MEMBER,
    },
    "customers_importrun": {"actor_id": MEMBER},
}


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("accounts", "0002_kept_by_the_database")]
    operations = [
        same_company(table, column, target) for table, columns in LINKS.items() for column, target in columns.items()
    ]
