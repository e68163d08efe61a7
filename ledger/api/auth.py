"""Who asks: bearer tokens, their scopes and the locations that exist for them."""

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from ledger.api import tokens
from ledger.api.parsers import MOST_INTEGER
from ledger.api.problems import Problem
from ledger.models import ApiToken

REFUSALS = {
    tokens.UnknownToken: "token_unknown",
    tokens.ExpiredToken: "token_expired",
    tokens.RevokedToken: "token_revoked",
}


class Bearer(HttpBearer):
    """A token with this scope. The instant at which it was seen is the request's own."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiToken:
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise Problem("token_required")
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        try:
            found = tokens.find(token, at=timezone.now())
        except tokens.TokenRefused as refused:
            raise Problem(REFUSALS[type(refused)]) from None
        if self.scope not in found.scopes:
            raise Problem("insufficient_scope", f"This takes the scope `{self.scope}`.")
        return found


def within_reach(request: HttpRequest, location_id: int) -> int:
    """The location's id, where the token reaches it; elsewhere as if it had never been used."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    if location_id > MOST_INTEGER or not token.reaches(location_id):
        raise Problem("location_not_found")
    return location_id
