"""`manage.py load_demo`: customers, people and fourteen months of traffic to look at."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from locations.models import Account, User
from reports.demo import DEMO_SIGN_INS
from reports.demo.loading import load


class Command(BaseCommand):
    help = "Load demo data into an empty database. Impossible in production."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing, successfully, where the database holds customers or users already",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError("Demo users have known passwords: not with REDFLAG_ENV=production.")
        if Account.objects.exists() or User.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("The database holds customers already; demo data needs it empty.")
        locations = load(
            at=timezone.now(),
            progress=lambda events: tqdm(events, unit=" events", leave=False, disable=None),
        )
        self.stdout.write(f"Loaded {len(locations)} demo locations with fourteen months.")
        for email, password, what in DEMO_SIGN_INS:
            self.stdout.write(f"  {email}  {password}  {what}")
