import datetime as dt

from reports.form_fields import EARLIEST_ON, LATEST_ON


class DayConverter:
    """2026-10-31; a day that does not exist, or that no location can have, is not found."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        day = dt.date.fromisoformat(value)
        if not EARLIEST_ON <= day <= LATEST_ON:
            raise ValueError(value)
        return day

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()
