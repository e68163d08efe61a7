"""The name of a recipient, from the profile fields of a message."""

import re
from collections.abc import Sequence

# What recipients' fields are called that say a name: all of it, or a part of it.
WHOLE_NAMES = ("full name", "name", "display name", "recipient name", "recipient")
NAME_PARTS = (
    *("first name", "firstname", "given name", "forename", "middle name"),
    *("last name", "lastname", "family name", "surname"),
)
NOT_LETTERS = re.compile(r"[\W_]+")


def recipient_name(profile: dict[str, str], order: Sequence[str] = ()) -> str:
    """What a recipient is called by, from the fields that came with the message.

    A field with the whole name; else the parts of one, in the order in which the location lists
    its fields (some write the family name first); else the first of the location's fields that
    says anything.
    """
    said = {_plain(name): text for name, value in profile.items() if (text := str(value).strip())}
    for name in WHOLE_NAMES:
        if name in said:
            return said[name]
    listed = [_plain(name) for name in order]
    parts = sorted(
        (name for name in NAME_PARTS if name in said),
        key=lambda name: listed.index(name) if name in listed else len(listed),
    )
    if parts:
        return " ".join(said[name] for name in parts)
    return next((said[name] for name in listed if name in said), "")


def _plain(name: str) -> str:
    """First_Name and first name are the same field."""
    return NOT_LETTERS.sub(" ", name.casefold()).strip()
