"""Page numbers as addresses and forms give them."""

MOST_PAGES = 1_000_000


def page_number(asked: str | None) -> int:
    """A page from 1; whatever else is asked for is the first one."""
    if asked and asked.isascii() and asked.isdecimal() and len(asked) <= len(str(MOST_PAGES)):
        return max(1, int(asked))
    return 1
