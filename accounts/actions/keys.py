from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import ApiKey, Member
from accounts.models.key import SCOPES
from cs_platform.lib import clock


@transaction.atomic
def create_api_key(*, actor: Member | None, member: Member, scopes: Iterable[str], label: str = "") -> str:
    """A new key that acts for member; returns the key itself, which is kept nowhere."""
    scopes = sorted(set(scopes), key=list(scopes).index)
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise ValidationError(
            {
                "scopes": _("Unknown scope “%(scope)s”; choose of %(scopes)s.")
                % {"scope": ", ".join(unknown), "scopes": ", ".join(SCOPES)}
            }
        )
    if not member.is_active:
        raise ValidationError(
            {"member": _("%(email)s has left and can have no key.") % {"email": member.email}}
        )
    secret = ApiKey.new_secret()
    key = ApiKey.objects.create(
        company_id=member.company_id,
        member=member,
        label=label,
        prefix=secret[:9],
        digest=ApiKey.hash(secret),
        scopes=scopes,
    )
    activity.record("api_key.created", key, actor=actor, scopes=scopes, member=member.id)
    return secret


@transaction.atomic
def revoke_api_key(*, actor: Member | None, key: ApiKey) -> None:
    """Ends a key at once and for good."""
    ApiKey.objects.filter(id=key.id, revoked_at__isnull=True).update(revoked_at=clock.now())
    activity.record("api_key.revoked", key, actor=actor)
