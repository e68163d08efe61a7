"""Forms for signing in and for passwords."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """The error is the same whether or not the address has an account."""

    error_messages = {
        "invalid_login": _(
            "That e-mail address and password do not go together. Check both; capital letters "
            "count in the password."
        ),
        # Only other backends than Django's raise this; it must not reveal more.
        "inactive": _(
            "That e-mail address and password do not go together. Check both; capital letters "
            "count in the password."
        ),
    }

    username = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class LostPasswordForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(SetPasswordForm):
    error_messages = {"password_mismatch": _("The two are not the same: write it twice.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password2"].help_text = ""  # the label is enough


class ChangePasswordForm(NewPasswordForm, PasswordChangeForm):
    error_messages = {
        **NewPasswordForm.error_messages,
        "password_incorrect": _("That is not your present password."),
    }


class CodeForm(forms.Form):
    wrong_code = _(
        "That code is not right, or has been used. Codes change every 30 seconds; after several "
        "wrong ones, wait a minute."
    )

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


def get_attempted_username(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The normalised address by which axes counts failed sign-ins."""
    username = (credentials or {}).get("username") or request.POST.get("username") or ""
    return str(username).replace("\0", "").strip().lower()[:254]
