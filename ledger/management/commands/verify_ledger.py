"""`manage.py verify_ledger`: prove what must always be true; exit 1 where it is not."""

import argparse
import datetime as dt
import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InternalError, ProgrammingError
from django.utils import timezone

from ledger.verification.schema import guarding_role
from ledger.verification.verify import Verified, keep, look
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
            verified = look(options["location"])
        except UnknownLocation as fault:
            raise CommandError(str(fault)) from None
        breaches = verified.breaches
        names = dict(Location.objects.values_list("pk", "name"))
        if options["json"]:
            found = [
                asdict(breach) | {"location": names.get(breach.location_id or 0)}
                for breach in breaches
            ]
            self.stdout.write(json.dumps({"breaches": found}, indent=1, ensure_ascii=False))
        else:
            for breach in breaches:
                where = (
                    f"{names.get(breach.location_id, '?')} (location {breach.location_id})"
                    if breach.location_id
                    else "database"
                )
                self.stdout.write(
                    f"BROKEN rule {breach.rule}, {breach.check}: {where}: {breach.detail}"
                )
            self._conclude(verified)
        self._keep(verified, started_at)
        if breaches:
            raise SystemExit(1)

    def _conclude(self, verified: Verified) -> None:
        self.stdout.write(
            f"Checked {len(verified.through):,} locations with {verified.entries:,} entries"
            " against rules 1 to 7."
        )
        if weakness := guarding_role():
            self.stdout.write(
                f"Note: this database role {weakness}, so it could switch guards off;"
                " see deploy/README.md for the roles of production."
            )

    def _keep(self, verified: Verified, started_at: dt.datetime) -> None:
        try:
            keep(verified, started_at=started_at, finished_at=timezone.now())
        except (InternalError, ProgrammingError) as refused:
            # A standby or a role that only reads: what was proved is proved all the same.
            self.stderr.write(f"Note: the result could not be kept: {refused}".rstrip())
