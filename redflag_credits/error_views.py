from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache


@never_cache
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # Without the request: it may have failed before its user was set.
    return HttpResponse(render_to_string("400.html"), status=400)


@never_cache
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


@never_cache
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


@never_cache
def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: rendering must not need the database or the session.
    try:
        page = render_to_string("500.html")
    except Exception:  # the first error is already in the log
        return HttpResponse(
            _("Something went wrong on our side. Please try again in a minute."),
            status=500,
            content_type="text/plain; charset=utf-8",
        )
    return HttpResponse(page, status=500)


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
