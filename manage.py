#!/usr/bin/env python
"""Run a management command, starting the checkout's own servers first."""

import os
import sys

# These need no database.
WITHOUT_SERVERS = {"help", "version", "check", "collectstatic", "findstatic", "diffsettings"}
WITHOUT_SERVERS |= {"makemessages", "compilemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redflag_credits.settings")
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from redflag_credits.devserver import servers  # noqa: PLC0415
    from redflag_credits.devserver.binaries import ServersUnavailable  # noqa: PLC0415

    try:
        if needs_servers(sys.argv[1:]):
            servers.use_configured()
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, ServersUnavailable) as problem:
        sys.exit(f"{problem}")


def needs_servers(arguments: list[str]) -> bool:
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    return arguments[0] not in WITHOUT_SERVERS or "--database" in arguments


if __name__ == "__main__":
    main()
