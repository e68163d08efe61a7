import datetime as dt
import re
import shutil
import tempfile
from pathlib import Path

from locations.models.jobs import JobState
from reports.models import Report

PREFIX = "redflag-report-"
NAME = re.compile(rf"{PREFIX}(?P<report>[0-9a-f-]{{36}})-(?P<attempt>\d+)-")
# Longer than any build: a folder this old was left behind.
ABANDONED_AFTER = dt.timedelta(days=1)


def create(report: Report) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix=f"{PREFIX}{report.pk}-{report.attempts}-")


def delete_dead(*, at: dt.datetime) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _is_dead(folder, at=at):
            shutil.rmtree(folder, ignore_errors=True)


def _is_dead(folder: Path, *, at: dt.datetime) -> bool:
    if named := NAME.match(folder.name):
        report = Report.objects.filter(pk=named["report"]).first()
        if report is not None:
            # While the row says so the builder may be alive, its lease run out or not.
            return (report.state, report.attempts) != (JobState.RUNNING, int(named["attempt"]))
    try:
        return folder.stat().st_mtime < (at - ABANDONED_AFTER).timestamp()
    except FileNotFoundError:  # its build has just ended
        return False
