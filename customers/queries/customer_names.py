"""Customers by what somebody typed: a part of the name, the number, or a contact's name, number or e-mail.

Names are compared without case and accents, as the indexes of names have them. One or two letters are only looked
for at the beginning of a customer's name: no index helps to find them inside.
"""

from django.db.models import Func, Q, QuerySet, TextField, Value

from accounts.models import Member
from customers.models import Contact, Customer

LONG_ENOUGH = 3  # letters that trigrams can find


class PlainName(Func):
    """A name without case and accents."""

    function = "plain_name"
    output_field = TextField()


def fitting(member: Member, rows: QuerySet[Customer], words: str) -> QuerySet[Customer]:
    """Those of the customers that fit themselves, or by a contact."""
    fits = Q(id__in=by_name(Customer.objects.visible_to(member), words).values("id"))
    if len(words) >= LONG_ENOUGH:
        fits |= Q(id__in=contacts_by_name(member, words).values("customer_id"))
    return rows.filter(fits)


def by_name(rows: QuerySet[Customer], words: str) -> QuerySet[Customer]:
    """By a part of the name, or by the number."""
    return rows.alias(plain=PlainName("name")).filter(_has(words) | _is_numbered(words))


def by_whole_name(rows: QuerySet[Customer], name: str) -> QuerySet[Customer]:
    """By exactly the name, or by the number."""
    same = Q(plain=PlainName(Value(name)))
    return rows.alias(plain=PlainName("name")).filter(same | _is_numbered(name))


def contacts_by_name(member: Member, words: str) -> QuerySet[Contact]:
    """Contacts by a part of the name or the e-mail address, or by the number."""
    plain = PlainName("name", "email", arg_joiner=" || ' ' || ")
    return Contact.objects.visible_to(member).alias(plain=plain).filter(_has(words) | Q(external_id=words))


def _has(words: str) -> Q:
    sought = PlainName(Value(words))
    return Q(plain__contains=sought) if len(words) >= LONG_ENOUGH else Q(plain__startswith=sought)


def _is_numbered(words: str) -> Q:
    return Q(external_id__in=sorted({words, words.upper(), words.lower()}))
