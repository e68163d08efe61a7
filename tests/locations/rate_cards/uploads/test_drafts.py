"""Price lists from files: looked at row by row, then made a draft, once."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from locations.models import RateCard, RateCardSeries, RateCardUpload, User
from locations.rate_cards import uploads
from tests.factories import NOON, make_card, make_user
from tests.locations.rate_cards.uploads.sending import LIST, lines, send
from tests.reports.pages import rows

pytestmark = pytest.mark.django_db


def test_a_file_is_previewed_and_nothing_is_made_of_it_yet(staff: Client) -> None:
    make_card()
    answer = send(staff, LIST)
    page = staff.get(answer["Location"]).text
    for tab in ("All 6", "New 1", "Changed 3", "Removed 1", "Unchanged 1", "Jumps over ±50 % 1"):
        assert tab in page
    assert "+900 %" in page
    assert RateCard.objects.count() == 1


@pytest.mark.parametrize(
    ("show", "number"), [("new", 1), ("changed", 3), ("jumps", 1), ("", 6), ("nonsense", 6)]
)
def test_the_preview_shows_one_kind_at_a_time(staff: Client, show: str, number: int) -> None:
    make_card()
    address = send(staff, LIST)["Location"]
    assert len(rows(staff.get(f"{address}?show={show}"))) == number


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
    with pytest.raises(uploads.AlreadyApplied):
        uploads.apply(upload, applied_by=boss, at=NOON)


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
    assert len(lines(answer.getvalue().decode())) == card.rates.count()


def test_it_is_for_those_who_may_add_cards(client: Client, boss: User) -> None:
    client.force_login(make_user(is_staff=True))
    assert send(client, LIST).status_code == 403
    upload = RateCardUpload.objects.create(
        series_name="Standard",
        effective_on=NOON.date(),
        file_name="rates.csv",
        content=LIST.encode(),
        requested_by=boss,
        uploaded_at=NOON,
        requested_at=NOON,
    )
    address = reverse("admin:locations_ratecardupload_preview", args=[upload.pk])
    assert [client.get(address).status_code, client.post(address).status_code] == [403, 403]


def test_the_preview_is_narrowed_to_a_country_and_taken_away(staff: Client) -> None:
    make_card()
    address = send(staff, LIST)["Location"]
    assert len(rows(staff.get(f"{address}?country=FR"))) == 3
    assert len(rows(staff.get(f"{address}?country=FR&show=changed"))) == 2
    upload = RateCardUpload.objects.get()
    file = reverse("admin:locations_ratecardupload_changes", args=[upload.pk])
    file_rows = staff.get(f"{file}?country=FR&show=removed").getvalue().decode().splitlines()
    assert file_rows[1:] == ["removed,FR,France,landline,voice,,3,,60/60,,,"]


def test_no_text_of_the_differences_is_a_formula(staff: Client) -> None:
    make_card()
    send(staff, LIST + "x;=1+1,mobile,text,,5,,\n")
    upload = RateCardUpload.objects.get()
    file = reverse("admin:locations_ratecardupload_changes", args=[upload.pk])
    (problem,) = staff.get(f"{file}?show=error").getvalue().decode().splitlines()[1:]
    assert "'x;'=1+1'" in problem
