"""A location whose long lists nobody prices until a test does."""

from pathlib import Path
from typing import Any

import pytest

from locations.models import Location, User
from tests.databases import Clone
from tests.factories import make_card, make_location, make_member


@pytest.fixture
def storage(
    cloned_database: Clone, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder of the lists; no task of them is queued."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("locations.jobs.enqueue", lambda *_, **__: True)
    return tmp_path / "media"


@pytest.fixture
def soho(storage: Path) -> Location:
    make_card()
    return make_location(name="Soho", included=1000, overdraft_limit=50)


@pytest.fixture
def manager(soho: Location) -> User:
    return make_member(soho)
