"""The pages that say what went wrong and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache


@never_cache
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # Without the request: it may have failed before anybody looked who is asking.
    return HttpResponse(render_to_string("400.html"), status=400)


@never_cache
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


@never_cache
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page for whatever is missing: it does not say what was asked for."""
    return render(request, "404.html", status=404)


@never_cache
def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither the database nor the session: they may be what failed."""
    try:
        page = render_to_string("500.html")
    except Exception:  # whatever it is, the visitor gets an answer and the log has the first one
        return HttpResponse(
            _("Something went wrong on our side. Please try again in a minute."),
            status=500,
            content_type="text/plain; charset=utf-8",
        )
    return HttpResponse(page, status=500)


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
