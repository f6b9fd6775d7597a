from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Removal(models.Model):
    """That a company is being removed, or was. Outlives it, and so has no key to it.

    While `finished_at` is empty, and only then, the database lets the company's ledger go.
    """

    number = models.BigIntegerField(unique=True)  # the id that the company has, or had
    slug = models.SlugField(_("short name"))
    name = models.CharField(_("name"), max_length=200)
    is_demo = models.BooleanField(default=False)
    rows_gone = models.BigIntegerField(default=0)
    began_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(finished_at__isnull=True), name="removal_at_work")
        ]

    def __str__(self) -> str:
        return self.slug
