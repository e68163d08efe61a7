"""An example of every operation, for OpenAPI and its page; a test holds them to the schemas."""

from ledger.api.specimens import (
    BALANCE,
    HOLD,
    MEXICO,
    MOVED,
    NEW_JERSEY,
    PARIS,
    PURCHASE,
    Example,
    charged,
)

EXAMPLES = {
    "charge_international_messages": Example(
        parameters={"location_id": 1, "Idempotency-Key": "broadcast-1041"},
        request={
            "channel": "text",
            "on_insufficient": "refuse_all",
            "messages": [
                {
                    "external_id": "b1041-1",
                    "phone": MEXICO,
                    "profile": {"First Name": "Lucía", "Unique ID": "E-1"},
                },
                {"external_id": "b1041-2", "phone": MEXICO, "carrier_type": "mobile"},
                {"external_id": "b1041-3", "phone": NEW_JERSEY},
                {"external_id": "b1041-4", "phone": "+33"},
            ],
        },
        response={
            "charge_id": 31,
            "outcome": "charged",
            "reason": None,
            "credits": 14,
            "needed_credits": 14,
            "available_before": 1000,
            "shortfall": 0,
            "balance_after": BALANCE,
            "messages": [
                charged("b1041-1"),
                charged("b1041-2"),
                charged(
                    "b1041-3",
                    outcome="domestic",
                    credits=0,
                    country=None,
                    carrier_type=None,
                    explanation="Domestic: part of the plan, costs no international credits.",
                ),
                charged(
                    "b1041-4",
                    outcome="refused",
                    reason="bad_number",
                    units=0,
                    credits=0,
                    country=None,
                    carrier_type=None,
                    explanation="Refused, costs nothing: Not a possible phone number.",
                ),
            ],
        },
    ),
    "charge_chat_messages": Example(
        parameters={"location_id": 1, "Idempotency-Key": "chat-77-1"},
        request={
            "messages": [
                {
                    "external_id": "chat-77-1",
                    "phone": NEW_JERSEY,
                    "inbox": "Front Desk",
                    "direction": "inbound",
                    "content": "Is the office open today?",
                },
                {
                    "external_id": "chat-77-2",
                    "phone": NEW_JERSEY,
                    "inbox": "Front Desk",
                    "direction": "outbound",
                    "content": "Yes, until five. Here is the way in.",
                    "has_image": True,
                },
            ]
        },
        response={
            "charge_id": 32,
            "outcome": "charged",
            "reason": None,
            "credits": 6,
            "needed_credits": 6,
            "available_before": 992,
            "shortfall": 0,
            "balance_after": BALANCE,
            "messages": [
                charged(
                    "chat-77-1",
                    credits=2,
                    country=None,
                    carrier_type=None,
                    explanation="1 SMS inbound (card Standard, from 1 Jan 2026) = 2",
                ),
                charged(
                    "chat-77-2",
                    credits=4,
                    country=None,
                    carrier_type=None,
                    explanation="1 MMS outbound (card Standard, from 1 Jan 2026) = 4",
                ),
            ],
        },
    ),
    "quote": Example(
        parameters={"location_id": 1},
        request={
            "channel": "text",
            "messages": [{"phone": MEXICO}, {"phone": PARIS}, {"phone": "+33"}],
        },
        response={
            "credits": 13,
            "fits": True,
            "shortfall": 0,
            "chargeable": 2,
            "domestic": 0,
            "available_credits": 1000,
            "overdraft_limit": 0,
            "pays": {"contract_credits": 13, "purchased_credits": 0, "overdraft_credits": 0},
            "left": {"contract_credits": 987, "purchased_credits": 0, "available_credits": 987},
            "send_what_fits": {"messages": 2, "credits": 13},
            "destinations": [
                {"country": "MX", "carrier_type": "mobile", "messages": 1, "credits": 7},
                {"country": "FR", "carrier_type": "mobile", "messages": 1, "credits": 6},
            ],
            "refused": [
                {
                    "index": 2,
                    "phone": "+33",
                    "reason": "bad_number",
                    "explanation": "Not a possible phone number.",
                }
            ],
            "messages": None,
        },
    ),
    "hold": Example(
        parameters={"location_id": 1, "Idempotency-Key": "call-508-hold"},
        request={
            "call": {"phone": MEXICO, "expected_seconds": 120},
            "over": "overflow",
            "seconds_to_live": 3600,
        },
        response={
            "hold_id": 9,
            "outcome": "held",
            "reason": None,
            "credits": 24,
            "over": "overflow",
            "expires_at": "2026-03-01T10:30:00Z",
            "available_before": 1000,
            "available_after": 976,
        },
    ),
    "get_hold": Example(parameters={"hold_id": 9}, response=HOLD),
    "settle_hold": Example(
        parameters={"hold_id": 9, "Idempotency-Key": "call-508"},
        request={"messages": [{"external_id": "call-508", "phone": MEXICO, "seconds": 61}]},
        response={
            "charge_id": 33,
            "outcome": "charged",
            "reason": None,
            "credits": 24,
            "needed_credits": 24,
            "available_before": 1000,
            "shortfall": 0,
            "balance_after": BALANCE
            | dict.fromkeys(("contract_credits", "total_credits", "available_credits"), 976),
            "messages": [
                charged(
                    "call-508",
                    units=2,
                    credits=24,
                    explanation="61 s = 2 started minutes × 12 "
                    "(Mexico, mobile; card Standard, from 1 Jan 2026) = 24",
                )
            ],
        },
    ),
    "release_hold": Example(
        parameters={"hold_id": 9},
        response=HOLD | {"state": "released", "ended_at": "2026-03-01T09:31:00Z"},
    ),
    "report_statuses": Example(
        parameters={"location_id": 1},
        request={
            "statuses": [
                {
                    "external_id": "b1041-1",
                    "status": "delivered",
                    "status_at": "2026-03-01T09:30:07Z",
                },
                {
                    "external_id": "b1041-9",
                    "status": "failed",
                    "status_detail": "30003: unreachable handset",
                    "status_at": "2026-03-01T09:30:09Z",
                },
            ]
        },
        response={
            "statuses": [
                {"external_id": "b1041-1", "result": "updated"},
                {"external_id": "b1041-9", "result": "unknown"},
            ]
        },
    ),
    "reverse": Example(
        parameters={"location_id": 1, "Idempotency-Key": "undo-b1041-2"},
        request={"charge_id": 31, "external_id": "b1041-2", "reason": "Sent twice by our mistake"},
        response={
            "entry": PURCHASE
            | {
                "number": 4,
                "kind": "reversal",
                "credits": 7,
                "contract_delta": 7,
                "purchased_delta": 0,
                "contract_after": 993,
                "purchased_after": 0,
                "balance_after": 993,
                "charge_id": 31,
                "key": "undo-b1041-2",
                "reason": "Sent twice by our mistake",
                "reference": "",
            },
            "lapsed_credits": 0,
        },
    ),
    "record_purchase": Example(
        parameters={"location_id": 1, "Idempotency-Key": "order-2041"},
        request={"credits": 500, "reference": "Order 2041"},
        response={"entry": PURCHASE},
    ),
    "get_balance": Example(
        parameters={"location_id": 1},
        response={
            "location_id": 1,
            "as_of": "2026-03-01T09:30:00Z",
            "renews_at": "2027-01-01T00:00:00Z",
            **BALANCE,
        },
    ),
    "list_entries": Example(
        parameters={"location_id": 1, "limit": 100, "from": "2026-03-01", "to": "2026-03-31"},
        response={"entries": [PURCHASE], "next_cursor": None},
    ),
    "get_daily_usage": Example(
        parameters={"location_id": 1, "from": "2026-03-01", "to": "2026-03-31"},
        response={
            "location_id": 1,
            "time_zone": "America/New_York",
            "first_day": "2026-03-01",
            "last_day": "2026-03-31",
            "opening": 0,
            "closing": 1486,
            "total": MOVED,
            "days": [{"day": "2026-03-01", "opening": 0, "closing": 1486, **MOVED}],
        },
    ),
}
