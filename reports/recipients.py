import re
from collections.abc import Sequence

# Normalised field names that hold a whole name or a part of one.
WHOLE_NAMES = ("full name", "name", "display name", "recipient name", "recipient")
NAME_PARTS = (
    *("first name", "firstname", "given name", "forename", "middle name"),
    *("last name", "lastname", "family name", "surname"),
)
NOT_LETTERS = re.compile(r"[\W_]+")


def get_recipient_name(profile: dict[str, str], order: Sequence[str] = ()) -> str:
    """The whole name, else its parts in `order`, else the first filled field of `order`."""
    values = {
        _normalise(name): text for name, value in profile.items() if (text := str(value).strip())
    }
    for name in WHOLE_NAMES:
        if name in values:
            return values[name]
    field_order = [_normalise(name) for name in order]
    parts = sorted(
        (name for name in NAME_PARTS if name in values),
        key=lambda name: field_order.index(name) if name in field_order else len(field_order),
    )
    if parts:
        return " ".join(values[name] for name in parts)
    return next((values[name] for name in field_order if name in values), "")


def _normalise(name: str) -> str:
    return NOT_LETTERS.sub(" ", name.casefold()).strip()
