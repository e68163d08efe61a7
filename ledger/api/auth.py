from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from ledger.api import tokens
from ledger.api.parsers import MAX_INTEGER
from ledger.api.problems import ApiProblem
from ledger.models import ApiToken

TOKEN_PROBLEMS = {
    tokens.UnknownToken: "token_unknown",
    tokens.ExpiredToken: "token_expired",
    tokens.RevokedToken: "token_revoked",
}


class Bearer(HttpBearer):
    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiToken:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise ApiProblem("token_required")
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        try:
            api_token = tokens.find(token, at=timezone.now())
        except tokens.TokenRefused as refused:
            raise ApiProblem(TOKEN_PROBLEMS[type(refused)]) from None
        if self.scope not in api_token.scopes:
            raise ApiProblem("insufficient_scope", f"This takes the scope `{self.scope}`.")
        return api_token


def require_location(request: HttpRequest, location_id: int) -> int:
    """Return the id. A location outside the token's reach is reported as not existing."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    if location_id > MAX_INTEGER or not token.covers(location_id):
        raise ApiProblem("location_not_found")
    return location_id
