"""What people wrote in runs goes when the customer is erased; when and how each step was left stays."""

from django.db import connection, transaction
from django.db.models import Q

from customers.queries.erasure import ERASED
from playbooks.models import RunEvent


@transaction.atomic
def erase_run_texts(*, company_id: int) -> int:
    """Blanks the text of runs on erased customers, on their tickets, and on tickets of erased people. Safe to run
    twice.

    It goes as the text of the ticket does: a ticket of another customer that has lost no more than the address of who
    wrote it keeps its words, and so do its runs. Runs alone are of nobody. A log only grows otherwise: a trigger lets
    its text be written over only between two settings of `cs.erasing`.
    """
    at_customer = Q(run__customer__erased_at__isnull=False)
    on_ticket = Q(run__ticket__customer__erased_at__isnull=False)
    of_person = Q(
        run__ticket__requester_email__endswith=ERASED, run__ticket__subject="", run__ticket__body=""
    )
    rows = RunEvent.objects.filter(at_customer | on_ticket | of_person, company_id=company_id)
    ids = list(rows.exclude(text="").values_list("id", flat=True))
    if ids:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('cs.erasing', 'on', true)")
            RunEvent.objects.filter(company_id=company_id, id__in=ids).update(text="")
            cursor.execute("SELECT set_config('cs.erasing', '', true)")
    return len(ids)
