"""What stands before the pages of a location for staff who see them as its managers do."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reports.impersonation import session

SAFE = ("GET", "HEAD", "OPTIONS")


class StaffVisitDoor:
    """Middleware: the pages say that they are seen as staff, and refuse what managers do there.

    Pages of another location end it: those are staff's own look at them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if name not in session.PAGES and name not in session.ACTS:
            return None
        if not request.user.is_authenticated or not request.user.is_staff:
            return None
        location_id = session.seen(request.session)
        if location_id is None:
            return None
        if name in session.PAGES and kwargs.get("pk") != location_id:
            session.end(request.session)
            return None
        request.seen_as_staff = location_id  # type: ignore[attr-defined]  # the banner reads it
        if request.method in SAFE or name in session.LOOKING:
            return None
        return render(request, "reports/impersonation/refused.html", status=403)
