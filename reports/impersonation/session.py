"""Staff who see the pages of a location as its managers do: to look, not to act.

The switch stands on the location's page at the staff desk, where it is written down; while it is
on, the session names the location.
"""

from typing import Any

# The pages of a location, by the names of their addresses; each has the location's id as `pk`.
PAGES = frozenset(
    {
        "location-details",
        "credit-usage",
        "usage-csv",
        "usage-newest",
        "usage-xlsx",
        "usage-statement",
        "usage-day",
        "usage-search",
        "usage-charge",
        "usage-correction",
        "usage-message-correction",
        "estimate",
        "long-estimate",
        "long-estimate-forget",
        "long-estimate-state",
        "request-credits",
        "alerts",
        "reports",
        "report-list",
        "schedule-add",
    }
)
# Theirs as well, but by ids of their own.
ACTS = frozenset({"schedule-stop", "report-cancel", "report-again"})
# What is posted there changes nothing: a search, an estimate.
LOOKING = frozenset({"usage-search", "estimate"})
SEEN = "seen_as_manager"


def begin(session: Any, location_id: int) -> None:
    session[SEEN] = location_id


def end(session: Any) -> int | None:
    """The location that was seen, if any."""
    seen: int | None = session.pop(SEEN, None)
    return seen


def seen(session: Any) -> int | None:
    found: int | None = session.get(SEEN)
    return found
