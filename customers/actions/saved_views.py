from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Member
from customers.models import SavedView


@transaction.atomic
def save_view(*, actor: Member, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keeps filters under a name; the same name again replaces them. Raises ValidationError."""
    view = SavedView.objects.filter(company_id=actor.company_id, member=actor, name=name).first()
    view = view or SavedView(company_id=actor.company_id, member=actor, name=name)
    view.query, view.is_shared = query, is_shared
    view.clean_fields(exclude=["company", "member"])
    view.save()
    activity.record("view.saved", view, actor=actor)
    return view


@transaction.atomic
def change_view(*, actor: Member, view: SavedView, name: str, is_shared: bool) -> SavedView:
    """Another name, or shared or not. Raises ValidationError for a name that another of one's views has."""
    same = SavedView.objects.filter(company_id=actor.company_id, member=actor, name=name).exclude(id=view.id)
    if same.exists():
        raise ValidationError({"name": _("Another view of yours has this name.")})
    view.name, view.is_shared = name, is_shared
    view.clean_fields(exclude=["company", "member"])
    view.save()
    activity.record("view.changed", view, actor=actor)
    return view


@transaction.atomic
def delete_view(*, actor: Member, view: SavedView) -> None:
    activity.record("view.deleted", view, actor=actor)
    view.delete()
