"""A price list, and sending it to the staff desk."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from locations.rate_cards.parsing import parse_csv

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


def lines(text: str) -> list[Any]:
    return parse_csv(io.BytesIO(text.encode()))


def send(client: Client, content: str | bytes, **fields: str) -> Any:
    file = SimpleUploadedFile(
        "rates.csv", content if isinstance(content, bytes) else content.encode()
    )
    given = {"series_name": "Standard", "effective_on": "2027-01-01", "file": file} | fields
    return client.post(reverse("admin:locations_ratecardupload_new"), given)
