"""What a location's page at the staff desk says of its alert and its reports."""

from dataclasses import dataclass

from locations.models import Location
from reports.exports.listing import newest_reports
from reports.models import Alert, Report


@dataclass(frozen=True, slots=True)
class LocationFigures:
    """`alert` is None where nobody has set one; `members` are those that it mails."""

    alert: Alert | None
    members: int
    reports: list[Report]


def location_figures(location: Location, *, alerts: bool, reports: bool) -> LocationFigures:
    """Three queries; those of what the reader may not see are left out."""
    alert = Alert.objects.filter(location=location).first() if alerts else None
    return LocationFigures(
        alert=alert,
        members=alert.members.count() if alert else 0,
        reports=newest_reports(location) if reports else [],
    )
