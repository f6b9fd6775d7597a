"""API keys: listed, made (shown once), revoked."""

import secrets

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import create_api_key, revoke_api_key
from accounts.forms import KeyForm, offered
from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.models import ApiKey
from accounts.queries.settings import keys_in_use, keys_revoked
from accounts.views.access import admin_required, page_status

AN_HOUR = 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def key_index(request: MemberRequest) -> HttpResponse:
    """A new key is shown in the answer to the form and nowhere else, so this form does not redirect."""
    once = secrets.token_urlsafe(16)
    form = KeyForm(request.POST or None, member=request.member, initial={"once": once})
    secret = None
    if request.method == "POST" and form.is_valid():
        secret = _made(request, form)
        if secret:
            form = KeyForm(member=request.member, initial={"once": once})
    context = {
        "keys": keys_in_use(request.member.company),
        "revoked": keys_revoked(request.member.company),
        "form": form,
        "secret": secret,
        "offered": offered(request.member),
    }
    return render(request, "accounts/settings/keys.html", context, status=page_status(form))


def _made(request: MemberRequest, form: KeyForm) -> str | None:
    wanted = form.cleaned_data
    once = f"key-form:{request.member.id}:{wanted['once']}" if wanted["once"] else ""
    if once and not cache.add(once, 1, timeout=AN_HOUR):
        form.add_error(
            None,
            _("This form was sent before, and its key was made then. To make another, open the page anew."),
        )
        return None
    secret = None
    try:
        secret = create_api_key(
            actor=request.member, member=wanted["person"], scopes=wanted["scopes"], label=wanted["label"]
        )
    except ValidationError as error:
        take_errors(form, error)
    finally:
        if once and secret is None:
            cache.delete(once)  # no key was made, so the form may be sent again
    return secret


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def key_revocation(request: MemberRequest, key_id: int) -> HttpResponse:
    """Asks first: what uses the key stops working at once."""
    key = get_object_or_404(
        ApiKey.objects.select_related("member"), company_id=request.member.company_id, id=key_id
    )
    if request.method == "POST":
        if key.revoked_at is None:
            revoke_api_key(actor=request.member, key=key)
        messages.success(request, _("The key %(prefix)s… is revoked.") % {"prefix": key.prefix})
        return redirect("accounts:key_index")
    return render(request, "accounts/settings/key_revocation.html", {"key": key})
