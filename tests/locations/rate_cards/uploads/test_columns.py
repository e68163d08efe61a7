"""Price lists whose columns or prices leave a question: it is asked, and the answer holds."""

import pytest
from django.test import Client
from django.urls import reverse

from locations.models import RateCardUpload
from locations.rate_cards import uploads
from tests.factories import make_card
from tests.locations.rate_cards.uploads.sending import send

pytestmark = pytest.mark.django_db

WIDE = "Destination,Per SMS,Mobile calls,Landline calls\nMexico,7,12,\nFrance,6,29,3\n"


def test_unclear_columns_are_asked_for(staff: Client) -> None:
    make_card()
    address = send(staff, WIDE)["Location"]
    upload = RateCardUpload.objects.get()
    assert address == reverse("admin:locations_ratecardupload_columns", args=[upload.pk])
    assert upload.state == "waiting"
    preview = reverse("admin:locations_ratecardupload_preview", args=[upload.pk])
    assert staff.get(preview)["Location"] == address
    form = staff.get(address).context["form"]
    assert [row["field"].value() for row in form.role_fields] == [
        "country",
        "text",
        "voice_mobile",
        "voice_landline",
    ]
    assert [row["samples"] for row in form.role_fields][:2] == ["Mexico, France", "7, 6"]
    chosen = {f"role_{n}": row["field"].value() for n, row in enumerate(form.role_fields)}
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
        assert [line.credits for line in uploads.get_rows(upload)] == [credits]
