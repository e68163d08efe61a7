"""Lists as PostgreSQL array literals: psycopg adapts each element in Python, which is slow."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any


def plain_array(values: Sequence[int | dt.date | None]) -> str:
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def text_array(values: Sequence[str]) -> str:
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
