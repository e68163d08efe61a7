"""The servers' own folders, and running their programs as the account that owns them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from redflag_credits.devserver import binaries, paths, supervisor
from redflag_credits.devserver.binaries import ServersUnavailable

LONGEST_LOG_BYTES = 10_000_000


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
    """Make it with its parents; others may pass through what is new, and nothing else changes."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in new:
        path.chmod(0o711)


def owner() -> tuple[int, int]:
    found = supervisor.as_account(binaries.account())
    return (found["user"], found["group"]) if found else (os.geteuid(), os.getegid())


def run_as_owner(command: list[Any], *, cwd: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    # A file, not a pipe: the server inherits it, and a pipe would be waited for until it stops.
    with (cwd.parent / "last-command.log").open("w+") as output:
        done = subprocess.run(  # noqa: S603
            [str(part) for part in command],
            cwd=cwd,
            env={**kept, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **supervisor.as_account(binaries.account()),
        )
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read())


def shorten(log: Path) -> None:
    if log.exists() and log.stat().st_size > LONGEST_LOG_BYTES:
        log.unlink()


def tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def note(data_dir: Path, server: str, **facts: Path) -> None:
    """Tell the keeper what to stop. Written before the start, so that no crash leaves it out."""
    record = supervisor.lock_folder(data_dir) / supervisor.RUNNING
    running = json.loads(record.read_text()) if record.exists() else {}
    running[server] = {name: str(value) for name, value in facts.items()}
    running[server]["account"] = binaries.account()
    new = record.with_suffix(".new")
    new.write_text(json.dumps(running))
    new.replace(record)
