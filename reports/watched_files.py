"""Files that call somebody while they are written or read: packing and sending take minutes."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

Watch = Callable[[], None]


class WatchedWriter(io.BufferedWriter):
    """Calls the watch at every write. Buffered, so that a write which the disk cuts short raises:
    nobody looks at how much of it was taken."""

    def __init__(self, path: Path, watch: Watch) -> None:
        super().__init__(io.FileIO(path, "w"))
        self._watch = watch

    def write(self, data: Any) -> int:
        self._watch()
        return super().write(data)


class WatchedReader(io.BufferedReader):
    """Calls the watch whenever the storage reads on."""

    def __init__(self, path: Path, watch: Watch) -> None:
        super().__init__(io.FileIO(path))
        self._watch = watch

    def read(self, size: int | None = -1) -> bytes:
        self._watch()
        return super().read(size)
