MAX_POSITION = 1_000_000


def parse_page_number(value: str | None) -> int:
    """A number from 1; anything else is the first page."""
    return max(1, parse_position(value) or 1)


def parse_position(value: str | None) -> int | None:
    if value and value.isascii() and value.isdecimal() and len(value) < len(str(MAX_POSITION)):
        return int(value)
    return None
