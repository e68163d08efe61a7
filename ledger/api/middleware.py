"""The outermost layer of the API: whatever refuses below it, refuses with a problem."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ledger.api.problems import BY_STATUS, MEDIA_TYPE, Problem, body_of, headers_of

API_PATH = "/api/"


def api_door(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: an error page of Django's (404, 405, 500, a bad host) becomes a problem."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            response.status_code < 400
            or not request.path_info.startswith(API_PATH)
            or response.headers.get("Content-Type") == MEDIA_TYPE
        ):
            return response
        fallback = "internal_error" if response.status_code >= 500 else "bad_request"
        problem = Problem(BY_STATUS.get(response.status_code, fallback))
        # Changed in place: it keeps Allow and the headers that protect the browser.
        response.status_code = problem.status
        response.content = body_of(problem)
        for name, value in headers_of(problem).items():
            response[name] = value
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
        return response

    return answer
