import datetime as dt
import json
from typing import Any

import pytest
from django.core.management import CommandError

from ledger.engine import charging
from ledger.models import Entry, InternationalMessage
from ledger.verification.verify import breaches
from locations.models import Account, Location, RateCard
from tests.ledger.replay.traffic_folder import SUMMARY, Write, count_rows, days, replay, run_command

pytestmark = pytest.mark.django_db


def test_summary_equals_ledger(folder: Write):
    assert replay(folder()) == SUMMARY
    assert list(breaches()) == []


def test_the_daily_rows_are_in_order_and_add_up_to_the_balance(folder: Write):
    for location in replay(folder())["locations"].values():
        assert list(location["days"]) == sorted(location["days"])
        moved = sum(sum(kinds.values()) for kinds in location["days"].values())
        assert moved == location["contract"] + location["purchased"]


def test_missing_objects_are_created_from_files(folder: Write):
    replay(folder())
    soho, leith = Location.objects.order_by("-name")
    assert {soho.account, leith.account} == {Account.objects.get(name="Pellworth Foods")}
    assert (soho.time_zone, leith.time_zone) == ("UTC", "Europe/London")
    assert (soho.profile_fields, leith.profile_fields) == (["First Name", "City"], ["City"])
    assert [inbox.name for inbox in leith.chat_inboxes.all()] == ["Bar", "Kitchen"]
    contract = leith.contracts.get()
    assert (
        contract.starts_on,
        contract.ends_on,
        contract.term_months,
        contract.included_credits,
        contract.overdraft_limit,
    ) == (dt.date(2025, 6, 1), None, 12, 0, 10)


def test_the_rate_card_is_published_as_of_the_earliest_contract_start(folder: Write):
    replay(folder())
    card = RateCard.objects.published().get()
    assert (str(card.series), card.effective_on) == ("Standard", dt.date(2025, 1, 31))


def test_events_happen_at_their_own_instants(folder: Write):
    replay(folder())
    entries = Entry.objects.filter(location__name="Soho").order_by("number")
    assert [entry.at.isoformat() for entry in entries] == [
        "2025-01-31T00:00:00+00:00",
        "2025-03-01T09:00:00+00:00",
        "2025-03-02T10:00:00+00:00",
        "2025-03-03T10:00:00+00:00",
        "2025-03-03T12:00:00+00:00",
        "2025-03-04T12:00:00+00:00",
        "2026-01-31T00:00:00+00:00",
        "2026-01-31T00:00:00+00:00",
        "2026-02-10T12:00:00+00:00",
    ]


def test_message_fields_come_from_files(folder: Write):
    replay(folder())
    message = InternationalMessage.objects.get(location__name="Soho", external_id="t-1")
    assert (message.phone, message.status, message.status_at.isoformat(), message.profile) == (
        "+522221234567",
        "Delivered",
        "2025-03-02T10:00:05+00:00",
        {"First Name": "Vera", "City": "Wien"},
    )


def test_a_second_replay_changes_nothing(folder: Write):
    first = replay(folder())
    before, messages = count_rows(), list(InternationalMessage.objects.values_list("pk", flat=True))
    assert replay(folder()) == first
    assert count_rows() == before
    assert list(InternationalMessage.objects.values_list("pk", flat=True)) == messages


def test_later_replay_adds_later_events(folder: Write):
    replay(folder(), until="2025-03-02T12:00:00Z")
    assert replay(folder()) == SUMMARY


def test_interrupted_replay_is_completed_by_the_next(
    folder: Write, monkeypatch: pytest.MonkeyPatch
):
    def broken(*args: Any, **options: Any) -> None:
        raise ConnectionError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(charging, "charge_chat", broken)
        with pytest.raises(ConnectionError):
            replay(folder())
    assert replay(folder()) == SUMMARY


def test_events_after_until_are_skipped(folder: Write):
    summary = replay(folder(), until="2025-03-03T10:00:00Z")
    assert days(summary, "Soho") == ["2025-01-31", "2025-03-01", "2025-03-02", "2025-03-03"]
    assert summary["locations"]["Soho"]["days"]["2025-03-03"] == {"voice": -24}
    assert days(summary, "Leith") == []


def test_locations_are_renewed_up_to_until(folder: Write):
    summary = replay(folder(), until="2028-02-01T00:00:00Z")
    late = {
        day: kinds for day, kinds in summary["locations"]["Soho"]["days"].items() if day > "2026-03"
    }
    assert late == {
        "2027-01-31": {"expiry": -58, "grant": 60},
        "2028-01-31": {"expiry": -60, "grant": 60},
    }
    assert summary["locations"]["Soho"]["terms"] == 4


def test_a_renewal_on_the_very_instant_of_until_is_made(folder: Write):
    assert days(replay(folder(), until="2026-01-30T23:59:59Z"), "Soho")[-1] == "2025-03-04"
    assert days(replay(folder(), until="2026-01-31T00:00:00Z"), "Soho")[-1] == "2026-01-31"


def test_without_until_everything_by_now_is_replayed(folder: Write, time_machine: Any):
    time_machine.move_to(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), tick=False)
    summary = folder() / "summary.json"
    run_command(folder(), "--json", str(summary))
    assert json.loads(summary.read_text(encoding="utf-8")) == SUMMARY


@pytest.mark.parametrize("until", ["2026-03-01", "2026-03-01T00:00:00", "tomorrow"])
def test_until_is_an_instant_with_its_offset(folder: Write, until: str):
    with pytest.raises(CommandError, match="argument --until"):
        run_command(folder(), "--until", until)
