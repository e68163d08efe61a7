"""Where reports and their builds are kept, and a location with something to report."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reports import traffic
from tests.reports.traffic import GERMANY, MEXICO, SWEDEN, utc


@pytest.fixture
def media(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the reports; the folders of the builds are beside them."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "builds").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "builds"))
    return tmp_path / "media"


@pytest.fixture
def no_folder_is_left(tmp_path: Path, media: Path) -> Iterator[None]:
    yield
    assert list((tmp_path / "builds").iterdir()) == []


@pytest.fixture
def place() -> Any:
    made = traffic.location(time_zone="America/Chicago")
    for day in range(1, 11):
        at = utc(f"2026-05-{day:02} 10:00:00")
        traffic.texts(made, at, MEXICO, GERMANY, SWEDEN, profile={"First Name": "=1+1"})
        traffic.call(made, at + dt.timedelta(hours=1), GERMANY, 61)
        traffic.chat(made, at, f"Message {day}", has_image=day % 2 == 0)
    return made
