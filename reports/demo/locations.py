import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

FIELDS = ("First Name", "Last Name", "Unique ID", "City", "Country", "Job Title")


@dataclass(frozen=True, slots=True)
class DemoLocation:
    """Included credits are what the term's traffic used, times `factor`, plus `spare`."""

    account: str
    name: str
    time_zone: str
    inboxes: tuple[str, ...]
    countries: tuple[str, ...]
    state: str
    renewed_ago_days: int = 0
    term_months: int = 12
    factor: float = 1.0
    spare: int = 0
    covers_last_term: bool = False
    covered_until_days: int = 0
    overdraft_limit: int = 0
    purchases: tuple[tuple[int, int], ...] = ()  # days ago, credits
    chats_a_day: int = 4
    has_contract: bool = True

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def renewed_on(self, today: dt.date) -> dt.date:
        return today - dt.timedelta(days=self.renewed_ago_days)


LOCATIONS = (
    DemoLocation(
        account="Brightwater Clinics",
        name="Brightwater Chicago",
        time_zone="America/Chicago",
        inboxes=("Front Desk", "Staffing"),
        countries=("MX", "CA", "GB", "DE", "FR", "PH"),
        state="healthy",
        renewed_ago_days=150,
        factor=2.2,
        purchases=((400, 500), (75, 1500)),
    ),
    DemoLocation(
        account="Brightwater Clinics",
        name="Brightwater Lisbon",
        time_zone="Europe/Lisbon",
        inboxes=("Receção",),
        countries=("PT", "ES", "FR", "BR", "GB"),
        state="running low",
        renewed_ago_days=280,
        spare=140,
    ),
    DemoLocation(
        account="Brightwater Clinics",
        name="Brightwater Auckland",
        time_zone="Pacific/Auckland",
        inboxes=("Ward 7", "Visitors"),
        countries=("NZ", "AU", "SG", "IN"),
        state="overdrawn by inbound chat",
        renewed_ago_days=210,
        covered_until_days=9,
        chats_a_day=7,
    ),
    DemoLocation(
        account="Tern Freight",
        name="Tern Rotterdam",
        time_zone="Europe/Amsterdam",
        inboxes=("Dispatch",),
        countries=("NL", "DE", "PL", "NO", "ZA", "JP"),
        state="freshly renewed, credits lapsed",
        renewed_ago_days=3,
        spare=900,
        covers_last_term=True,
        overdraft_limit=500,
        purchases=((200, 1000),),
    ),
    DemoLocation(
        account="Tern Freight",
        name="Tern Honolulu",
        time_zone="Pacific/Honolulu",
        inboxes=("Harbor",),
        countries=("JP", "AU", "PH"),
        state="no contract, buys what it needs",
        purchases=((425, 3000), (260, 2500), (120, 2500), (20, 1000)),
        chats_a_day=2,
        has_contract=False,
    ),
)
