"""Phone numbers that a role sees masked: in its reports, and in what it may be handed."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.db.transaction import atomic
from django.test import Client

from locations.formatting.phone_masking import mask_phone, mask_phone_within
from locations.models import Location, Membership, Role
from locations.models.jobs import JobState
from reports.exports import requests
from reports.exports.kinds import read_rows
from reports.models import ReportDownload, ReportKind
from tests.factories import make_location, make_member, make_user
from tests.reports import traffic
from tests.reports.pages import words
from tests.reports.traffic import GERMANY, MEXICO, NOW, utc

pytestmark = pytest.mark.django_db
MAY = (dt.date(2026, 5, 1), dt.date(2026, 5, 31))


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("+447700903456", "+44 7••• ••3 456"),
        ("+12015550123", "+1 2••• ••0 123"),
        ("+4915123456789", "+49 1• ••• ••6 789"),
        ("+35312345678", "+353 1• ••• 678"),
        ("+6831234", "+683 ••••"),
        ("+870773111632", "+870 7•• ••1 632"),
        ("12345", "•• •••"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_a_masked_number_shows_its_country_and_its_last_digits(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_every_length_hides_at_least_four_digits() -> None:
    for length in range(4, 13):
        shown = mask_phone("+49" + "123456789012"[:length])
        assert shown.count("•") >= 4
        assert len(shown.replace(" ", "")) == length + 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0151 2345-6789", mask_phone(GERMANY)),
        (GERMANY, mask_phone(GERMANY)),
        ("Room 12", "Room 12"),
        ("1234567", "1234567"),
        ("", ""),
        (None, None),
    ],
)
def test_a_field_that_holds_the_number_is_masked(text: str | None, expected: str | None) -> None:
    assert mask_phone_within(text, GERMANY) == expected


def test_masked_rows_show_no_number() -> None:
    place = traffic.location(profile_fields=["First Name", "Mobile"])
    traffic.texts(
        place,
        utc("2026-05-04 10:00:00"),
        MEXICO,
        profile={"First Name": "Ana", "Mobile": "(222) 123 4567"},
    )
    traffic.chat(place, utc("2026-05-04 10:00:00"))
    [row] = read_rows(ReportKind.INTERNATIONAL, place, *MAY, masked=True).rows
    assert row[:4] == ("Ana", mask_phone(MEXICO), mask_phone(MEXICO), "Mexico (MX)")
    [row] = read_rows(ReportKind.CHAT, place, *MAY, masked=True).rows
    assert row[4] == mask_phone(MEXICO)


@pytest.fixture
def location() -> Location:
    made = make_location(name="Acme Dallas")
    Location.objects.filter(pk=made.pk).update(masked_roles=[Role.ADMIN])
    made.refresh_from_db()
    return made


def ready(location: Location, **fields: Any) -> Any:
    file = default_storage.save("reports/masking.xlsx", ContentFile(b"workbook"))
    facts = {"state": JobState.READY, "file": file, "credits": 0, "size_bytes": 8}
    return traffic.report(location, **(facts | fields))


@pytest.mark.parametrize(
    ("role", "masked"),
    [
        (Role.ADMIN, True),
        (Role.SUPER_ADMIN, False),
        (Role.ACCOUNT_ADMIN, False),
        ("staff", False),
        ("both", False),
    ],
)
def test_role_of_the_requester_decides(location: Location, role: str, masked: bool) -> None:
    if role == "staff":
        user = make_user(is_staff=True, is_superuser=True)
    else:
        user = make_member(location, Role.ADMIN if role == "both" else role)
    if role == "both":
        Membership.objects.create(user=user, role=Role.ACCOUNT_ADMIN, account=location.account)
    report = requests.request_report(
        location, kind="chat", first_on=MAY[0], last_on=MAY[1], requested_by=user, at=NOW
    )
    assert report.masked is masked


@pytest.mark.parametrize(
    ("role", "fields", "status"),
    [
        (Role.ADMIN, {}, 403),
        (Role.ADMIN, {"masked": True}, 200),
        (Role.ADMIN, {"kind": "statement"}, 200),
        (Role.SUPER_ADMIN, {}, 200),
    ],
)
def test_a_file_with_full_numbers_is_not_handed_to_a_masked_role(
    location: Location, client: Client, role: str, fields: dict[str, Any], status: int
) -> None:
    user = make_member(location, role)
    client.force_login(user)
    report = ready(location, **fields)
    answer = client.get(f"/reports/{report.pk}/download/")
    assert answer.status_code == status
    downloads = ReportDownload.objects.values_list("report", "user")
    assert list(downloads) == ([(report.pk, user.pk)] if status == 200 else [])
    page = client.get(f"/locations/{location.pk}/reports/")
    assert (f"/reports/{report.pk}/download/" in page.text) is (status == 200)
    if status == 403:
        assert "This file shows phone numbers in full" in words(answer)
        assert "ask for one of your own" in words(page)
    answer.close()


@time_machine.travel(NOW, tick=False)
def test_who_downloaded_what_and_when_is_shown_to_those_who_open_the_reports(
    client: Client,
) -> None:
    location = make_location(time_zone="America/Chicago")
    report = ready(location)
    people = [make_member(location, full_name=name) for name in ("Dana", "Eve")]
    for person in people:
        client.force_login(person)
        answer = client.get(f"/reports/{report.pk}/download/")
        assert b"".join(answer.streaming_content) == b"workbook"
    said = words(client.get(f"/locations/{location.pk}/reports/"))
    assert "Downloaded 2 times Eve, 20 May 2026, 07:00 CDT Dana, 20 May 2026, 07:00 CDT" in said
    # What could not be handed out is no download.
    report.state = JobState.EXPIRED
    report.save(update_fields=["state"])
    assert client.get(f"/reports/{report.pk}/download/").status_code == 410
    assert ReportDownload.objects.count() == 2


def test_record_of_a_download_cannot_be_changed() -> None:
    location = make_location()
    download = ReportDownload.objects.create(
        report=ready(location), user=make_member(location), at=NOW
    )
    for change in (
        lambda: ReportDownload.objects.filter(pk=download.pk).update(user=make_user()),
        lambda: ReportDownload.objects.filter(pk=download.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="Cannot update or delete rows"), atomic():
            change()
