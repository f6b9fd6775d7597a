"""What may still be written at a customer."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cs_platform.lib.words import isolated
from customers.models import Customer


def check_standing(customer_id: int | None) -> None:
    """Raises ValidationError for a customer that was merged into another, or whose personal data was erased.

    Locks the row, so that neither happens until the caller's transaction is through.
    """
    if customer_id is None:
        return
    rows = Customer.objects.select_related("merged_into").select_for_update(of=("self",), no_key=True)
    customer = rows.get(id=customer_id)
    if why_not := merged_words(customer) or erased_words(customer):
        raise ValidationError(why_not)


def merged_words(customer: Customer) -> str:
    """That it stands for itself no more, if it was merged."""
    if customer.merged_into is None:
        return ""
    names = {"name": isolated(customer.name), "into": isolated(customer.merged_into.name)}
    return _("%(name)s is merged into %(into)s. Nothing was changed.") % names


def erased_words(customer: Customer) -> str:
    """That it takes nothing about people, if theirs was erased."""
    if customer.erased_at is None:
        return ""
    words = _("Personal data of %(name)s was erased. Nothing new about people is kept here.")
    return words % {"name": isolated(customer.name)}
