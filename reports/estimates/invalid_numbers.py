from dataclasses import dataclass

from django.utils.translation import gettext as _

from ledger.engine.quotes import Quote
from ledger.models import Refusal
from ledger.reading.explanations import suggest_action
from locations.formatting.countries import country_name
from locations.formatting.phone_masking import mask_phone
from reports.estimates.number_lists import Fault, NumberList


@dataclass(frozen=True, slots=True)
class InvalidNumber:
    """`line` is 0 where there was no list; the reason is stored as a code, for any language."""

    line: int
    written: str
    fault: str = ""
    refusal: str = ""
    country: str = ""

    @property
    def reason(self) -> str:
        if self.fault:
            return str(Fault(self.fault).label)
        reason = str(Refusal(self.refusal).label)
        if not self.country:
            return reason
        return _("%(country)s: %(reason)s") % {
            "country": country_name(self.country),
            "reason": reason,
        }

    @property
    def suggestion(self) -> str:
        return suggest_action(self.refusal) if self.refusal else ""


def list_invalid_numbers(
    listed: NumberList, quote: Quote | None, *, sees_masked: bool = False
) -> list[InvalidNumber]:
    """In the order of the list; numbers that the reader did not enter are masked."""
    invalid = [InvalidNumber(n.line, n.written, fault=n.fault.value) for n in listed.unread]
    for refused in quote.refused if quote else ():
        line = listed.numbers[refused.index].line if listed.numbers else 0
        country = quote.rated[refused.index].country if quote else ""
        phone = mask_phone(refused.phone) if sees_masked and not listed.numbers else refused.phone
        invalid.append(InvalidNumber(line, phone, refusal=str(refused.reason), country=country))
    return sorted(invalid, key=lambda each: each.line)
