"""Price lists from files: looked at row by row, then made a draft, once."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from locations import rate_card_uploads
from locations.models import RateCard, RateCardSeries, RateCardUpload, User
from locations.rate_card_changes import Kind, compare, counts, in_force_before
from locations.rate_card_files import read_csv
from tests.factories import NOON, make_card, make_user

HEAD = "country,carrier_type,channel,prefix,credits,first_seconds,following_seconds\n"
# Beside `make_card`: MX text 7 stays, voice 12 to 13 and in other steps, FR text 6 to 60, the
# rest is gone, and DE is new.
LIST = (
    HEAD
    + """\
MX,mobile,text,,7,,
MX,mobile,voice,,12,30,6
FR,mobile,text,,60,,
FR,mobile,voice,,30,60,60
DE,mobile,text,,5,,
"""
)

pytestmark = pytest.mark.django_db


def lines(text: str) -> list[Any]:
    return read_csv(io.BytesIO(text.encode()))


def test_every_row_is_new_changed_removed_or_unchanged() -> None:
    changes = compare(lines(LIST), make_card())
    said = [(c.row.country, c.row.carrier_type, c.row.channel, c.kind) for c in changes if c.row]
    assert said == [
        ("DE", "mobile", "text", Kind.NEW),
        ("FR", "landline", "voice", Kind.REMOVED),
        ("FR", "mobile", "text", Kind.CHANGED),
        ("FR", "mobile", "voice", Kind.CHANGED),
        ("MX", "mobile", "text", Kind.UNCHANGED),
        ("MX", "mobile", "voice", Kind.CHANGED),
    ]
    assert counts(changes)[Kind.CHANGED] == 3


def test_a_price_that_moves_by_more_than_half_is_marked() -> None:
    rises = {
        (c.row.country, c.row.channel): (c.percent, c.jumps)
        for c in compare(lines(LIST), make_card())
        if c.kind == Kind.CHANGED and c.row
    }
    assert rises == {
        ("FR", "text"): (900.0, True),
        ("FR", "voice"): (100 / 29, False),
        ("MX", "voice"): (0.0, False),
    }


@pytest.mark.parametrize(
    ("old", "new", "jumps"),
    [(10, 15, False), (10, 16, True), (10, 5, False), (10, 4, True), (0, 1, True), (0, 0, False)],
)
def test_a_jump_is_more_than_half_either_way_and_any_price_after_none(
    old: int, new: int, jumps: bool
) -> None:
    before = make_card([("MX", "mobile", "text", old)])
    (change,) = compare(lines(HEAD + f"MX,mobile,text,,{new},,\n"), before)
    assert change.jumps is jumps


def test_a_first_card_is_compared_with_nothing() -> None:
    assert in_force_before("Standard", dt.date(2026, 1, 1)) is None
    assert counts(compare(lines(LIST), None))[Kind.NEW] == 5


def test_it_is_compared_with_the_card_that_it_takes_over_from() -> None:
    first = make_card(effective_on=dt.date(2026, 1, 1))
    second = make_card(effective_on=dt.date(2026, 6, 1))
    make_card(effective_on=dt.date(2026, 3, 1), published=False)
    make_card(series="Partners", is_default=False, effective_on=dt.date(2026, 5, 1))
    days = [dt.date(2025, 12, 31), dt.date(2026, 5, 31), dt.date(2026, 6, 1)]
    assert [in_force_before("Standard", day) for day in days] == [None, first, second]


# --- The staff desk ----------------------------------------------------------------------------


@pytest.fixture
def boss() -> User:
    return make_user("boss@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def staff(client: Client, boss: User) -> Client:
    client.force_login(boss)
    return client


def send(client: Client, content: str | bytes, **fields: str) -> Any:
    file = SimpleUploadedFile(
        "rates.csv", content if isinstance(content, bytes) else content.encode()
    )
    given = {"series_name": "Standard", "effective_on": "2027-01-01", "file": file} | fields
    return client.post(reverse("admin:locations_ratecardupload_new"), given)


def test_a_file_is_previewed_and_nothing_is_made_of_it_yet(staff: Client) -> None:
    make_card()
    answer = send(staff, LIST)
    page = staff.get(answer["Location"]).text
    for tab in ("All 6", "New 1", "Changed 3", "Removed 1", "Unchanged 1", "Jumps over ±50 % 1"):
        assert tab in page
    assert "+900 %" in page
    assert RateCard.objects.count() == 1


@pytest.mark.parametrize(
    ("show", "rows"), [("new", 1), ("changed", 3), ("jumps", 1), ("", 6), ("nonsense", 6)]
)
def test_the_preview_shows_one_kind_at_a_time(staff: Client, show: str, rows: int) -> None:
    make_card()
    address = send(staff, LIST)["Location"]
    assert staff.get(f"{address}?show={show}").text.count('<tr class="change-') == rows


def test_a_draft_is_made_of_it_once(staff: Client, boss: User) -> None:
    make_card()
    address = send(staff, LIST)["Location"]
    draft = staff.post(address)["Location"]
    card = RateCard.objects.exclude(published_at__isnull=False).get()
    assert draft == reverse("admin:locations_ratecard_change", args=[card.pk])
    assert (card.effective_on, card.rates.count()) == (dt.date(2027, 1, 1), 5)
    upload = RateCardUpload.objects.get()
    assert (upload.card, upload.applied_by) == (card, boss)
    assert "has been made a draft already" in staff.post(address, follow=True).text
    assert RateCard.objects.count() == 2
    with pytest.raises(rate_card_uploads.AlreadyApplied):
        rate_card_uploads.apply(upload, applied_by=boss, at=NOON)


def test_lines_that_cannot_be_read_stand_in_the_preview_and_stop_it(staff: Client) -> None:
    make_card()
    address = send(staff, LIST + "XX,mobile,text,,5,,\nMX,mobile,text,,8,,\n")["Location"]
    page = staff.get(address).text
    assert "Line 7: country &#x27;XX&#x27;" in page
    assert "Line 8: prices the same destination as line 2 does: choose a rule for several." in page
    assert "Make a draft of it" not in page
    assert "Line 7" in staff.post(address, follow=True).text
    assert RateCard.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"country;credits\n", "no prices below"),
        (b"\x00" * 50, "neither a CSV file nor an Excel workbook"),
        (b"\xd0\xcf\x11\xe0" * 50, "with a password"),
        (b"PK\x03\x04" * 50, "cannot be read"),
    ],
)
def test_what_is_no_price_list_is_refused_at_the_door(
    staff: Client, content: bytes, said: str
) -> None:
    answer = send(staff, content)
    assert answer.status_code == 200
    assert said in str(answer.context["form"].errors["file"])
    assert not RateCardUpload.objects.exists()


def test_a_new_series_is_made_with_the_draft(staff: Client) -> None:
    address = send(staff, LIST, series_name="Partners")["Location"]
    assert "no card in force that day" in staff.get(address).text
    assert not RateCardSeries.objects.exists()
    staff.post(address)
    assert RateCardSeries.objects.get().name == "Partners"


def test_a_card_can_be_downloaded(staff: Client) -> None:
    card = make_card()
    answer = staff.get(reverse("admin:locations_ratecard_csv", args=[card.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="standard-2020-01-01.csv"'
    assert len(lines(answer.content.decode())) == card.rates.count()


def test_it_is_for_those_who_may_add_cards(client: Client, boss: User) -> None:
    client.force_login(make_user(is_staff=True))
    assert send(client, LIST).status_code == 403
    upload = RateCardUpload.objects.create(
        series_name="Standard",
        effective_on=NOON.date(),
        file_name="rates.csv",
        content=LIST.encode(),
        uploaded_by=boss,
        uploaded_at=NOON,
        asked_at=NOON,
    )
    address = reverse("admin:locations_ratecardupload_preview", args=[upload.pk])
    assert [client.get(address).status_code, client.post(address).status_code] == [403, 403]


# --- Columns ------------------------------------------------------------------------------------

WIDE = "Destination,Per SMS,Mobile calls,Landline calls\nMexico,7,12,\nFrance,6,29,3\n"


def test_columns_that_cannot_be_told_are_asked_for(staff: Client) -> None:
    make_card()
    address = send(staff, WIDE)["Location"]
    upload = RateCardUpload.objects.get()
    assert address == reverse("admin:locations_ratecardupload_columns", args=[upload.pk])
    assert upload.state == "waiting"
    preview = reverse("admin:locations_ratecardupload_preview", args=[upload.pk])
    assert staff.get(preview)["Location"] == address
    form = staff.get(address).context["form"]
    assert [field.value() for field, _said in form.role_fields] == [
        "country",
        "text",
        "voice_mobile",
        "voice_landline",
    ]
    assert [said for _field, said in form.role_fields][:2] == ["Mexico, France", "7, 6"]
    chosen = {f"role_{n}": field.value() for n, (field, _said) in enumerate(form.role_fields)}
    refused = staff.post(address, chosen | {"heading_line": "1"})
    assert "which kind of line" in refused.text
    answer = staff.post(address, chosen | {"heading_line": "1", "carrier_type": "mobile"})
    assert answer["Location"] == preview
    page = staff.get(preview).text
    assert "Unchanged 5" in page
    assert "Make a draft of it" in page


def test_a_list_by_operator_becomes_one_price_by_the_chosen_rule(staff: Client) -> None:
    make_card()
    text = "country,carrier_type,channel,operator,credits\n" + "".join(
        f"MX,mobile,text,{name},{credits}\n"
        for name, credits in zip("abcd", (9, 3, 5, 6), strict=True)
    )
    preview = send(staff, text)["Location"]
    assert "choose a rule for several" in staff.get(preview).text
    upload = RateCardUpload.objects.get()
    address = reverse("admin:locations_ratecardupload_columns", args=[upload.pk])
    given = {f"role_{n}": role for n, role in enumerate(upload.columns["roles"])}
    for rule, credits, words in (
        ("median", 6, "median of 4 prices, 3 to 9"),
        ("dearest", 9, "dearest of 4 prices, 3 to 9"),
    ):
        staff.post(address, given | {"heading_line": "1", "rule": rule})
        assert words in staff.get(preview).text
        upload.refresh_from_db()
        assert [line.credits for line in rate_card_uploads.lines_of(upload)] == [credits]


def test_the_preview_is_narrowed_to_a_country_and_taken_away(staff: Client) -> None:
    make_card()
    address = send(staff, LIST)["Location"]
    assert staff.get(f"{address}?country=FR").text.count('<tr class="change-') == 3
    assert staff.get(f"{address}?country=FR&show=changed").text.count('<tr class="change-') == 2
    upload = RateCardUpload.objects.get()
    file = reverse("admin:locations_ratecardupload_changes", args=[upload.pk])
    rows = staff.get(f"{file}?country=FR&show=removed").content.decode().splitlines()
    assert rows[1:] == ["removed,FR,France,landline,voice,,3,,60/60,,,"]


# --- Kept for a while ---------------------------------------------------------------------------


def test_old_files_are_forgotten_and_drafts_stay(
    staff: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RATE_CARD_UPLOAD_KEPT_DAYS = 30
    make_card()
    staff.post(send(staff, LIST)["Location"])
    send(staff, LIST)
    applied, left = RateCardUpload.objects.order_by("pk")
    at = left.uploaded_at
    caplog.set_level("INFO")
    rate_card_uploads.sweep(at=at + dt.timedelta(days=29))
    assert RateCardUpload.objects.count() == 2
    rate_card_uploads.sweep(at=at + dt.timedelta(days=31))
    (kept,) = RateCardUpload.objects.all()
    assert (kept, bytes(kept.content), kept.prices) == (applied, b"", [])
    assert kept.card is not None
    assert kept.card.rates.count() == 5
    assert "price lists: 1 old files deleted, 1 emptied" in caplog.messages
    page = staff.get(reverse("admin:locations_ratecardupload_preview", args=[kept.pk])).text
    assert "too old to be kept" in page


def test_what_was_never_queued_is_read_by_the_sweep(
    boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_card_uploads, "SMALL_BYTES", 0)
    upload = rate_card_uploads.keep(
        LIST.encode(),
        file_name="rates.csv",
        series_name="Standard",
        effective_on=NOON.date(),
        uploaded_by=boss,
        clock=lambda: NOON,
    )
    queued: list[int] = []
    monkeypatch.setattr(
        rate_card_uploads.working,
        "queue",
        lambda task, name, **options: queued.append(name) or True,
    )
    rate_card_uploads.sweep(at=NOON + dt.timedelta(seconds=30))
    assert queued == []
    rate_card_uploads.sweep(at=NOON + dt.timedelta(seconds=90))
    assert queued == [upload.pk]
    for _twice in range(2):
        rate_card_uploads.read(upload.pk, clock=lambda: NOON)
    upload.refresh_from_db()
    assert (upload.state, upload.attempts, len(upload.prices)) == ("ready", 1, 5)


def test_a_reader_that_dies_twice_is_given_up(boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_card_uploads, "SMALL_BYTES", 0)
    upload = rate_card_uploads.keep(
        LIST.encode(),
        file_name="rates.csv",
        series_name="Standard",
        effective_on=NOON.date(),
        uploaded_by=boss,
        clock=lambda: NOON,
    )

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rate_card_uploads, "read_table", die)
    for attempt in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            rate_card_uploads.read(upload.pk, clock=lambda: NOON)
        upload.refresh_from_db()
        assert (upload.state, upload.attempts) == ("running", attempt)
        RateCardUpload.objects.update(leased_until=NOON - dt.timedelta(days=365))
    rate_card_uploads.read(upload.pk, clock=lambda: NOON)
    rate_card_uploads.sweep(at=NOON)
    upload.refresh_from_db()
    assert (upload.state, upload.failure) == ("failed", "It was interrupted 2 times.")
