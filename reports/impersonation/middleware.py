from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from reports.impersonation import session

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class ImpersonationMiddleware(MiddlewareMixin):
    """Refuse changes from impersonated pages; a page of another location ends the impersonation."""

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if name not in session.PAGES and name not in session.ACTIONS:
            return None
        if not request.user.is_authenticated or not request.user.is_staff:
            return None
        location_id = request.session.get(session.SESSION_KEY)
        if location_id is None:
            return None
        if name in session.PAGES and kwargs.get("pk") != location_id:
            del request.session[session.SESSION_KEY]
            return None
        request.is_impersonated = True  # type: ignore[attr-defined]
        if request.method in SAFE_METHODS or name in session.READ_ONLY_POSTS:
            return None
        return render(request, "reports/impersonation/refused.html", status=403)
