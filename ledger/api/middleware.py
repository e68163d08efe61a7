from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ledger.api.problems import (
    BY_STATUS,
    MEDIA_TYPE,
    ApiProblem,
    problem_headers,
    serialize_problem,
)

API_PATH = "/api/"


def api_error_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[..., HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            response.status_code < 400
            or not request.path_info.startswith(API_PATH)
            or response.headers.get("Content-Type") == MEDIA_TYPE
        ):
            return response
        fallback = "internal_error" if response.status_code >= 500 else "bad_request"
        problem = ApiProblem(BY_STATUS.get(response.status_code, fallback))
        # Changed in place to keep Allow and the security headers.
        response.status_code = problem.status
        response.content = serialize_problem(problem)
        for name, value in problem_headers(problem).items():
            response[name] = value
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
        return response

    return middleware
