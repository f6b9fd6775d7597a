"""Forms of people who are not signed in yet: sign-in, a new password, set-up and invitations."""

import secrets
from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .company import SetupForm as CompanyPart
from .fields import new_password


class SignInForm(allauth_forms.LoginForm):
    """allauth's, with our word for the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")


class ForgottenPasswordForm(allauth_forms.ResetPasswordForm):
    """allauth's, with our word for the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")


class JoinForm(forms.Form):
    """Name and password of somebody who was invited."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = new_password()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        _check(self, "password", self.email, self.cleaned_data.get("name", ""))
        return self.cleaned_data


class SetupForm(CompanyPart):
    password = new_password()
    token = forms.CharField(
        label=_("Set-up token"),
        max_length=200,
        help_text=_(
            "Shows that you run this server: SETUP_TOKEN, or what stands in the file setup_token there."
        ),
    )
    field_order = ["token", "name", "slug", "zone", "admin_name", "admin_email", "password", "start"]

    def __init__(self, *args: Any, token: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = token or ""
        if token is None:
            del self.fields["token"]

    def clean_token(self) -> str:
        if not self.wanted:
            raise ValidationError(
                _("The file setup_token on the server is empty. Delete it, then open this page again.")
            )
        if not secrets.compare_digest(self.cleaned_data["token"].strip().encode(), self.wanted.encode()):
            raise ValidationError(_("This is not the token of this server."))
        return ""

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        _check(self, "password", data.get("admin_email", ""), data.get("admin_name", ""))
        if "slug" in data and not data["slug"]:
            data["slug"] = slugify(data.get("name", ""))[:50].strip("-") or "company"
        return data


def _check(form: forms.Form, field: str, email: str, name: str) -> None:
    """The rules for passwords, with the person in mind; they refuse one that is like the name."""
    password = form.cleaned_data.get(field)
    if not password:
        return
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        form.add_error(field, error)
