"""The page of the user's own account: password, two-factor sign-in and sessions."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from locations.models import Session
from locations.permissions import SignedInRequest
from locations.users import sessions, two_factor
from locations.users.forms import ChangePasswordForm, CodeForm


@login_required
@never_cache
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    context = {
        "two_factor": {
            "is_on": two_factor.is_on(request.user),
            "recovery_codes": two_factor.count_recovery_codes(request.user),
        },
        "sessions": Session.objects.for_user(request.user, at=timezone.now()),
        "current_session": request.session.session_key,
    }
    return render(request, "locations/users/account.html", context)


@login_required
@never_cache
@require_POST
def end_sessions(request: SignedInRequest) -> HttpResponse:
    ended = sessions.end_others(
        request.user,
        current_key=request.session.session_key,
        name=request.POST.get("session", ""),
        at=timezone.now(),
    )
    if ended:
        messages.success(request, _("Signed out there."))
    else:
        messages.info(request, _("That session has ended already."))
    return redirect("account")


@sensitive_post_parameters("code")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up_two_factor(request: SignedInRequest) -> HttpResponse:
    if two_factor.is_on(request.user):
        if request.session.get(two_factor.VERIFIED):
            return redirect("account")
        logout(request)  # the session is older than the second factor
        return redirect("sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = two_factor.confirm(request.user, form.cleaned_data["code"])
        if codes is not None:
            request.session[two_factor.VERIFIED] = True
            sessions.end_others(
                request.user, current_key=request.session.session_key, at=timezone.now()
            )
            return _show_recovery_codes(request, codes)
        form.add_error("code", CodeForm.wrong_code)
    device = two_factor.begin_setup(request.user)
    context = {
        "form": form,
        "qr_code": two_factor.qr_code(device),
        "secret": two_factor.readable_secret(device),
        "is_required": settings.STAFF_REQUIRE_TWO_FACTOR and request.user.is_staff,
    }
    return render(request, "locations/users/two_factor_setup.html", context)


@sensitive_post_parameters("code")
@login_required
@never_cache
@require_POST
def change_two_factor(request: SignedInRequest) -> HttpResponse:
    """Make new recovery codes, or turn it off; both need a code, not just an open session."""
    form = CodeForm(request.POST)
    if not (form.is_valid() and two_factor.verify(request.user, form.cleaned_data["code"])):
        messages.error(request, CodeForm.wrong_code)
    elif "off" in request.POST:
        two_factor.disable(request.user)
        request.session.pop(two_factor.VERIFIED, None)
        messages.success(request, _("The second step is turned off."))
    else:
        return _show_recovery_codes(request, two_factor.make_recovery_codes(request.user))
    return redirect("account")


def _show_recovery_codes(request: SignedInRequest, codes: list[str]) -> HttpResponse:
    return render(request, "locations/users/recovery_codes.html", {"codes": codes})


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class ChangePassword(LoginRequiredMixin, PasswordChangeView):
    # Django's session hash ends every other session.
    form_class = ChangePasswordForm
    template_name = "locations/users/change_password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(form)
        messages.success(self.request, _("Your password is changed. You are signed out elsewhere."))
        return response
