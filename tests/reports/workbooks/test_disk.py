"""What is written steadily reaches the disk while the rest is still being written."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from reports.workbooks.disk import BUFFER_BYTES, open_steadily


def test_each_piece_is_sent_on_its_way_when_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, told = tmp_path / "file", []

    def advise(fd: int, offset: int, length: int, advice: int) -> None:
        assert (offset, length, advice) == (0, 0, os.POSIX_FADV_DONTNEED)
        told.append(os.fstat(fd).st_size)

    monkeypatch.setattr(os, "posix_fadvise", advise)
    with open_steadily(path) as file:
        for _ in range(5):
            file.write(bytes(BUFFER_BYTES // 2))
    assert told == [BUFFER_BYTES, 2 * BUFFER_BYTES, BUFFER_BYTES * 5 // 2]
    assert path.stat().st_size == BUFFER_BYTES * 5 // 2


def test_what_was_written_first_can_be_mended_at_the_end(tmp_path: Path) -> None:
    with open_steadily(tmp_path / "file") as file:
        file.write(b"0" * (BUFFER_BYTES + 5))
        file.seek(2)
        file.write(b"ab")
    content = (tmp_path / "file").read_bytes()
    assert content == b"00ab" + b"0" * (BUFFER_BYTES + 1)


def test_a_system_without_the_advice_writes_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "posix_fadvise")
    with open_steadily(tmp_path / "file") as file:
        file.write(b"all of it")
    assert (tmp_path / "file").read_bytes() == b"all of it"


def test_a_file_system_that_refuses_the_advice_keeps_the_file_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "posix_fadvise", refuse)
    with open_steadily(tmp_path / "file") as file:
        file.write(b"all of it")
    assert (tmp_path / "file").read_bytes() == b"all of it"


def test_a_full_disk_is_said_at_the_end_at_the_latest() -> None:
    file: Any = open_steadily(Path("/dev/full"))
    file.write(b"a few bytes")
    with pytest.raises(OSError, match="No space left"):
        file.close()
