"""Signing in and out, and a new password for one that is lost."""

from typing import Any

from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    PasswordResetCompleteView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
)
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from locations import resetting, sessions
from locations.forms import LostPasswordForm, NewPasswordForm, SignInForm


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "locations/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        user_agent = self.request.headers.get("User-Agent", "")
        sessions.begin(self.request.session, user_agent=user_agent, at=timezone.now())
        return response


class SignOut(LogoutView):
    """Takes POST alone: a link on another site must not sign anybody out."""


@method_decorator(never_cache, name="dispatch")
class LostPassword(FormView):
    """Asks where to mail the link to; the answer is the same whether or not somebody is there."""

    form_class = LostPasswordForm
    template_name = "locations/lost_password.html"
    success_url = reverse_lazy("lost-password-sent")

    def form_valid(self, form: Any) -> HttpResponse:
        resetting.ask(form.cleaned_data["email"], at=timezone.now())
        return super().form_valid(form)


class LostPasswordSent(PasswordResetDoneView):
    template_name = "locations/lost_password_sent.html"


class NewPassword(PasswordResetConfirmView):
    """Where the mailed link leads; it works once, for as long as PASSWORD_RESET_TIMEOUT says."""

    form_class = NewPasswordForm
    template_name = "locations/new_password.html"
    success_url = reverse_lazy("new-password-set")


class NewPasswordSet(PasswordResetCompleteView):
    template_name = "locations/new_password_set.html"
