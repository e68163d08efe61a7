import argparse
import datetime as dt
import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InternalError, ProgrammingError
from django.utils import timezone

from ledger.verification.schema import guarding_role
from ledger.verification.verify import Verified, record_run, verify_snapshot
from locations.contracts.terms import UnknownLocation
from locations.models import Location


class Command(BaseCommand):
    help = "Prove the ledger over the whole database in one snapshot; exit 1 if a rule is broken."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--location", type=int, metavar="ID", help="this location alone")
        parser.add_argument("--json", action="store_true", help="print the breaches as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        started_at = timezone.now()
        try:
            verified = verify_snapshot(options["location"])
        except UnknownLocation as error:
            raise CommandError(str(error)) from None
        breaches = verified.breaches
        names = dict(Location.objects.values_list("pk", "name"))
        if options["json"]:
            rows = [asdict(b) | {"location": names.get(b.location_id or 0)} for b in breaches]
            self.stdout.write(json.dumps({"breaches": rows}, indent=1, ensure_ascii=False))
        else:
            for breach in breaches:
                scope = (
                    f"{names.get(breach.location_id, '?')} (location {breach.location_id})"
                    if breach.location_id
                    else "database"
                )
                self.stdout.write(
                    f"BROKEN rule {breach.rule}, {breach.check}: {scope}: {breach.detail}"
                )
            self._print_summary(verified)
        self._save(verified, started_at)
        if breaches:
            raise SystemExit(1)

    def _print_summary(self, verified: Verified) -> None:
        self.stdout.write(
            f"Checked {len(verified.through):,} locations with {verified.entries:,} entries"
            " against rules 1 to 7."
        )
        if weakness := guarding_role():
            self.stdout.write(
                f"Note: this database role {weakness}, so it could switch guards off;"
                " see deploy/README.md for the roles of production."
            )

    def _save(self, verified: Verified, started_at: dt.datetime) -> None:
        try:
            record_run(verified, started_at=started_at, finished_at=timezone.now())
        except (InternalError, ProgrammingError) as error:
            # A standby or a read-only role: the result is valid without being saved.
            self.stderr.write(f"Note: the result could not be kept: {error}".rstrip())
