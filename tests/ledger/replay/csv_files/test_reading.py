import datetime as dt

from ledger.engine.charge_requests import ChatRequest, InternationalRequest
from ledger.replay.csv_files import read_folder
from ledger.replay.events import (
    RecordedBroadcast,
    RecordedChat,
    RecordedLocation,
    RecordedPurchase,
    sort_events,
)
from tests.ledger.replay.csv_files.files import (
    CHATS,
    INTERNATIONAL,
    LOCATIONS,
    PURCHASES,
    Write,
    utc,
)


def test_locations_are_read_with_their_contract_fields_and_inboxes(folder: Write):
    soho, leith = read_folder(folder()).locations
    assert soho == RecordedLocation(
        account="Pellworth Foods",
        name="Soho",
        time_zone="Europe/London",
        contract_starts_on=dt.date(2026, 1, 31),
        term_months=12,
        included_credits=1000,
        overdraft_limit=50,
        profile_fields=("First Name", "City"),
        inboxes=("Front Desk", "Kitchen"),
    )
    assert (leith.term_months, leith.profile_fields, leith.inboxes) == (6, (), ())


def test_events_are_read_in_the_order_of_their_instants(folder: Write):
    sent_at = utc("2026-03-02T10:00:00")
    soho_b1 = RecordedBroadcast(
        "Soho",
        "B1",
        "text",
        (
            InternationalRequest(
                external_id="t-1",
                phone="+522221234567",
                sent_at=sent_at,
                status="Delivered",
                status_at=utc("2026-03-02T10:00:05"),
                profile={"First Name": "Vera", "City": "Wien"},
            ),
            InternationalRequest(
                external_id="t-2",
                phone="+33612345678",
                sent_at=utc("2026-03-02T10:00:01"),
                status="Sent",
                status_detail="on its way",
                profile={"First Name": 'Ana "A" Sol', "City": ""},
            ),
        ),
    )
    leith_b1 = RecordedBroadcast(
        "Leith",
        "B1",
        "voice",
        (
            InternationalRequest(
                external_id="v-1",
                phone="+33612345678",
                sent_at=sent_at,
                seconds=61,
                status="Answered",
                profile={"First Name": "Bo", "City": "Oslo"},
            ),
        ),
    )
    chats = [
        RecordedChat(
            "Soho",
            (
                ChatRequest(
                    external_id=f"c-{number}",
                    inbox="Kitchen",
                    direction=direction,
                    phone="+12015550123",
                    content=content,
                    has_image=has_image,
                    sent_at=utc(f"2026-03-02T10:0{number - 1}:00"),
                ),
            ),
        )
        for number, direction, content, has_image in (
            (1, "inbound", "Hello, is\nthis the kitchen?", True),
            (2, "outbound", "Yes 👍", False),
        )
    ]
    assert read_folder(folder()).events == (
        RecordedPurchase("Leith", utc("2026-03-01T08:00:00"), 100, "PO-1"),
        RecordedPurchase("Soho", utc("2026-03-01T09:00:00"), 250, "PO-1"),
        soho_b1,
        leith_b1,
        *chats,
    )


def test_a_spreadsheets_byte_order_mark_and_empty_lines_are_let_pass(folder: Write):
    expected = read_folder(folder())
    marked = {"locations": b"\xef\xbb\xbf" + LOCATIONS.encode()}
    spaced = {"traffic_chat": CHATS + "\r\n\r\n"}
    assert read_folder(folder(**marked, **spaced)) == expected


def test_a_file_without_lines_holds_no_events(folder: Write):
    headers = {
        "purchases": PURCHASES.splitlines()[0],
        "traffic_international": INTERNATIONAL.splitlines()[0],
        "traffic_chat": CHATS.splitlines()[0],
    }
    traffic = read_folder(folder(**headers))
    assert (len(traffic.locations), traffic.events) == (2, ())


def make_broadcast(name: str, *sent_at: str) -> RecordedBroadcast:
    messages = tuple(
        InternationalRequest(external_id=f"{name}-{at}", phone="+33612345678", sent_at=utc(at))
        for at in sent_at
    )
    return RecordedBroadcast("Soho", name, "text", messages)


def make_chat(name: str, sent_at: str) -> RecordedChat:
    message = ChatRequest(
        external_id=name,
        inbox="Kitchen",
        direction="inbound",
        phone="+33612345678",
        content="",
        sent_at=utc(sent_at),
    )
    return RecordedChat("Soho", (message,))


def test_at_one_instant_purchases_come_before_broadcasts_and_those_before_chats():
    at = "2026-03-02T10:00:00"
    events = [
        make_chat("a", at),
        make_chat("0", at),
        make_broadcast("b", at),
        make_broadcast("a", at),
        RecordedPurchase("Soho", utc(at), 10, "z"),
        RecordedPurchase("Soho", utc(at), 10, "y"),
        make_chat("z", "2026-03-02T09:59:59"),
    ]
    assert sort_events(events) == tuple(events[number] for number in (6, 5, 4, 3, 2, 1, 0))


def test_a_broadcast_is_charged_when_its_first_message_was_sent():
    early = make_broadcast("B", "2026-03-02T10:00:00", "2026-03-02T09:00:00")
    assert early.at == utc("2026-03-02T09:00:00")
    between = make_chat("c", "2026-03-02T09:30:00")
    assert sort_events([between, early]) == (early, between)


def test_chats_reported_together_are_charged_when_the_last_has_come():
    first, last = make_chat("c-1", "2026-03-02T09:00:00"), make_chat("c-2", "2026-03-02T09:10:00")
    both = RecordedChat("Soho", first.messages + last.messages)
    assert (both.at, both.id) == (utc("2026-03-02T09:10:00"), "c-1")
