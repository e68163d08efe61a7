"""What of a list cannot be sent to, and why: what is no number, and what the rating refuses."""

from dataclasses import dataclass

from ledger.explaining import way_out
from ledger.models import Refusal
from ledger.quoting import Quote
from locations.countries import country_name
from reports.masking import mask
from reports.number_lists import NumberList


@dataclass(frozen=True, slots=True)
class Unsendable:
    """`line` is where it stood in the list; 0 where there was no list."""

    line: int
    written: str
    reason: str
    do: str


def unsendable(
    listed: NumberList, quote: Quote | None, *, sees_masked: bool = False
) -> list[Unsendable]:
    """In the order of the list. Masked are numbers that whoever reads did not give themselves."""
    found = [Unsendable(bad.line, bad.written, str(bad.fault.label), "") for bad in listed.bad]
    for refused in quote.refused if quote else ():
        line = listed.numbers[refused.index].line if listed.numbers else 0
        country = country_name(quote.rated[refused.index].country) if quote else ""
        reason = str(Refusal(refused.reason).label)
        if country:
            reason = f"{country}: {reason}"
        phone = mask(refused.phone) if sees_masked and not listed.numbers else refused.phone
        found.append(Unsendable(line, phone, reason, way_out(refused.reason)))
    return sorted(found, key=lambda each: each.line)
