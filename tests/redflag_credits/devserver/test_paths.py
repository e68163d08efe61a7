import os
from pathlib import Path

import pytest
from environ import Env
from kombu import Connection

from redflag_credits.devserver import paths

SHORT = Path("/srv/redflag/var")
LONG = Path("/srv") / ("a-rather-long-folder-name/" * 4) / "var"


@pytest.fixture(autouse=True)
def ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def test_sockets_lie_in_the_data_folder_where_their_path_is_short_enough() -> None:
    assert paths.socket_dir(SHORT) == SHORT / "run"


@pytest.mark.parametrize("data_dir", [LONG, Path("/srv/with space"), Path("/srv/ümlaut")])
def test_sockets_lie_in_the_temporary_folder_otherwise(data_dir: Path) -> None:
    folder = paths.socket_dir(data_dir)
    assert folder.parent == Path("/tmp")
    assert folder == paths.socket_dir(data_dir)
    assert folder != paths.socket_dir(data_dir / "other")


def test_no_socket_path_exceeds_the_limit_of_macos() -> None:
    for length in range(200):
        data_dir = Path("/" + "x" * length)
        for name in (paths.POSTGRES_SOCKET, paths.REDIS_SOCKET):
            assert len(os.fsencode(paths.socket_dir(data_dir) / name)) <= 103


def test_django_reads_the_database_address() -> None:
    settings = Env.db_url_config(paths.database_url(SHORT))
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert (settings["NAME"], settings["USER"]) == ("redflag", "redflag")
    assert settings["OPTIONS"] == {"host": "/srv/redflag/var/run"}


def test_kombu_reads_the_broker_address() -> None:
    address = paths.broker_url(paths.redis_url(SHORT))
    assert address == "redis+socket:///srv/redflag/var/run/redis.sock"
    assert Connection(address).transport_cls == "redis"
    assert paths.broker_url("unix:///x/redis.sock?db=3").endswith("redis.sock?virtual_host=3")


@pytest.mark.parametrize("address", ["redis://host:6379/0", "rediss://:secret@host:6380/1"])
def test_addresses_of_real_servers_stay_as_they_are(address: str) -> None:
    assert paths.broker_url(address) == address


def test_root_keeps_the_data_outside_a_closed_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    tmp_path.chmod(0o700)
    assert paths.home(tmp_path / "var").parent == Path("/var/tmp")
    # Data that is there already stays where it is, whatever becomes of the modes.
    (tmp_path / "var" / "postgres").mkdir(parents=True)
    assert paths.home(tmp_path / "var") == tmp_path / "var"
