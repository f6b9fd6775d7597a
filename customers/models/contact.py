from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from .customer import Customer
from .tenant import Tenant, external_id_unique


class Contact(Tenant):
    """A person at a customer."""

    external_id = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="contacts")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=100, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [external_id_unique("contact_external_id_unique")]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        self.email = self.email.lower()
        if not (self.name or self.email):
            raise ValidationError({"name": _("Give a name or an e-mail.")})
