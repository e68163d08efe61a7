import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from ledger.api import balances, charges, corrections, holds, purchases, quotes
from ledger.api.auth import Bearer
from ledger.api.exception_handlers import problem_for
from ledger.api.openapi import complete_schema
from ledger.api.parsers import StrictParser
from ledger.api.problems import ApiProblem, problem_response

logger = logging.getLogger(__name__)


class ChargingApi(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        return complete_schema(super().get_openapi_schema(**options), scopes=self._scopes())

    def _scopes(self) -> dict[str, str]:
        return {
            operation.view_func.__name__: callback.scope
            for router in self._get_bound_routers()
            for view in router.path_operations.values()
            for operation in view.operations
            for callback in operation.auth_callbacks
            if isinstance(callback, Bearer)
        }


def handle_exception(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    assert isinstance(error, Exception)  # noqa: S101  # ninja's handlers are typed for both
    problem = problem_for(error)
    if problem is None:
        logger.error("%s %s failed", request.method, request.path, exc_info=error)
        problem = ApiProblem("internal_error")
    return problem_response(problem)


api = ChargingApi(
    title="RedFlag Credits",
    version="1",
    description="Charges, holds, quotes and balances of prepaid messaging credits.",
    docs_url=None,
    parser=StrictParser(),
    urls_namespace="api-v1",
)
handler: Callable[..., HttpResponse] = handle_exception
for error_class in (Exception, HttpError, ValidationError):
    api.add_exception_handler(error_class, handler)
for module in (quotes, charges, holds, corrections, purchases, balances):
    api.add_router("", module.router)
