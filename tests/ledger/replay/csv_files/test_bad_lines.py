"""Every bad line of traffic files is named."""

import pytest

from tests.ledger.replay.csv_files.files import (
    CHATS,
    INTERNATIONAL,
    LOCATIONS,
    PURCHASES,
    Write,
    problems,
)


def test_every_bad_line_of_every_file_is_named(folder: Write):
    found = problems(
        folder(
            purchases=PURCHASES + "Soho,yesterday,5,PO-2\nSoho,2026-03-01T09:00:00Z,ten,PO-3\n",
            traffic_international=INTERNATIONAL.replace(",text,", ",fax,", 1),
            traffic_chat=CHATS.replace(",no,", ",maybe,"),
        )
    )
    assert found == [
        "purchases.csv line 4: purchased_at: Invalid isoformat string: 'yesterday'",
        "purchases.csv line 5: credits: 'ten' is no whole number",
        "traffic_international.csv line 2: channel must be text or voice",
        "traffic_chat.csv line 4: has_image: 'maybe' is not yes or no",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("P,Bar,Mars/Phobos,2026-01-01,12,10,0,,", "Mars/Phobos is no IANA time zone"),
        ("P,Bar,,2026-01-01,12,10,0,,", "This field cannot be blank"),
        ("P,Bar,UTC,29/02/2026,12,10,0,,", "contract_starts_on: Invalid isoformat string"),
        ("P,Bar,UTC,2026-02-29,12,10,0,,", "contract_starts_on: day is out of range for month"),
        ("P,Bar,UTC,2026-01-01,0,10,0,,", "greater than or equal to 1."),
        ("P,Bar,UTC,2026-01-01,12,-1,0,,", "greater than or equal to 0."),
        ("P,Bar,UTC,2026-01-01,12,10,-1,,", "greater than or equal to 0."),
        ("P,Bar,UTC,2026-01-01,12,1_000,0,,", "included_credits: '1_000' is no whole number"),
        ("P,Bar,UTC,2026-01-01,12,１２,0,,", "included_credits: '１２' is no whole number"),
        ("P,Bar,UTC,2026-01-01,twelve,10,0,,", "term_months: 'twelve' is no whole number"),
        (f"P,{'B' * 121},UTC,2026-01-01,12,10,0,,", "at most 120 characters (it has 121)."),
        (f"P,Bar,UTC,2026-01-01,12,10,0,{'F' * 81},", "at most 80 characters (it has 81)."),
        (",Bar,UTC,2026-01-01,12,10,0,,", "This field cannot be blank."),
        ("P,,UTC,2026-01-01,12,10,0,,", "This field cannot be blank."),
        ("P,Bar,UTC,2026-01-01,12,10,0,", "8 values, but 9 columns"),
        ("P,Bar,UTC,2026-01-01,12,10,0,,,", "10 values, but 9 columns"),
        ("P,Soho,UTC,2026-01-01,12,10,0,,", "location 'Soho' is on line 2 too"),
    ],
)
def test_a_bad_location_is_named(folder: Write, line: str, said: str):
    (found,) = problems(folder(locations=LOCATIONS + line + "\n"))
    assert found.startswith("locations.csv line 4: ")
    assert said in found


def line_of(columns: dict[str, str], changes: dict[str, str]) -> str:
    return ",".join((columns | changes).values()) + "\n"


A_PURCHASE = {
    "location": "Soho",
    "purchased_at": "2026-03-01T09:00:00Z",
    "credits": "5",
    "reference": "PO-2",
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"purchased_at": "2026-03-01T09:00:00"},
            "purchased_at: '2026-03-01T09:00:00' lacks its offset from UTC, such as Z",
        ),
        ({"credits": "0"}, "credits must be a whole number from 1 to 100,000,000"),
        ({"credits": "-5"}, "credits must be a whole number from 1 to 100,000,000"),
        ({"credits": "1e3"}, "credits: '1e3' is no whole number"),
        ({"reference": ""}, "reference must not be empty"),
        ({"reference": "PO-1"}, "reference 'PO-1' is on line 2 too"),
        ({"reference": "a,b"}, "5 values, but 4 columns"),
        ({"reference": "a\x00b"}, "contains a NUL character"),
        ({"location": "Bar"}, "locations.csv has no location 'Bar'"),
    ],
)
def test_a_bad_purchase_is_named(folder: Write, changes: dict[str, str], said: str):
    found = problems(folder(purchases=PURCHASES + line_of(A_PURCHASE, changes)))
    assert found == [f"purchases.csv line 4: {said}"]


A_TEXT = {
    "location": "Soho",
    "broadcast_id": "B2",
    "external_id": "x",
    "channel": "text",
    "to": "+33612345678",
    "seconds": "",
    "sent_at": "2026-03-02T10:00:00Z",
    "status": "",
    "status_detail": "",
    "status_at": "",
    "First Name": "",
    "City": "",
}
A_CALL = {"channel": "voice"}
OF_B1 = {"broadcast_id": "B1"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seconds": "61"}, "seconds is for calls; leave it out of a text"),
        (A_CALL, "seconds: '' is no whole number"),
        (A_CALL | {"seconds": "6.5"}, "seconds: '6.5' is no whole number"),
        (A_CALL | {"seconds": "-1"}, "seconds must be from 0 to 604,800 seconds"),
        ({"channel": ""}, "channel must be text or voice"),
        ({"to": ""}, "phone must not be empty"),
        ({"external_id": ""}, "external_id must not be empty"),
        ({"broadcast_id": ""}, "broadcast_id must not be empty"),
        ({"sent_at": ""}, "sent_at: Invalid isoformat string: ''"),
        ({"sent_at": "1999-12-31T10:00:00Z"}, "sent_at lies before the year 2000"),
        ({"status_at": "soon"}, "status_at: Invalid isoformat string: 'soon'"),
        ({"status": "s" * 41}, "status must not be longer than 40 characters"),
        ({"City": "c" * 2001}, "profile.City must not be longer than 2000 characters"),
        ({"location": "Bar"}, "locations.csv has no location 'Bar'"),
        (
            OF_B1 | A_CALL | {"seconds": "61"},
            "broadcast B1 has texts and calls: it must be one channel",
        ),
        (
            OF_B1 | {"external_id": "t-1"},
            "broadcast B1: external_id stands twice in the request",
        ),
        (
            OF_B1 | {"sent_at": "2026-03-02T11:00:01Z"},
            "broadcast B1: sent_at lies in the future",
        ),
    ],
)
def test_a_bad_text_or_call_is_named(folder: Write, changes: dict[str, str], said: str):
    found = problems(folder(traffic_international=INTERNATIONAL + line_of(A_TEXT, changes)))
    assert found == [f"traffic_international.csv line 5: {said}"]


A_CHAT = {
    "location": "Soho",
    "external_id": "c-3",
    "inbox": "Kitchen",
    "direction": "Inbound",
    "phone": "+12015550123",
    "content": "Hi",
    "has_image": "no",
    "sent_at": "2026-03-02T10:00:00Z",
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"direction": "sideways"}, "direction must be inbound or outbound"),
        ({"inbox": ""}, "inbox must not be empty"),
        ({"sent_at": "now"}, "sent_at: Invalid isoformat string: 'now'"),
        ({"external_id": "c-1"}, "external_id 'c-1' is on line 2 too"),
        ({"content": "Hi, you"}, "9 values, but 8 columns"),
        ({"has_image": "YES"}, "has_image: 'YES' is not yes or no"),
    ],
)
def test_a_bad_chat_message_is_named_by_the_line_on_which_it_begins(
    folder: Write, changes: dict[str, str], said: str
):
    found = problems(folder(traffic_chat=CHATS + line_of(A_CHAT, changes)))
    assert found == [f"traffic_chat.csv line 5: {said}"]


def test_missing_columns_are_named_once(folder: Write):
    without = CHATS.replace("has_image", "picture").replace("inbox", "box")
    assert problems(folder(traffic_chat=without)) == [
        "traffic_chat.csv line 1: there is no column inbox, has_image"
    ]
    twice = CHATS.replace("external_id", "external_id,inbox")
    assert problems(folder(traffic_chat=twice)) == [
        "traffic_chat.csv line 1: a column stands twice"
    ]


def test_an_empty_file_lacks_its_columns(folder: Write):
    assert problems(folder(purchases="")) == [
        "purchases.csv line 1: there is no column location, purchased_at, credits, reference"
    ]


def test_locations_that_cannot_be_read_do_not_make_every_line_a_problem(folder: Write):
    assert problems(folder(locations=LOCATIONS.replace("timezone", "zone"))) == [
        "locations.csv line 1: there is no column timezone"
    ]


def test_no_location_at_all_is_a_problem(folder: Write):
    headers = {
        "locations": LOCATIONS.splitlines()[0],
        "purchases": PURCHASES.splitlines()[0],
        "traffic_international": INTERNATIONAL.splitlines()[0],
        "traffic_chat": CHATS.splitlines()[0],
    }
    assert problems(folder(**headers)) == ["locations.csv: there is no location in it"]


def test_missing_files_are_named(folder: Write):
    where = folder()
    for name in ("purchases", "traffic_chat"):
        (where / f"{name}.csv").unlink()
    assert problems(where) == [
        "purchases.csv: No such file or directory",
        "traffic_chat.csv: No such file or directory",
    ]


def test_a_file_that_is_not_utf_8_is_named(folder: Write):
    assert problems(folder(traffic_chat=CHATS.encode("utf-16"))) == [
        "traffic_chat.csv: is not UTF-8"
    ]


def test_a_quote_that_is_never_closed_is_named_by_its_line(folder: Write):
    broken = CHATS + 'Soho,c-3,Kitchen,Inbound,+12015550123,"Hi,no,2026-03-02T10:00:00Z\n'
    assert problems(folder(traffic_chat=broken)) == [
        "traffic_chat.csv line 5: unexpected end of data"
    ]
