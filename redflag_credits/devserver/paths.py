"""Imported by settings: no side effects."""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import quote, urlsplit

ROLE = "redflag"
DATABASE = "redflag"
POSTGRES_PORT = 5432  # no TCP: it only names the socket file
POSTGRES_SOCKET = f".s.PGSQL.{POSTGRES_PORT}"
REDIS_SOCKET = "redis.sock"

# A socket's whole path may have 107 bytes on Linux and 103 on macOS.
MAX_SOCKET_FOLDER_BYTES = 103 - len("/" + POSTGRES_SOCKET)
# Neither PostgreSQL's list of socket folders nor a URL needs quoting for these.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._@+-]+")


def database_url(data_dir: Path) -> str:
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket_dir(data_dir)))}"


def redis_url(data_dir: Path) -> str:
    return f"unix://{quote(str(socket_dir(data_dir) / REDIS_SOCKET))}"


def broker_url(redis_url: str) -> str:
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = re.search(r"(?:^|&)db=(\d+)", parts.query)
    query = f"?virtual_host={database[1]}" if database else ""
    return f"redis+socket://{parts.path}{query}"


def home(data_dir: Path) -> Path:
    """The folder of the servers' data: `data_dir`, or one under /var/tmp.

    Root starts PostgreSQL as `nobody`, who often cannot reach root's checkout. Existing data
    decides, so that it is found again after a parent folder's mode has changed.
    """
    if os.geteuid() != 0:
        return data_dir
    outside = Path("/var/tmp") / f"redflag-credits-{_key(data_dir)}"  # noqa: S108
    if _has_data(outside):
        return outside
    if _has_data(data_dir) or open_to_others(data_dir):
        return data_dir
    return outside


def socket_dir(data_dir: Path) -> Path:
    folder = home(data_dir) / "run"
    if len(os.fsencode(folder)) <= MAX_SOCKET_FOLDER_BYTES and PLAIN_PATH.fullmatch(str(folder)):
        return folder
    # Not tempfile.gettempdir(): processes with different TMPDIRs share the servers.
    return Path("/tmp") / f"redflag-credits-{os.geteuid()}-{_key(data_dir)}"  # noqa: S108


def open_to_others(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents) if folder.exists())


def _has_data(folder: Path) -> bool:
    return (folder / "postgres").exists() or (folder / "redis").exists()


def _key(data_dir: Path) -> str:
    return hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
