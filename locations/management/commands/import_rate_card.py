import datetime as dt
import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from locations.formatting.countries import SATELLITE
from locations.models import RateCardSeries
from locations.rate_cards import publishing
from locations.rate_cards.parsing import (
    OPTIONAL_COLUMNS,
    REQUIRED_COLUMNS,
    BadRateCard,
    RateCardError,
    parse_csv,
)


def day_argument(text: str) -> dt.date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise ArgumentTypeError(f"{text!r} is no day; write it like 2026-01-31.")


class Command(BaseCommand):
    help = (
        "Imports a rate card, whole or not at all, from a CSV file with the columns "
        f"{', '.join(REQUIRED_COLUMNS)} and, if wanted, {' and '.join(OPTIONAL_COLUMNS)}. "
        "It stays a draft for the staff desk unless --publish is given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8")
        parser.add_argument("--name", required=True, help="the series that the card belongs to")
        parser.add_argument(
            "--effective-on",
            required=True,
            type=day_argument,
            metavar="YYYY-MM-DD",
            help="the first day whose messages it prices",
        )
        parser.add_argument(
            "--publish", action="store_true", help="put it in force: it can never be changed again"
        )

    def handle(
        self, *, file: Path, name: str, effective_on: dt.date, publish: bool, **_: Any
    ) -> None:
        series_exists = RateCardSeries.objects.filter(name=name.strip()).exists()
        try:
            with file.open("rb") as opened:
                rows = parse_csv(opened)
            card = publishing.create_card(
                rows,
                name=name,
                effective_on=effective_on,
                publish_at=timezone.now() if publish else None,
            )
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from error
        except BadRateCard as error:
            raise CommandError(f"{file} was not imported:\n{error}") from error
        except RateCardError as error:
            raise CommandError(str(error)) from error
        if not series_exists:
            default = "as the default one" if card.series.is_default else "not the default one"
            self.stdout.write(f"Series {card.series} made, {default}.")
        countries = {row.country for row in rows}
        scope = f"{len(countries - {SATELLITE})} countries"
        if SATELLITE in countries:
            scope += " and satellite networks"
        state = "published" if card.is_published else "kept as a draft"
        self.stdout.write(self.style.SUCCESS(f"{card}: {len(rows)} prices for {scope}, {state}."))
