"""The addresses that providers call: /callbacks/<provider>/<location token>."""

from typing import Protocol

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from ledger.api import problems, tokens
from ledger.api.exception_handlers import problem_of
from ledger.api.idempotency import wait_no_longer
from ledger.api.problems import Problem
from ledger.models import Scope
from ledger.webhooks import twilio
from ledger.webhooks.events import CallEvent, TextEvent, take


class Provider(Protocol):
    """What a provider's module has: see docs/providers.md."""

    def is_enabled(self) -> bool: ...
    def is_genuine(self, url: str, form: dict[str, str], headers: dict[str, str]) -> bool: ...
    def event_of(self, form: dict[str, str]) -> TextEvent | CallEvent | None: ...


PROVIDERS = {"twilio": twilio}


@csrf_exempt
def callback(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    """Take a callback, if its provider signed it and its token names a location."""
    try:
        response = _taken(request, provider, token)
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            raise
        response = problems.reply(problem)
    # Django would write the address into the log, and the token with it.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _taken(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    adapter: Provider | None = PROVIDERS.get(provider)
    if adapter is None or not adapter.is_enabled():
        raise Problem("not_found")
    if request.method != "POST":
        raise Problem("method_not_allowed", headers={"Allow": "POST"})
    at = timezone.now()
    try:
        found = tokens.find(token, at=at)
    except tokens.TokenRefused:
        raise Problem("not_found") from None
    if found.location_id is None or Scope.CHARGE not in found.scopes:
        raise Problem("not_found")
    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    form = request.POST
    if not adapter.is_genuine(url, form, request.headers):  # type: ignore[arg-type]
        raise Problem("signature_invalid")
    event = adapter.event_of(form.dict())
    if event is not None:
        wait_no_longer()
        take(found.location_id, event, at=at)
    return HttpResponse(status=204)
