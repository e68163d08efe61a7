import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.api import tokens
from ledger.engine.posting import BadInput
from ledger.models import Scope
from locations.models import Location


class Command(BaseCommand):
    help = "Make a token of the HTTP API; its secret is printed once and cannot be had again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help="who uses it")
        parser.add_argument("--location", type=int, metavar="ID", help="this location alone")
        parser.add_argument("--days", type=int, metavar="N", help="for so many days")
        parser.add_argument(
            "--scopes",
            default="read,charge",
            help=f"of {','.join(Scope.values)} (default: %(default)s)",
        )
        parser.add_argument(
            "--secret-only", action="store_true", help="print nothing else, for scripts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        location = None
        if options["location"] is not None:
            location = Location.objects.filter(pk=options["location"]).first()
            if location is None:
                raise CommandError(f"There is no location {options['location']}.")
        try:
            created = tokens.create(
                options["name"],
                at=timezone.now(),
                scopes=[name.strip() for name in options["scopes"].split(",")],
                location=location,
                days=options["days"],
            )
        except BadInput as error:
            raise CommandError(str(error)) from None
        if options["secret_only"]:
            self.stdout.write(created.secret)
            return
        token = created.token
        scope = f"{location} (location {location.pk})" if location else "all locations"
        until = f"until {token.expires_at:%Y-%m-%d %H:%M} UTC" if token.expires_at else "for good"
        self.stdout.write(f"{token.name}: {', '.join(token.scopes)}; {scope}; {until}.")
        self.stdout.write("Shown this once:")
        self.stdout.write(created.secret)
