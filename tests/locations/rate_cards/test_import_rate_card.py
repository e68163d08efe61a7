"""The command a newcomer runs first."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from locations.models import Rate, RateCard, RateCardSeries
from tests.plugin import ROOT

pytestmark = pytest.mark.django_db

REAL = ROOT / "reports" / "demo" / "rate_card.csv"


def run(file: Path, *options: str, name: str = "Standard", on: str = "2026-01-01") -> str:
    out = StringIO()
    call_command(
        "import_rate_card",
        str(file),
        *options,
        f"--name={name}",
        f"--effective-on={on}",
        stdout=out,
        no_color=True,
    )
    return out.getvalue()


def test_real_card_is_imported_and_published():
    assert run(REAL, "--publish") == (
        "Series Standard made, as the default one.\n"
        "Standard, from 1 Jan 2026: 633 prices for 229 countries and satellite networks, "
        "published.\n"
    )
    assert Rate.objects.count() == 633
    assert RateCard.objects.get().is_published


def test_without_publish_it_stays_a_draft():
    assert run(REAL).endswith("kept as a draft.\n")
    assert not RateCard.objects.get().is_published


def test_later_series_says_that_it_is_not_the_default_one():
    run(REAL)
    assert "Series Partners made, not the default one." in run(REAL, name="Partners")
    assert "made" not in run(REAL, name="Partners")


def test_every_bad_line_is_named_and_nothing_is_imported(tmp_path: Path):
    file = tmp_path / "card.csv"
    file.write_text(
        "country,carrier_type,channel,prefix,credits\n"
        "AD,mobile,text,,2\n"
        "QQ,mobile,text,,2\n"
        "AE,mobile,text,,1.5\n",
        encoding="utf-8",
    )
    with pytest.raises(CommandError) as caught:
        run(file, "--publish")
    assert str(caught.value) == (
        f"{file} was not imported:\n"
        "Line 3: country 'QQ' is no ISO 3166-1 code of two capital letters, "
        "nor 001 for satellite networks.\n"
        "Line 4: credits '1.5' is no whole number from 0 to 1,000,000."
    )
    assert not RateCardSeries.objects.exists()


def test_publishing_a_day_twice_is_a_clear_error():
    run(REAL, "--publish")
    with pytest.raises(CommandError, match="choose another effective date"):
        run(REAL, "--publish")
    assert RateCard.objects.count() == 1


def test_missing_file_and_folder_are_clear_errors(tmp_path: Path):
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="Is a directory"):
        run(tmp_path)


@pytest.mark.parametrize("on", ["2026-02-30", "20260101", "2026-W01-1", "٢٠٢٦-01-01", "tomorrow"])
def test_day_in_another_way_is_a_clear_error(on: str):
    with pytest.raises(CommandError, match="write it like 2026-01-31"):
        run(REAL, on=on)
