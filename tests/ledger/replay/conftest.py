"""Traffic files of two small locations."""

from pathlib import Path

import pytest

from tests.ledger.replay.traffic_folder import FILES, Write


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """Writes the files above, or others in their place; None: that file is not there."""

    def write(**others: str | None) -> Path:
        for name, content in (FILES | others).items():
            if content is not None:
                (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        return tmp_path

    return write
