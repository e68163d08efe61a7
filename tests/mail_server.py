"""A mail server as a process of its own, that can be stopped and started again.

It says as much SMTP (RFC 5321) as Django's backend asks for, and keeps each mail as a file.
"""

import contextlib
import multiprocessing
import os
import socket
import socketserver
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from multiprocessing.process import BaseProcess
from pathlib import Path

from django.db import connections

STARTING_SECONDS = 60


class _Dialogue(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 mail.example.org")
        while command := self.rfile.readline():
            match command.upper().split(maxsplit=1)[:1]:
                case [b"EHLO" | b"HELO" | b"MAIL" | b"RCPT" | b"RSET" | b"NOOP"]:
                    self._say("250 OK")
                case [b"DATA"]:
                    self._say("354 Go on")
                    self._keep()
                    self._say("250 OK")
                case [b"QUIT"]:
                    self._say("221 Bye")
                    return
                case _:
                    self._say("502 Not here")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _keep(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        folder: Path = self.server.folder  # type: ignore[attr-defined]
        number = len(list(folder.iterdir()))
        (folder / f"{number:05}.eml").write_bytes(b"".join(lines))


@dataclass
class MailServer:
    """On one port of this machine; while it is down, connections to it are refused."""

    folder: Path
    port: int
    _process: BaseProcess | None = field(default=None, repr=False)

    def start(self) -> None:
        connections.close_all()  # a connection must not be shared over a fork
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_serve, args=(self.folder, self.port), daemon=True)
        self._process.start()
        deadline = time.monotonic() + STARTING_SECONDS
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            assert time.monotonic() < deadline, "the mail server does not start"
            time.sleep(0.01)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def mails(self, *, after: int = 0) -> list[EmailMessage]:
        """What it took, in order, without the first so many."""
        return [
            message_from_bytes(file.read_bytes(), policy=policy.default)
            for file in sorted(self.folder.iterdir())[after:]
        ]


class _Server(socketserver.TCPServer):
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever only knocks, to see whether it is up, is no trouble."""


def _serve(folder: Path, port: int) -> None:
    server = _Server(("127.0.0.1", port), _Dialogue)
    server.folder = folder  # type: ignore[attr-defined]
    try:
        server.serve_forever()
    finally:
        os._exit(0)


@contextlib.contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir()
    server = MailServer(folder, port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
