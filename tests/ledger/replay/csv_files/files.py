"""Valid traffic files and the problems of bad ones."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.replay.csv_files import TrafficError, read_folder

LOCATIONS = """\
account,location,timezone,contract_starts_on,term_months,included_credits,overdraft_limit,\
profile_fields,inboxes
Pellworth Foods,Soho,Europe/London,2026-01-31,12,1000,50,First Name|City,Front Desk|Kitchen
Pellworth Foods,Leith,Europe/London,2026-02-01,6,0,0,,
"""

PURCHASES = """\
location,purchased_at,credits,reference
Soho,2026-03-01T09:00:00Z,250,PO-1
Leith,2026-03-01T09:00:00+01:00,100,PO-1
"""

INTERNATIONAL = """\
location,broadcast_id,external_id,channel,to,seconds,sent_at,\
status,status_detail,status_at,First Name,City
Soho,B1,t-1,text,+522221234567,,2026-03-02T10:00:00Z,Delivered,,2026-03-02T10:00:05Z,Vera,Wien
Soho,B1,t-2,text,+33612345678,,2026-03-02T10:00:01Z,Sent,on its way,,"Ana ""A"" Sol",
Leith,B1,v-1,voice,+33612345678,61,2026-03-02T10:00:00Z,Answered,,,Bo,Oslo
"""

CHATS = """\
location,external_id,inbox,direction,phone,content,has_image,sent_at
Soho,c-1,Kitchen,Inbound,+12015550123,"Hello, is
this the kitchen?",yes,2026-03-02T10:00:00Z
Soho,c-2,Kitchen,Outbound,+12015550123,Yes 👍,no,2026-03-02T10:01:00Z
"""


Write = Callable[..., Path]


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def problems(folder: Path) -> list[str]:
    with pytest.raises(TrafficError) as caught:
        read_folder(folder)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems
