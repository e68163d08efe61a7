"""Files that go to the disk while they are written, a little at a time.

Left alone, Linux begins to write out what a process wrote when it is thirty seconds old, all of it
at once: whoever commits in that moment waits behind it (docs/performance.md).
"""

import contextlib
import io
import os
from pathlib import Path
from typing import Any

BUFFER_BYTES = 1 << 20  # bytes


class _SteadyFile(io.FileIO):
    def write(self, data: Any) -> int:
        written = super().write(data)
        # Begins the writing and waits for nothing. Elsewhere than on Linux the system sees to it.
        if hasattr(os, "posix_fadvise"):
            # A file system that does not know the advice may still hold the file.
            with contextlib.suppress(OSError):
                os.posix_fadvise(self.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return written


def open_steadily(path: Path) -> io.BufferedWriter:
    """Closing the file may raise OSError: the disk is full."""
    return io.BufferedWriter(_SteadyFile(path, "w"), BUFFER_BYTES)
