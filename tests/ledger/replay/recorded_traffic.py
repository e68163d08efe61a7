"""Five weeks of recorded traffic of three locations, moved to end yesterday, to be replayed.

`recorded/` holds the last weeks of fourteen months: numbers are the example numbers of the public
numbering metadata, names are invented, and chats have had their words taken out. TRAFFIC names the
folder of a longer recording.
"""

import csv
import datetime as dt
import os
import shutil
from pathlib import Path

RECORDED = Path(__file__).parent / "recorded"
TRAFFIC = ("traffic_international", "traffic_chat")
INSTANTS = ("sent_at", "status_at", "purchased_at")
DAYS = ("contract_starts_on",)

Rows = list[dict[str, str]]


def move_to(folder: Path, *, today: dt.date, rate_card: Path) -> Path:
    """Write the recording into the folder, moved by whole days: its last one is yesterday."""
    source = Path(os.environ.get("TRAFFIC") or RECORDED)
    files = {name: _rows(source / f"{name}.csv") for name in ("locations", "purchases", *TRAFFIC)}
    newest = max(row["sent_at"][:10] for name in TRAFFIC for row in files[name])
    by = today - dt.timedelta(days=1) - dt.date.fromisoformat(newest)
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(_shift(row, by) for row in rows)
    shutil.copyfile(rate_card, folder / "rate_card.csv")
    return folder


def _rows(path: Path) -> Rows:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _shift(row: dict[str, str], by: dt.timedelta) -> dict[str, str]:
    moved = dict(row)
    for name in INSTANTS:
        if row.get(name):
            moved[name] = (dt.datetime.fromisoformat(row[name]) + by).isoformat()
    for name in DAYS:
        if row.get(name):
            moved[name] = (dt.date.fromisoformat(row[name]) + by).isoformat()
    return moved
