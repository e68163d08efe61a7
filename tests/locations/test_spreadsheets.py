"""Files that mean harm are refused in words, in bounded time and memory: each in its own process.

A process that has loaded the product is forked for each file.

`python -m tests.locations.test_spreadsheets` prints the table of docs/performance.md.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.locations import hostile_files
from tests.plugin import ROOT

MOST_SECONDS = 15.0  # of the reading alone, on a machine that others use too
LIMIT_SECONDS = 60  # after which a reading is ended
MOST_MEBIBYTES = 200.0  # over what the process had before
READER = r"""
import json, os, re, signal, sys, time
import django
django.setup()
from locations.rate_cards.columns import guess_columns
from locations.rate_cards.parsing import MAX_BYTES
from locations.rate_cards.importing import LIMITS, parse_table, read_sample
from locations.spreadsheets import Unreadable, unpacked_size

def peak():
    # Of this program alone: getrusage would tell what its parent had before it began.
    return int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1024

def read(name):
    content = open(name, "rb").read(MAX_BYTES + 1)
    before, began = peak(), time.process_time()
    error = ""
    found = None
    try:
        if len(content) > MAX_BYTES:
            raise Unreadable("It is larger than 10 MB.")
        unpacked_size(content, LIMITS)
        rows = read_sample(content)
        if len(rows) < 2:
            raise Unreadable("The file has no prices below its column names.")
        found = parse_table(content, guess_columns(rows))
    except Unreadable as unreadable:
        error = str(unreadable)
    print(json.dumps({
        "error": error,
        "prices": len(found.prices) if found else None,
        "problems": found.bad_line_count if found else None,
        "seconds": time.process_time() - began,
        "mebibytes": peak() - before,
    }), flush=True)

for line in sys.stdin:
    child = os.fork()
    if not child:
        signal.alarm(int(sys.argv[1]))
        read(line[:-1])
        os._exit(0)
    if status := os.waitpid(child, 0)[1]:
        ended = "out of time" if status == signal.SIGALRM else f"status {status}"
        print(json.dumps({"ended": ended}), flush=True)
"""
Reader = Callable[[bytes], dict[str, Any]]


@contextlib.contextmanager
def reading() -> Iterator[Reader]:
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(LIMIT_SECONDS)],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout

        def read(content: bytes) -> dict[str, Any]:
            assert process.stdin and process.stdout
            with tempfile.NamedTemporaryFile() as file:
                file.write(content)
                file.flush()
                process.stdin.write(f"{file.name}\n")
                process.stdin.flush()
                result = dict(json.loads(process.stdout.readline()))
            assert "error" in result, result
            return result

        yield read
        process.stdin.close()


@pytest.fixture(scope="module")
def read_in_a_process() -> Iterator[Reader]:
    with reading() as read:
        yield read


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "redflag_credits.settings"}


def bounded(result: dict[str, Any]) -> None:
    assert result["seconds"] < MOST_SECONDS
    assert result["mebibytes"] < MOST_MEBIBYTES


@pytest.mark.processes
@pytest.mark.parametrize("name", hostile_files.REFUSED)
def test_hostile_file_is_refused_with_a_message(read_in_a_process: Reader, name: str) -> None:
    result = read_in_a_process(hostile_files.REFUSED[name]())
    assert result["error"] != ""
    assert "Traceback" not in result["error"]
    bounded(result)


@pytest.mark.processes
@pytest.mark.parametrize("name", hostile_files.READ)
def test_odd_file_is_read_and_its_bad_lines_named(read_in_a_process: Reader, name: str) -> None:
    make, prices, problems = hostile_files.READ[name]
    result = read_in_a_process(make())
    assert (result["error"], result["prices"], result["problems"]) == ("", prices, problems)
    bounded(result)


def table() -> None:
    with reading() as read:
        for name, make in hostile_files.everything():
            content = make()
            result = read(content)
            what = result["error"] or f"{result['prices']} prices, {result['problems']:,} bad lines"
            sys.stdout.write(
                f"| {name} | {len(content) / 1024:,.0f} KB | {result['seconds']:.2f} s | "
                f"{result['mebibytes']:.0f} MiB | {what} |\n"
            )


if __name__ == "__main__":
    assert Path("manage.py").exists()
    table()
