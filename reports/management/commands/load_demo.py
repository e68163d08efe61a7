import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from locations.models import Account, User
from reports.demo import DEMO_SIGN_INS
from reports.demo.loading import load_demo


class Command(BaseCommand):
    help = "Load demo data into an empty database. Impossible in production."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing, successfully, where the database holds customers or users already",
        )
        parser.add_argument(
            "--sign-ins",
            action="store_true",
            help="load nothing, print the sign-ins of the demo users in the database",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError("Demo users have known passwords: not with REDFLAG_ENV=production.")
        if not options["sign_ins"]:
            self._load(if_empty=options["if_empty"])
        self._print_sign_ins()

    def _load(self, *, if_empty: bool) -> None:
        if Account.objects.exists() or User.objects.exists():
            if if_empty:
                return
            raise CommandError("The database holds customers already; demo data needs it empty.")
        locations = load_demo(
            at=timezone.now(),
            progress=lambda events: tqdm(events, unit=" events", leave=False, disable=None),
        )
        self.stdout.write(f"Loaded {len(locations)} demo locations with fourteen months.")

    def _print_sign_ins(self) -> None:
        emails = [email for email, _, _ in DEMO_SIGN_INS]
        existing = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
        for email, password, description in DEMO_SIGN_INS:
            if email in existing:
                self.stdout.write(f"  {email:34} {password:24} {description}")
