"""`make clean`. Imports only the standard library and modules of this folder."""

import shutil
import sys
from pathlib import Path

import paths
import supervisor

VAR = Path(__file__).resolve().parents[2] / "var"


def main() -> None:
    data_dirs = [locks.parent for locks in [*VAR.glob("locks"), *VAR.glob("*/locks")]]
    for data_dir in data_dirs:
        with supervisor.open_lock(data_dir / "locks" / supervisor.USERS_LOCK) as users:
            if not supervisor.try_lock(users):
                sys.exit(
                    f"The servers of {data_dir} are in use: stop `make run` and commands first."
                )
        with supervisor.open_lock(data_dir / "locks" / supervisor.CHANGE_LOCK) as change:
            supervisor.wait_for(change)  # the supervisor may still be stopping them
            supervisor.stop_servers(data_dir / "locks")
    for data_dir in data_dirs:
        # Both may lie outside the checkout.
        shutil.rmtree(paths.socket_dir(data_dir), ignore_errors=True)
        home = paths.home(data_dir)
        if home != data_dir and home.exists():
            shutil.rmtree(home)
    shutil.rmtree(VAR, ignore_errors=True)


if __name__ == "__main__":
    main()
