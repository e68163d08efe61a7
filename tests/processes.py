"""Races between operating system processes, each with a database connection of its own."""

import multiprocessing
import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from django.db import connections

TOGETHER_SECONDS = 30


class LostProcess(Exception):
    """A process ended without an answer, or took too long."""


@dataclass(frozen=True)
class Outcome:
    """What one process made of its call."""

    value: Any = None
    error: str = ""  # the exception's class name
    trace: str = ""


def race(
    function: Callable[..., Any], calls: list[dict[str, Any]], *, seconds: float = 60
) -> list[Outcome]:
    """Call it once in a process for each of `calls` (keyword arguments), all let go together.

    To be used with `cloned_database`: the processes commit. Values have to be picklable.
    """
    connections.close_all()  # a connection must not be shared over a fork
    context = multiprocessing.get_context("fork")
    start = context.Barrier(len(calls))
    running = []
    for arguments in calls:
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(function, arguments, start, theirs))
        process.start()
        theirs.close()
        running.append((process, mine))
    outcomes = []
    try:
        for process, answer in running:
            if not answer.poll(seconds):
                raise LostProcess(f"process {process.pid} took longer than {seconds} s")
            try:
                outcomes.append(answer.recv())
            except EOFError:
                process.join(5)
                raise LostProcess(f"a process ended with code {process.exitcode}") from None
    finally:
        for process, answer in running:
            answer.close()
            process.join(5 if len(outcomes) == len(calls) else 0)
            if process.is_alive():
                process.kill()
                process.join()
            process.close()
    return outcomes


def _run(
    function: Callable[..., Any], arguments: dict[str, Any], start: Barrier, answer: Connection
) -> None:
    try:
        connections["default"].ensure_connection()  # the time it takes is not part of the race
        start.wait(TOGETHER_SECONDS)
        outcome = Outcome(value=function(**arguments))
    except BaseException as problem:
        outcome = Outcome(error=type(problem).__name__, trace=traceback.format_exc())
    connections.close_all()
    answer.send(outcome)
    answer.close()
    os._exit(0)  # nothing of pytest's may run a second time here
