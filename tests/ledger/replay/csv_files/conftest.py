"""Traffic files, as they are or with others in their place."""

from pathlib import Path

import pytest

from tests.ledger.replay.csv_files.files import CHATS, INTERNATIONAL, LOCATIONS, PURCHASES, Write


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """Writes the files above, or others in their place: `folder(chat="...")`."""

    def write(**others: str | bytes) -> Path:
        files = {
            "locations": LOCATIONS,
            "purchases": PURCHASES,
            "traffic_international": INTERNATIONAL,
            "traffic_chat": CHATS,
        }
        for name, content in (files | others).items():
            written = content.encode() if isinstance(content, str) else content
            (tmp_path / f"{name}.csv").write_bytes(written)
        return tmp_path

    return write
