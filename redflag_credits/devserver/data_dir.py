import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from redflag_credits.devserver import binaries, paths, supervisor
from redflag_credits.devserver.binaries import ServersUnavailable

MAX_LOG_BYTES = 10_000_000


def make_home(data_dir: Path) -> Path:
    home = paths.home(data_dir)
    if home != data_dir and not home.exists():
        message = f"The embedded servers run as `nobody` and keep their data in {home}"
        print(message, file=sys.stderr)  # noqa: T201
    make_folder(home)
    if home != data_dir and home.stat().st_uid != os.geteuid():
        raise ServersUnavailable(f"{home} belongs to another user: choose another DATA_DIR.")
    sockets = paths.socket_dir(data_dir)
    sockets.mkdir(mode=0o700, exist_ok=True)
    if sockets.stat().st_uid == os.geteuid():
        os.chown(sockets, *owner())
    if sockets.stat().st_uid != owner()[0]:
        raise ServersUnavailable(f"{sockets} belongs to another user: choose another DATA_DIR.")
    sockets.chmod(0o700)
    return home


def make_folder(folder: Path) -> None:
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in new:
        path.chmod(0o711)


def owner() -> tuple[int, int]:
    account = supervisor.as_account(binaries.server_account())
    return (account["user"], account["group"]) if account else (os.geteuid(), os.getegid())


def run_as_owner(command: list[Any], *, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ
    }
    # A file, not a pipe: the server inherits it, so reading a pipe would wait until it stops.
    with (cwd.parent / "last-command.log").open("w+") as output:
        completed = subprocess.run(  # noqa: S603
            [str(part) for part in command],
            cwd=cwd,
            env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **supervisor.as_account(binaries.server_account()),
        )
        output.seek(0)
        return subprocess.CompletedProcess(completed.args, completed.returncode, output.read())


def delete_large_log(log: Path) -> None:
    if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
        log.unlink()


def tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def record_server(data_dir: Path, server: str, **values: Path) -> None:
    """Call it before the start, in case of a crash: the supervisor stops what is recorded."""
    record = supervisor.lock_folder(data_dir) / supervisor.RUNNING
    running = json.loads(record.read_text()) if record.exists() else {}
    running[server] = {name: str(value) for name, value in values.items()}
    running[server]["account"] = binaries.server_account()
    new = record.with_suffix(".new")
    new.write_text(json.dumps(running))
    new.replace(record)
