from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import csrf, defaults
from django.views.decorators.cache import never_cache

forbidden = never_cache(defaults.permission_denied)
not_found = never_cache(defaults.page_not_found)
csrf_failure = never_cache(csrf.csrf_failure)


@never_cache
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # Without the request: it may have failed before its user was set.
    return HttpResponse(render_to_string("400.html"), status=400)


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
