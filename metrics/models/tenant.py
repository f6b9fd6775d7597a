from django.db import models

from accounts.models import Company


def tenant() -> models.ForeignKey:
    """The company of a metric row: first in its key, without a constraint, so that the table can be distributed."""
    return models.ForeignKey(
        Company, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
