"""Traffic files of two locations and the summary of their replay."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger.models import Balance, Charge, Entry
from locations.models import Account, ChatInbox, Contract, Location, RateCard

# Soho has 60 credits a year from 31 January; Leith none until it buys some. Leith's day ends
# at 23:00 UTC in summer, at midnight in winter.
LOCATIONS = """\
account,location,timezone,contract_starts_on,term_months,included_credits,overdraft_limit,\
profile_fields,inboxes
Pellworth Foods,Soho,UTC,2025-01-31,12,60,0,First Name|City,Front Desk
Pellworth Foods,Leith,Europe/London,2025-06-01,12,0,10,City,Kitchen|Bar
"""

RATES = """\
country,carrier_type,channel,prefix,credits
MX,mobile,text,,7
MX,mobile,voice,,12
FR,mobile,text,,6
FR,mobile,voice,,29
"""

PURCHASES = """\
location,purchased_at,credits,reference
Soho,2025-03-01T09:00:00Z,5,PO-1
Leith,2025-06-30T23:30:00Z,40,PO-1
"""

# Soho: 7 + 6, a number that is none, one without a price, a domestic one; a call of 24 at the
# very end of what its contract holds; then a broadcast that does not fit.
INTERNATIONAL = """\
location,broadcast_id,external_id,channel,to,seconds,sent_at,\
status,status_detail,status_at,First Name,City
Soho,B1,t-1,text,+522221234567,,2025-03-02T10:00:00Z,Delivered,,2025-03-02T10:00:05Z,Vera,Wien
Soho,B1,t-2,text,+33612345678,,2025-03-02T10:00:01Z,Sent,,,Ana,Graz
Soho,B1,t-3,text,+33,,2025-03-02T10:00:02Z,Failed,,,Bo,Linz
Soho,B1,t-4,text,+4915123456789,,2025-03-02T10:00:03Z,Failed,,,Cy,Linz
Soho,B1,t-5,text,+12015550123,,2025-03-02T10:00:04Z,Sent,,,Di,Linz
Soho,B2,v-1,voice,+522221234567,61,2025-03-03T10:00:00Z,Answered,,,Vera,Wien
Soho,B2,v-2,voice,+33612345678,0,2025-03-03T10:00:00Z,No Answer,,,Ana,Graz
Soho,B3,v-3,voice,+33612345678,61,2025-03-03T11:00:00Z,Failed,,,Ana,Graz
Leith,B1,t-1,text,+33612345678,,2025-07-10T10:00:00Z,Sent,,,Eve,Perth
"""

CHATS = """\
location,external_id,inbox,direction,phone,content,has_image,sent_at
Soho,c-1,Front Desk,Inbound,+12015550123,"Hi, all",no,2025-03-03T12:00:00Z
Soho,c-2,Front Desk,Outbound,+12015550123,A map,yes,2025-03-04T12:00:00Z
Leith,c-1,Bar,Inbound,+12015550123,Hello,yes,2025-06-15T12:00:00Z
Soho,c-3,Front Desk,Inbound,+12015550123,Again,no,2026-02-10T12:00:00Z
"""

FILES = {
    "locations": LOCATIONS,
    "rate_card": RATES,
    "purchases": PURCHASES,
    "traffic_international": INTERNATIONAL,
    "traffic_chat": CHATS,
}

SUMMARY = {
    "locations": {
        "Soho": {
            "contract": 58,
            "purchased": 5,
            "available": 63,
            "international_messages": 4,
            "international_credits": 37,
            "chat_messages": 3,
            "chat_credits": 8,
            "terms": 2,
            "refused": {"no_rate": 1, "bad_number": 1, "insufficient_credits": 1},
            "days": {
                "2025-01-31": {"grant": 60},
                "2025-03-01": {"purchase": 5},
                "2025-03-02": {"text": -13},
                "2025-03-03": {"voice": -24, "chat": -2},
                "2025-03-04": {"chat": -4},
                "2026-01-31": {"expiry": -17, "grant": 60},
                "2026-02-10": {"chat": -2},
            },
        },
        "Leith": {
            "contract": 0,
            "purchased": 30,
            "available": 30,
            "international_messages": 1,
            "international_credits": 6,
            "chat_messages": 1,
            "chat_credits": 4,
            "terms": 1,
            "refused": {"no_rate": 0, "bad_number": 0, "insufficient_credits": 0},
            "days": {
                "2025-06-15": {"chat": -4},
                "2025-07-01": {"purchase": 40},
                "2025-07-10": {"text": -6},
            },
        },
    }
}

UNTIL = "2026-03-01T00:00:00Z"


Write = Callable[..., Path]


def run_command(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("replay_traffic", str(folder), *options, stdout=out)
    return out.getvalue()


def replay(folder: Path, *, until: str = UNTIL) -> dict[str, Any]:
    summary = folder / "summary.json"
    run_command(folder, "--until", until, "--json", str(summary))
    written: dict[str, Any] = json.loads(summary.read_text(encoding="utf-8"))
    return written


def get_error(folder: Path) -> str:
    with pytest.raises(CommandError) as caught:
        replay(folder)
    return str(caught.value)


def count_rows() -> dict[str, int]:
    models = (Account, Location, Contract, ChatInbox, RateCard, Balance, Charge, Entry)
    return {model.__name__: model.objects.count() for model in models}


def days(summary: dict[str, Any], location: str) -> list[str]:
    return list(summary["locations"][location]["days"])
