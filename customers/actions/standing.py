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


def lock_survivor(customer_id: int | None) -> Customer | None:
    """Who takes what is new: the customer, or whoever it was merged into, also while its rows are yet to move.

    Locks the row, and so comes before the locks of notes and contacts. Raises ValidationError if personal data was
    erased.
    """
    while customer_id is not None:
        customer = Customer.objects.get(id=customer_id)
        survivor = Customer.objects.select_for_update(no_key=True).get(
            id=customer.merged_into_id or customer_id
        )
        if survivor.merged_into_id is None:
            if why_not := erased_words(survivor):
                raise ValidationError(why_not)
            return survivor
        customer_id = survivor.merged_into_id  # it was merged just before the lock
    return None


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
