"""Full length with PROVE=1, as `make prove` sets it; a short form otherwise.

A test that uses these is marked `proof`: `make prove` runs it too.
"""

import os

FULL_LENGTH = bool(os.environ.get("PROVE"))


def short_or_full(short: int, full: int) -> int:
    return full if FULL_LENGTH else short
