"""What stands before every page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve

from locations.second_factor import PASSED

# Where staff without a second step may still go: to set it up, and out.
OPEN = {"second-factor", "sign-out", "sign-in", "second-step", "healthz"}
# Not for people: the API has its tokens, callbacks their signatures.
FOR_PROGRAMS = ("/api/", "/callbacks/", "/static/")


def second_factor_door(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Middleware: where STAFF_NEED_SECOND_FACTOR is set, staff set up theirs before all else."""

    def answer(request: HttpRequest) -> HttpResponse:
        if (
            settings.STAFF_NEED_SECOND_FACTOR
            and not request.path_info.startswith(FOR_PROGRAMS)
            and request.user.is_authenticated
            and request.user.is_staff
            and not request.session.get(PASSED)
            and resolve(request.path_info).url_name not in OPEN
        ):
            return redirect("second-factor")
        return get_response(request)

    return answer
