"""Pages and places as addresses and forms give them."""

HIGHEST = 1_000_000


def page_number(asked: str | None) -> int:
    """A page from 1; whatever else is asked for is the first one."""
    return max(1, place(asked) or 1)


def place(asked: str | None) -> int | None:
    """A place counted from 0; None where none that can be is asked for."""
    if asked and asked.isascii() and asked.isdecimal() and len(asked) < len(str(HIGHEST)):
        return int(asked)
    return None
