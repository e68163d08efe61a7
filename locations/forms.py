"""The sign-in form."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """One answer to every wrong sign-in, whether or not somebody has the address."""

    error_messages = {
        "invalid_login": _(
            "That e-mail address and password do not go together. Check both; capital letters "
            "count in the password."
        ),
        # Not reached with Django's own backend; it must not say more if another one is used.
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

    def clean_username(self) -> str:
        """In small letters, so that spelling it anew does not start the count of tries anew."""
        return str(self.cleaned_data["username"]).lower()
