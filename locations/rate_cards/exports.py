import io
from collections.abc import Iterator

from django.utils.text import slugify
from openpyxl import Workbook

from locations.downloads import write_csv
from locations.models import Channel, RateCard
from locations.rate_cards.parsing import OPTIONAL_COLUMNS, REQUIRED_COLUMNS

HEADINGS = (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)


def file_name(card: RateCard, ending: str) -> str:
    return f"{slugify(f'{card.series}-{card.effective_on}') or 'rate-card'}.{ending}"


def as_csv(card: RateCard) -> bytes:
    return write_csv([HEADINGS, *_rows(card)], bom=False)


def as_xlsx(card: RateCard) -> bytes:
    """Codes and prefixes are texts in it: 001 stays 001."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Prices")
    sheet.freeze_panes = "A2"
    sheet.append(HEADINGS)
    for row in _rows(card):
        sheet.append([None if cell == "" else cell for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _rows(card: RateCard) -> Iterator[list[str | int]]:
    for rate in card.rates.order_by("country", "carrier_type", "channel", "prefix"):
        is_call = rate.channel == Channel.VOICE
        increments = (rate.first_seconds, rate.following_seconds) if is_call else ("", "")
        where = (rate.country, rate.carrier_type, rate.channel, rate.prefix)
        yield [*where, rate.credits, *increments]
