from django.contrib.postgres.search import SearchVectorField
from django.db import models

from customers.models.tenant import Tenant

from .playbook import Playbook


class PlaybookWords(Tenant):
    """Every word by which a published playbook is found. Triggers keep it; nobody else writes.

    name: title and scenario without case and accents, for parts of words and for typos. Weights: A title,
    B scenario, C titles of steps, D what to do and to say. Without a weight is a mark: "~7" is the company 7.
    """

    playbook = models.OneToOneField(
        Playbook, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    name = models.TextField()
    words = SearchVectorField()

    class Meta:
        indexes = [models.Index(fields=["company", "playbook"], name="playbook_words_of")]

    def __str__(self) -> str:
        return f"of playbook {self.playbook_id}"
