"""Views for signing in and out and for resetting a password."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    PasswordResetCompleteView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django.views.generic import FormView

from locations.models import User
from locations.users import language, password_reset, sessions, two_factor
from locations.users.forms import CodeForm, LostPasswordForm, NewPasswordForm, SignInForm

PENDING_SIGN_IN = "second_step"  # session key, from the right password until the code
CODE_TIMEOUT_SECONDS = 600


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "locations/users/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if two_factor.is_on(user):
            self.request.session[PENDING_SIGN_IN] = {
                "user": user.pk,
                "backend": user.backend,
                "next": self.get_success_url(),
                "at": timezone.now().timestamp(),
            }
            return redirect("sign-in-code")
        response = super().form_valid(form)
        begin_session(self.request)
        return response


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    pending = request.session.get(PENDING_SIGN_IN)
    expired_before = timezone.now().timestamp() - CODE_TIMEOUT_SECONDS
    if not pending or pending["at"] < expired_before:
        request.session.pop(PENDING_SIGN_IN, None)
        return redirect("sign-in")
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    form = CodeForm(request.POST or None)
    if request.method == "POST" and user is not None and form.is_valid():
        if two_factor.verify(user, form.cleaned_data["code"]):
            del request.session[PENDING_SIGN_IN]
            login(request, user, backend=pending["backend"])
            request.session[two_factor.VERIFIED] = True
            begin_session(request)
            return redirect(pending["next"])
        form.add_error("code", CodeForm.wrong_code)
    return render(request, "locations/users/sign_in_code.html", {"form": form})


def begin_session(request: HttpRequest) -> None:
    user_agent = request.headers.get("User-Agent", "")
    sessions.begin(request.session, user_agent=user_agent, at=timezone.now())
    if isinstance(request.user, User):
        language.save_first_language(request.user)


class SignOut(LogoutView):
    """Accepts POST only: a link on another site must not sign a user out."""


@method_decorator(never_cache, name="dispatch")
class LostPassword(FormView):
    """The answer is the same whether or not the address has an account."""

    form_class = LostPasswordForm
    template_name = "locations/users/lost_password.html"
    success_url = reverse_lazy("lost-password-sent")

    def form_valid(self, form: Any) -> HttpResponse:
        password_reset.request_link(form.cleaned_data["email"], at=timezone.now())
        return super().form_valid(form)


class LostPasswordSent(PasswordResetDoneView):
    template_name = "locations/users/lost_password_sent.html"


class NewPassword(PasswordResetConfirmView):
    form_class = NewPasswordForm
    template_name = "locations/users/new_password.html"
    success_url = reverse_lazy("new-password-set")


class NewPasswordSet(PasswordResetCompleteView):
    template_name = "locations/users/new_password_set.html"
