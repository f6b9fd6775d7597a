from django.contrib.postgres.search import SearchVectorField
from django.db import models

from .tenant import Tenant
from .ticket import Ticket


class TicketWords(Tenant):
    """Every word by which a ticket is found. Triggers keep it (see docs/decisions/0011-search.md); nobody else writes.

    Weights: A subject, B customer, C numbers, addresses and tags, D text, replies and notes. Without a weight are
    marks: "#vip" is the tag "vip", "~7" the company 7, "~7.8104" its quarter of the opening (year * 4 + 0 to 3).
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="words")
    opened_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        indexes = [models.Index(fields=["company", "opened_at", "ticket"], name="words_by_opening")]

    def __str__(self) -> str:
        return f"of ticket {self.ticket_id}"
