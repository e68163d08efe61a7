"""What a load balancer asks: do the database and the broker answer?"""

import logging

import psycopg
import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2  # also libpq's own minimum


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when both answer, else 503 naming the one that does not, and no more than its name."""
    checks = {"database": _ask_database, "broker": _ask_broker}
    answers: dict[str, str] = {}
    for name, ask in checks.items():
        try:
            ask()
            answers[name] = "ok"
        except (psycopg.Error, redis.RedisError, OSError) as problem:
            # The message may hold an address or a user: the class says enough.
            logger.warning("healthz: the %s does not answer (%s)", name, type(problem).__name__)
            answers[name] = "does not answer"
    healthy = set(answers.values()) == {"ok"}
    body = {"status": "ok" if healthy else "unavailable", **answers}
    return JsonResponse(body, status=200 if healthy else 503)


def _ask_database() -> None:
    # A connection of its own: a request's one may hang for minutes on a host that went silent.
    parameters = connection.get_connection_params()
    parameters["connect_timeout"] = PATIENCE_SECONDS
    parameters["tcp_user_timeout"] = PATIENCE_SECONDS * 1000
    with psycopg.connect(**parameters) as probe:
        probe.execute("SELECT 1")


def _ask_broker() -> None:
    probe = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=PATIENCE_SECONDS,
        socket_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    with probe:
        probe.ping()
