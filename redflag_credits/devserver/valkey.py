import os
import socket
import time
from pathlib import Path
from typing import Any

from redflag_credits.devserver import binaries, paths, supervisor
from redflag_credits.devserver.binaries import ServersUnavailable
from redflag_credits.devserver.data_dir import (
    delete_large_log,
    make_home,
    owner,
    record_server,
    run_as_owner,
    tail,
)

START_SECONDS = 60


def start(data_dir: Path) -> None:
    listener = paths.socket_dir(data_dir) / paths.REDIS_SOCKET
    if supervisor.answers(listener):
        return
    folder = make_home(data_dir)
    program = binaries.valkey_server(folder)
    data = folder / "redis"
    if not data.exists():
        data.mkdir(mode=0o700)
        os.chown(data, *owner())
    record_server(data_dir, "redis", socket=listener)
    log = data / "server.log"
    delete_large_log(log)
    options = {
        "port": 0,
        "unixsocket": listener,
        "unixsocketperm": 700,
        "dir": data,
        "appendonly": "yes",  # a queue survives a restart
        "save": "",
        "daemonize": "yes",
        "pidfile": data / "server.pid",
        "logfile": log,
    }
    command: list[Any] = [program]
    for name, value in options.items():
        command += [f"--{name}", value]
    run_as_owner(command, cwd=data)
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(listener):
        if time.monotonic() > deadline:
            raise ServersUnavailable(f"The embedded Valkey does not start:\n{tail(log)}")
        time.sleep(0.01)


def _is_ready(listener: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(listener))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False
