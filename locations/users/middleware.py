"""Middleware for language, sign-in, audit log and staff permissions."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pghistory
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import resolve
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import urlencode

from locations.db.history_context import bind_in_client
from locations.models import Location, User
from locations.models.audit import SEEN
from locations.users.two_factor import VERIFIED

WITHOUT_TWO_FACTOR = {"two-factor-setup", "sign-out", "sign-in", "sign-in-code", "healthz"}
# Pages that show recipients, their numbers and what they wrote; downloads check it themselves.
PERSONAL_DATA_PAGES = {
    "usage-charge",
    "usage-correction",
    "usage-message-correction",
    "usage-search",
}
MANAGER_ACTIONS = {
    "usage-correction",
    "usage-message-correction",
    "request-credits",
    "alerts",
    "reports",
    "schedule-add",
    "schedule-stop",
    "report-cancel",
    "report-retry",
}
# These have their own authentication (tokens, signatures) or none.
MACHINE_PATHS = ("/api/", "/callbacks/", "/static/", "/healthz")


class UserLanguageMiddleware:
    """Activate the signed-in user's own language; machines get the default language.

    Everyone else keeps what LocaleMiddleware took from the cookie or the browser.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language() or settings.LANGUAGE_CODE
        if request.path_info.startswith(MACHINE_PATHS):
            language = settings.LANGUAGE_CODE
        # The session first: without a cookie it is empty and costs no query.
        elif SESSION_KEY in request.session and request.user.is_authenticated:
            language = request.user.language or language
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class HtmxSignInMiddleware(MiddlewareMixin):
    """Send the whole page to the sign-in when an htmx request is redirected there.

    htmx would follow the redirect and swap the sign-in form into the page. After the sign-in,
    the user comes back to the page itself.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if "HX-Request" not in request.headers:
            return response
        sign_in = resolve_url(settings.LOGIN_URL)
        if response.headers.get("Location", "").partition("?")[0] != sign_in:
            return response
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        query = urlencode({"next": urlunsplit(("", "", page.path or "/", page.query, ""))})
        return HttpResponse(status=204, headers={"HX-Redirect": f"{sign_in}?{query}"})


class RequireTwoFactorMiddleware(MiddlewareMixin):
    """Send staff without a verified second factor to its set-up page."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if (
            settings.STAFF_REQUIRE_TWO_FACTOR
            and not request.path_info.startswith(MACHINE_PATHS)
            and request.user.is_authenticated
            and request.user.is_staff
            and not request.session.get(VERIFIED)
            and resolve(request.path_info).url_name not in WITHOUT_TWO_FACTOR
        ):
            return redirect("two-factor-setup")
        return None


class AuditLogMiddleware:
    """Record the user, the page and the kind of request with every audited change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(MACHINE_PATHS) or not request.user.is_authenticated:
            return self.get_response(request)
        with (
            pghistory.context(user=request.user.pk),
            connection.execute_wrapper(bind_in_client),
        ):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        match = request.resolver_match
        if match is not None and match.url_name:
            # Adds to the context that __call__ opened, if it did.
            pghistory.context(page=match.url_name, kind=_request_kind(request, match.url_name))


def _request_kind(request: HttpRequest, page: str) -> str:
    """`page`, `form`, `list` (rows edited in a change list) or `action NAME`."""
    if request.method != "POST":
        return "page"
    if page.endswith("_changelist"):
        action = request.POST.get("action", "")
        return "list" if "_save" in request.POST or not action else f"action {action[:60]}"
    return "form"


class StaffPermissionMiddleware(MiddlewareMixin):
    """Check staff permissions on the pages of managers, and log views of personal data.

    Managers' rights follow from memberships and are checked by the views.
    """

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        match = request.resolver_match
        if match is None or request.path_info.startswith(MACHINE_PATHS):
            return
        user = request.user
        if not isinstance(user, User) or not user.is_staff:
            return
        name = match.url_name
        if (
            name in MANAGER_ACTIONS
            and request.method == "POST"
            and not user.has_perm("locations.impersonate_manager")
        ):
            raise PermissionDenied
        if name in PERSONAL_DATA_PAGES:
            if not user.has_perm("locations.view_personal_data"):
                raise PermissionDenied
            location = Location.objects.filter(pk=match.kwargs["pk"]).first()
            if location is not None:
                pghistory.create_event(location, label=SEEN)
