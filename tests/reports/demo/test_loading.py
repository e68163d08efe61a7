"""Loading the demo: the same each time, into an empty database, and never in production."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django.fixtures import Settings

from ledger.models import Entry
from locations.models import Account, Location, Membership, RateCard, User
from reports.demo import DEMO_SIGN_INS, loading
from tests.factories import NOON, make_account, make_user


def test_two_demos_of_one_instant_are_the_same(db: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reports.demo.traffic.HISTORY_DAYS", 20)

    def told() -> list[tuple[object, ...]]:
        with transaction.atomic():
            loading.load_demo(at=NOON)
            entries = Entry.objects.order_by("location__name", "number")
            story = list(
                entries.values_list(
                    "location__name", "number", "kind", "day", "contract_after", "purchased_after"
                )
            )
            transaction.set_rollback(True)
        return story

    assert told() == told()


@pytest.mark.django_db
class TestCommand:
    @pytest.fixture(autouse=True)
    def a_short_history(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the whole demo holds is tested in `test_demo.py`."""
        monkeypatch.setattr("reports.demo.traffic.HISTORY_DAYS", 3)

    def load(self, *options: str) -> str:
        out = StringIO()
        call_command("load_demo", *options, stdout=out)
        return out.getvalue()

    def test_it_prints_the_sign_ins(self):
        assert self.load().splitlines() == [
            "Loaded 5 demo locations with fourteen months.",
            *(f"  {email:34} {password:24} {what}" for email, password, what in DEMO_SIGN_INS),
        ]
        assert Location.objects.count() == 5

    def test_it_prints_the_sign_ins_of_a_loaded_database(self):
        email, password, what = DEMO_SIGN_INS[0]
        make_user(email=email)
        assert self.load("--sign-ins") == f"  {email:34} {password:24} {what}\n"

    def test_it_refuses_a_database_that_holds_customers(self):
        make_account()
        with pytest.raises(CommandError, match="holds customers already"):
            self.load()
        assert Location.objects.count() == 0

    def test_it_refuses_a_database_that_holds_users(self):
        make_user()
        with pytest.raises(CommandError, match="holds customers already"):
            self.load()

    def test_a_second_load_is_refused(self):
        self.load()
        with pytest.raises(CommandError, match="holds customers already"):
            self.load()

    def test_if_empty_loads_into_an_empty_database(self):
        assert self.load("--if-empty").startswith("Loaded 5 demo locations")

    def test_if_empty_is_silent_where_there_is_something(self):
        make_account()
        assert self.load("--if-empty") == ""
        assert Location.objects.count() == 0

    @pytest.mark.parametrize("options", [(), ("--if-empty",)])
    def test_it_refuses_production(self, settings: Settings, options: tuple[str, ...]):
        settings.DEMO_ALLOWED = False
        with pytest.raises(CommandError, match="not with REDFLAG_ENV=production"):
            self.load(*options)
        assert (User.objects.count(), Account.objects.count()) == (0, 0)

    def test_a_load_that_fails_leaves_nothing(self, monkeypatch: pytest.MonkeyPatch):
        def full() -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr(loading, "_create_users", full)
        with pytest.raises(OSError, match="the disk is full"):
            self.load()
        assert (Account.objects.count(), RateCard.objects.count()) == (0, 0)
        assert Membership.objects.count() == 0
