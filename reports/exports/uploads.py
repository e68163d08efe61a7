"""A file that renews the lease while the storage reads it, which may take minutes."""

import io
from collections.abc import Callable
from pathlib import Path

Watch = Callable[[], None]


class WatchedReader(io.BufferedReader):
    def __init__(self, path: Path, watch: Watch) -> None:
        super().__init__(io.FileIO(path))
        self._watch = watch

    def read(self, size: int | None = -1) -> bytes:
        self._watch()
        return super().read(size)
