"""What a proof came to, for whoever runs it."""

import sys


def tell(figures: str) -> None:
    """Shown by `make prove`, which lets output through."""
    sys.stdout.write(f"\n{figures}\n")
