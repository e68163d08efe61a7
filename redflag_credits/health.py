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

TIMEOUT_SECONDS = 2  # also libpq's own minimum


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    checks = {"database": _check_database, "broker": _check_broker}
    results: dict[str, str] = {}
    for name, check in checks.items():
        try:
            check()
            results[name] = "ok"
        except (psycopg.Error, redis.RedisError, OSError) as error:
            # Only the class: the message may hold an address or a user name.
            logger.warning("healthz: the %s does not answer (%s)", name, type(error).__name__)
            results[name] = "does not answer"
    healthy = set(results.values()) == {"ok"}
    body = {"status": "ok" if healthy else "unavailable", **results}
    return JsonResponse(body, status=200 if healthy else 503)


def _check_database() -> None:
    # A new connection: the request's own may hang for minutes on a host that went silent.
    parameters = connection.get_connection_params()
    parameters["connect_timeout"] = TIMEOUT_SECONDS
    parameters["tcp_user_timeout"] = TIMEOUT_SECONDS * 1000
    with psycopg.connect(**parameters) as probe:
        probe.execute("SELECT 1")


def _check_broker() -> None:
    probe = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    with probe:
        probe.ping()
