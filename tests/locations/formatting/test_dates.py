"""Days and figures as each language writes them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from ledger.reading.explanations import card_name
from locations.formatting.countries import country_name
from locations.formatting.dates import (
    format_date,
    format_date_range,
    format_instant,
    format_long_date,
)
from locations.formatting.numbers import format_credits, format_signed
from locations.models import RateCard, RateCardSeries

DAY = dt.date(2027, 9, 15)
FIRST = dt.date(2027, 9, 1)
MONDAY = dt.date(2026, 6, 15)
SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("language", "day", "first", "monday", "month"),
    [
        ("en", "15 September 2027", "1 September 2027", "Monday 15 June 2026", "September 2027"),
        ("fr", "15 septembre 2027", "1er septembre 2027", "lundi 15 juin 2026", "septembre 2027"),
        (
            "es",
            "15 de septiembre de 2027",
            "1 de septiembre de 2027",
            "lunes, 15 de junio de 2026",
            "septiembre de 2027",
        ),
        (
            "pt-br",
            "15 de setembro de 2027",
            "1 de setembro de 2027",
            "segunda-feira, 15 de junho de 2026",
            "setembro de 2027",
        ),
    ],
)
def test_days_are_formatted_in_each_language(
    language: str, day: str, first: str, monday: str, month: str
) -> None:
    with override(language):
        assert (format_long_date(DAY), format_long_date(FIRST)) == (day, first)
        assert (format_date(MONDAY, "l j F Y"), format_date(DAY, "F Y")) == (monday, month)


@pytest.mark.parametrize(
    ("language", "figure"),
    [("en", "9,775"), ("fr", f"9{SPACE}775"), ("es", f"9{SPACE}775"), ("pt-br", "9.775")],
)
def test_thousands_are_separated_and_the_minus_is_a_true_one(language: str, figure: str) -> None:
    with override(language):
        assert format_credits(9775) == figure
        assert format_credits(-9775) == f"{MINUS}{figure}"
        assert format_signed(9775) == f"+{figure}"


def test_short_dates_in_french() -> None:
    at = dt.datetime(2026, 11, 1, 14, 5, tzinfo=dt.UTC)
    with override("fr"):
        assert (
            format_date_range(dt.date(2026, 10, 1), dt.date(2026, 11, 22))
            == "1er oct – 22 nov 2026"
        )
        assert format_instant(at, ZoneInfo("UTC")) == "1er nov 2026, 14:05 UTC"
        card = RateCard(series=RateCardSeries(name="Standard"), effective_on=dt.date(2026, 2, 1))
        assert card_name(card).endswith("1er fév 2026")
        assert country_name("DE") == "Allemagne"


def test_short_months_in_french_are_words() -> None:
    with override("fr"):
        months = [format_date(dt.date(2027, month, 2), "D j M") for month in range(1, 13)]
        assert months == [
            "sam 2 jan",
            "mar 2 fév",
            "mar 2 mars",
            "ven 2 avr",
            "dim 2 mai",
            "mer 2 juin",
            "ven 2 juil",
            "lun 2 août",
            "jeu 2 sep",
            "sam 2 oct",
            "mar 2 nov",
            "jeu 2 déc",
        ]
        assert format_date(dt.date(2027, 6, 1), "j M Y") == "1er juin 2027"
        assert format_date(dt.date(2027, 3, 1), "j M") == "1er mars"
        assert format_date(dt.date(2027, 3, 1), "M Y") == "mars 2027"


def test_one_language_does_not_leak_into_the_next() -> None:
    seen = []
    for language in ("fr", "en", "pt-br", "en"):
        with override(language):
            seen.append(format_credits(1_234_567))
    assert seen[1] == seen[3] == "1,234,567"
    assert seen[2] == "1.234.567"
