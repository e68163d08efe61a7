import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from ledger.engine.quotes import DestinationCost, PaymentSplit


@dataclass(frozen=True, slots=True)
class ToBuy:
    """Credits missing for this list, missing at the recent rate with it, and recommended."""

    list: int
    history: int | None
    recommended: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`payment` is None where not all of it fits; credits are at the prices of the instant `at`."""

    at: dt.datetime
    channel: str
    credits: int
    chargeable: int
    domestic: int
    available: int
    held: int
    overdraft_limit: int
    shortfall: int
    left: int
    payment: PaymentSplit | None
    fitting: int
    fitting_credits: int
    broadcasts: int
    fitting_broadcasts: int
    destinations: tuple[DestinationCost, ...]
    recipients: int
    to_buy: ToBuy
    recommended_sends: int
    next_step_on: dt.date | None

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "at": self.at.isoformat(),
            "next_step_on": self.next_step_on and self.next_step_on.isoformat(),
        }

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> "Figures":
        step, payment = saved["next_step_on"], saved["payment"]
        return cls(
            **{
                **saved,
                "at": dt.datetime.fromisoformat(saved["at"]),
                "payment": payment and PaymentSplit(**payment),
                "destinations": tuple(DestinationCost(**each) for each in saved["destinations"]),
                "to_buy": ToBuy(**saved["to_buy"]),
                "next_step_on": step and dt.date.fromisoformat(step),
            }
        )
