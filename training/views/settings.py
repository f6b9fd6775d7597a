"""How the company trains."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.fields import take_errors
from accounts.middleware import MemberRequest
from accounts.views.access import allow, member_required, page_status
from customers.actions.conflict import EditConflict
from training.actions.settings import change_training_settings
from training.forms.settings import SettingsForm
from training.permissions import can_set_rules
from training.queries.settings import settings_of


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def settings(request: MemberRequest) -> HttpResponse:
    allow(can_set_rules(request.member), _("Leaders and admins set how the company trains."))
    form = SettingsForm(settings_of(request.member.company_id), request.POST or None)
    if request.method == "POST" and form.is_valid() and _change(request, form):
        messages.success(request, _("Saved."))
        return redirect("training:settings")
    return render(request, "training/programmes/settings.html", {"form": form}, status=page_status(form))


def _change(request: MemberRequest, form: SettingsForm) -> bool:
    try:
        change_training_settings(actor=request.member, version=form.cleaned_data["version"], **form.changes())
    except EditConflict:
        form.add_error(None, _("Somebody has changed this meanwhile. Open it again and repeat your change."))
    except ValidationError as error:
        take_errors(form, error)
    else:
        return True
    return False
