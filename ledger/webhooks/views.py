from typing import Protocol

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from ledger.api import tokens
from ledger.api.exception_handlers import problem_for
from ledger.api.idempotency import set_lock_timeout
from ledger.api.problems import ApiProblem, problem_response
from ledger.models import Scope
from ledger.webhooks import twilio
from ledger.webhooks.events import CallEvent, TextEvent, record_event


class Provider(Protocol):
    """Interface of a provider's module: see docs/providers.md."""

    def is_enabled(self) -> bool: ...
    def is_genuine(self, url: str, form: dict[str, str], headers: dict[str, str]) -> bool: ...
    def parse_event(self, form: dict[str, str]) -> TextEvent | CallEvent | None: ...


PROVIDERS = {"twilio": twilio}


@csrf_exempt
def callback(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    try:
        response = _handle(request, provider, token)
    except Exception as error:
        problem = problem_for(error)
        if problem is None:
            raise
        response = problem_response(problem)
    # Keep Django from logging the path, which contains the token.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _handle(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    adapter: Provider | None = PROVIDERS.get(provider)
    if adapter is None or not adapter.is_enabled():
        raise ApiProblem("not_found")
    if request.method != "POST":
        raise ApiProblem("method_not_allowed", headers={"Allow": "POST"})
    at = timezone.now()
    try:
        api_token = tokens.find(token, at=at)
    except tokens.TokenRefused:
        raise ApiProblem("not_found") from None
    if api_token.location_id is None or Scope.CHARGE not in api_token.scopes:
        raise ApiProblem("not_found")
    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    form = request.POST
    if not adapter.is_genuine(url, form, request.headers):  # type: ignore[arg-type]
        raise ApiProblem("signature_invalid")
    event = adapter.parse_event(form.dict())
    if event is not None:
        set_lock_timeout()
        record_event(api_token.location_id, event, at=at)
    return HttpResponse(status=204)
