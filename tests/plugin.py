"""The environment of a test run, set before anything reads the settings.

pytest loads this with `-p`, ahead of pytest-django, which loads the settings before any
conftest. Nothing of the caller's environment reaches the tests but DATA_DIR (the servers of a
run live below it), DATABASE_URL and REDIS_URL (where those are set, those servers are used).
"""

import atexit
import os
from pathlib import Path

from redflag_credits.devserver import paths, supervisor

ROOT = Path(__file__).resolve().parent.parent
FOREIGN = [
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DEBUG",
    "EMAIL_URL",
    "MEDIA_ROOT",
    "PORT",
    "LOG_LEVEL",
    "CSRF_TRUSTED_ORIGINS",
    "DOMESTIC_REGIONS",
    "DATABASE_CONN_MAX_AGE",
    "REPORT_RETENTION_DAYS",
    "PUBLIC_URL",
    "REPORT_MAX_CONCURRENT_BUILDS",
    "STAFF_REQUIRE_TWO_FACTOR",
    "TWILIO_AUTH_TOKEN",
    "FILE_STORAGE",
    "FILE_STORAGE_OPTIONS",
    "RATE_CARD_UPLOAD_RETENTION_DAYS",
]
MOST_RUNS_AT_ONCE = 20


def own_data_dir(below: Path) -> Path:
    """The first folder that no other process has; it stays ours until this one ends."""
    for number in range(1, MOST_RUNS_AT_ONCE + 1):
        folder = below / f"test-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        claim = supervisor.open_lock(folder / "test-run.lock")
        if supervisor.try_lock(claim):
            atexit.register(claim.close)
            return folder
        claim.close()
    raise RuntimeError(f"{MOST_RUNS_AT_ONCE} test runs are using {below} already")


def prepare() -> Path | None:
    """Set the environment. Returns the data folder of the PostgreSQL that test processes share."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    # The workers of pytest-xdist inherit this environment: they share what their controller has.
    base = Path(os.environ.get("TESTS_DATA_DIR") or os.environ.get("DATA_DIR") or ROOT / "var")
    base = base.expanduser().resolve()
    data_dir = own_data_dir(base)
    static = data_dir / "static"
    static.mkdir(exist_ok=True)
    os.environ.update(REDFLAG_ENV="local", DATA_DIR=str(data_dir), STATIC_ROOT=str(static))
    os.environ["TESTS_DATA_DIR"] = str(base)
    shared = base / "test-databases"
    address = paths.database_url(shared)
    return shared if os.environ.setdefault("DATABASE_URL", address) == address else None


POSTGRES_DIR = prepare()
