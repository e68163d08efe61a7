"""Staff view a location's pages as its managers do, without changing anything."""

# URL names of the pages of a location; each has the location's id as `pk`.
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
        "estimate-delete",
        "long-estimate-state",
        "request-credits",
        "alerts",
        "reports",
        "report-list",
        "schedule-add",
    }
)
# Actions of managers with ids of their own.
ACTIONS = frozenset({"schedule-stop", "report-cancel", "report-retry"})
# Pages whose POST changes nothing.
READ_ONLY_POSTS = frozenset({"usage-search", "estimate"})
SESSION_KEY = "impersonated_location"
