from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict


def changed(asked: QueryDict, **changes: Any) -> str:
    pairs = [(name, value) for name, values in asked.lists() for value in values]
    kept = [(name, value) for name, value in pairs if name not in changes]
    new = [(name, value) for name, value in changes.items() if value is not None]
    return f"?{urlencode(kept + new)}"
