"""Building a report, reading it, and doing something meanwhile."""

import itertools
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from python_calamine import CalamineWorkbook

from locations.models.jobs import JobState
from reports.exports.build import build_next
from reports.models import Report
from reports.workbooks.xlsx_rows import SheetRows
from tests.reports import traffic


def build(report: Report, **options: Any) -> bool:
    """Whether it was this one's turn, and it is ready now."""
    built = build_next(clock=traffic.stopped(), **options)
    return built is not None and (built.pk, built.state) == (report.pk, JobState.READY)


def table(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


def summary(path: Path) -> dict[str, Any]:
    lines = itertools.takewhile(lambda row: row[0], table(path, "Summary"))
    return {row[0]: row[1] for row in lines}


def during_row(monkeypatch: pytest.MonkeyPatch, number: int, action: Any) -> None:
    """Do something while that row of a workbook is on its way."""
    seen = iter(range(1, 10_000))
    append = SheetRows.append

    def watched(*args: Any) -> None:
        if next(seen) == number:
            action()
        append(*args)

    monkeypatch.setattr(SheetRows, "append", watched)


def in_another_thread(action: Any) -> None:
    """With a connection of its own: this thread's one sits in the build's transaction."""
    problems: list[BaseException] = []

    def run() -> None:
        try:
            action()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if problems:
        raise problems[0]
