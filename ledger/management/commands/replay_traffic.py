import argparse
import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from ledger.engine.posting import LedgerError
from ledger.replay import replay
from ledger.replay.csv_files import TrafficError, parse_instant, read_folder
from locations.contracts.amendments import ContractRefused
from locations.models import RateCard
from locations.rate_cards import parsing, publishing
from locations.rate_cards.parsing import RateCardError

SERIES = "Standard"


def instant_argument(text: str) -> dt.datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


class Command(BaseCommand):
    help = "Replay locations, purchases, international and chat traffic from a folder of CSV files."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="with locations.csv, rate_card.csv, …")
        parser.add_argument(
            "--until",
            type=instant_argument,
            help="leave out what is later than this instant, such as 2026-11-20T00:00:00Z",
        )
        parser.add_argument("--json", type=Path, help="write the summary, with daily rows, here")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        until = options["until"] or timezone.now()
        try:
            traffic = read_folder(folder)
            first_on = min(location.contract_starts_on for location in traffic.locations)
            with transaction.atomic():
                self._publish(folder / "rate_card.csv", first_on, until)
                locations = replay.create_missing(traffic.locations)
            replay.replay(
                locations,
                traffic.events,
                until=until,
                progress=lambda events: tqdm(events, unit=" events", disable=None),
            )
        except ContractRefused as error:
            raise CommandError("; ".join(error.messages)) from None
        except (TrafficError, RateCardError, LedgerError) as error:
            raise CommandError(str(error)) from None
        summaries = {
            name: replay.summarize(location, at=until) for name, location in locations.items()
        }
        self._print(summaries)
        if options["json"]:
            options["json"].write_text(
                json.dumps({"locations": summaries}, indent=1, ensure_ascii=False) + "\n",
                encoding="utf-8",
            )

    def _publish(self, file: Path, effective_on: dt.date, at: dt.datetime) -> None:
        published = RateCard.objects.published()
        if published.filter(series__name=SERIES, effective_on=effective_on).exists():
            return
        try:
            with file.open("rb") as opened:
                rows = parsing.parse_csv(opened)
        except OSError as error:
            raise TrafficError([f"{file.name}: {error.strerror}"]) from None
        except parsing.BadRateCard as error:
            raise TrafficError(
                [f"{file.name} line {problem.line}: {problem.reason}" for problem in error.problems]
            ) from None
        publishing.create_card(rows, name=SERIES, effective_on=effective_on, publish_at=at)

    def _print(self, summaries: dict[str, dict[str, Any]]) -> None:
        rows = {
            "international messages": lambda s: s["international_messages"],
            "international credits": lambda s: s["international_credits"],
            "chat messages": lambda s: s["chat_messages"],
            "chat credits": lambda s: s["chat_credits"],
            "refused: no rate": lambda s: s["refused"]["no_rate"],
            "refused: bad number": lambda s: s["refused"]["bad_number"],
            "refused: insufficient credits": lambda s: s["refused"]["insufficient_credits"],
            "terms granted": lambda s: s["terms"],
            "contract credits": lambda s: s["contract"],
            "purchased credits": lambda s: s["purchased"],
            "available credits": lambda s: s["available"],
        }
        width = max(len(name) for name in summaries)
        self.stdout.write(" " * 31 + "".join(f"{name:>{width + 2}}" for name in summaries))
        for label, value in rows.items():
            cells = "".join(f"{value(s):>{width + 2},}" for s in summaries.values())
            self.stdout.write(f"{label:<31}{cells}")
