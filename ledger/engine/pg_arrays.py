"""Lists as PostgreSQL's array literals.

psycopg looks at each element of each list in Python; here a list is a handful of calls in C.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any


def plain_array(values: Sequence[int | dt.date | None]) -> str:
    """The literal of numbers, days or instants."""
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def text_array(values: Sequence[str]) -> str:
    """The literal of texts, none of them null and none with a NUL character."""
    if not values:
        return "{}"
    joined = "\0".join(values)
    if joined.count("\0") != len(values) - 1:
        raise ValueError("Text with a NUL character cannot be stored.")
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
    return f'{{"{escaped}"}}'


def bytes_array(values: Sequence[bytes]) -> str:
    return text_array(["\\x" + value.hex() for value in values])


LITERALS: dict[str, Callable[[Sequence[Any]], str]] = {
    "bigint[]": plain_array,
    "int[]": plain_array,
    "date[]": plain_array,
    "timestamptz[]": plain_array,
    "text[]": text_array,
    "bytea[]": bytes_array,
}
