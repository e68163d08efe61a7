"""One's own account: name, password, and where one is signed in."""

from django.contrib import messages
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
from django.views.decorators.http import require_POST, require_safe

from locations import sessions
from locations.access import SignedInRequest
from locations.forms import ChangePasswordForm
from locations.models import Session


@login_required
@never_cache
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    found = Session.objects.of(request.user, at=timezone.now())
    context = {"sessions": found, "this": request.session.session_key}
    return render(request, "locations/account.html", context)


@login_required
@never_cache
@require_POST
def end_sessions(request: SignedInRequest) -> HttpResponse:
    """End one of one's own sessions, or all but this one."""
    ended = sessions.end_others(
        request.user,
        but=request.session.session_key,
        name=request.POST.get("session", ""),
        at=timezone.now(),
    )
    if ended:
        messages.success(request, _("Signed out there."))
    else:
        messages.info(request, _("That session has ended already."))
    return redirect("account")


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class ChangePassword(LoginRequiredMixin, PasswordChangeView):
    """A new password ends every other session of the account."""

    form_class = ChangePasswordForm
    template_name = "locations/change_password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(form)
        messages.success(self.request, _("Your password is changed. You are signed out elsewhere."))
        return response
