"""What stands before every page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pghistory
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import resolve
from django.utils import translation
from django.utils.http import urlencode

from locations.models import Location, User
from locations.models.audit import SEEN
from locations.users.two_factor import PASSED

# Where staff without a second step may still go: to set it up, and out.
OPEN = {"second-factor", "sign-out", "sign-in", "second-step", "healthz"}
# Where recipients, their numbers and what they wrote are shown; downloads have a list of their own.
SHOW_PEOPLE = {"usage-charge", "usage-correction", "usage-message-correction", "usage-search"}
MANAGERS_WRITE = {
    "usage-correction",
    "usage-message-correction",
    "request-credits",
    "alerts",
    "reports",
    "schedule-add",
    "schedule-stop",
    "report-cancel",
    "report-again",
}
# Not for people: the API has its tokens, callbacks their signatures.
FOR_PROGRAMS = ("/api/", "/callbacks/", "/static/", "/healthz")


def language_door(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Middleware: who is signed in reads in their own language, a program in English.

    Everybody else in that of the cookie or the browser, which LocaleMiddleware has found out.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        language = translation.get_language() or settings.LANGUAGE_CODE
        if request.path_info.startswith(FOR_PROGRAMS):
            language = settings.LANGUAGE_CODE
        # Asked of the session, which is empty without a cookie: no query for a stranger.
        elif SESSION_KEY in request.session and request.user.is_authenticated:
            language = request.user.language or language
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return answer


def sign_in_door(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Middleware: a part of a page that needs a sign-in sends the whole page there.

    htmx would follow the redirect by itself and put the form where the part was to be. Afterwards
    people come back to the page that they were on.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "HX-Request" not in request.headers:
            return response
        sign_in = resolve_url(settings.LOGIN_URL)
        if response.headers.get("Location", "").partition("?")[0] != sign_in:
            return response
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        query = urlencode({"next": urlunsplit(("", "", page.path or "/", page.query, ""))})
        return HttpResponse(status=204, headers={"HX-Redirect": f"{sign_in}?{query}"})

    return answer


def second_factor_door(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Middleware: where STAFF_REQUIRE_TWO_FACTOR is set, staff set up theirs before all else."""

    def answer(request: HttpRequest) -> HttpResponse:
        if (
            settings.STAFF_REQUIRE_TWO_FACTOR
            and not request.path_info.startswith(FOR_PROGRAMS)
            and request.user.is_authenticated
            and request.user.is_staff
            and not request.session.get(PASSED)
            and resolve(request.path_info).url_name not in OPEN
        ):
            return redirect("second-factor")
        return get_response(request)

    return answer


class TrailDoor:
    """Middleware: what a signed-in person changes carries their name, the page, and how."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(FOR_PROGRAMS) or not request.user.is_authenticated:
            return self.get_response(request)
        with pghistory.context(user=request.user.pk):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        match = request.resolver_match
        if match is not None and match.url_name:
            # Adds to the context that this request is in, if it is in one.
            pghistory.context(page=match.url_name, kind=_kind(request, match.url_name))


def _kind(request: HttpRequest, page: str) -> str:
    """A form, a list that is edited as a whole, an action on chosen rows, or a page looked at."""
    if request.method != "POST":
        return "page"
    if page.endswith("_changelist"):
        action = request.POST.get("action", "")
        return "list" if "_save" in request.POST or not action else f"action {action[:60]}"
    return "form"


class StaffDoor:
    """Middleware: on the pages of managers, staff see people's data, and write, if they may.

    What a manager may do follows from memberships; a group of staff says what its people may. Who
    looks at people's data there is told in the trail.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        match = request.resolver_match
        if match is None or request.path_info.startswith(FOR_PROGRAMS):
            return
        user = request.user
        if not isinstance(user, User) or not user.is_staff:
            return
        name = match.url_name
        if (
            name in MANAGERS_WRITE
            and request.method == "POST"
            and not user.has_perm("locations.see_as_manager")
        ):
            raise PermissionDenied
        if name in SHOW_PEOPLE:
            if not user.has_perm("locations.see_personal_data"):
                raise PermissionDenied
            location = Location.objects.filter(pk=match.kwargs["pk"]).first()
            if location is not None:
                pghistory.create_event(location, label=SEEN)
