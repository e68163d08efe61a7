"""LibreOffice reads what openpyxl and calamine read: of replayed traffic, and of hostile texts."""

from pathlib import Path
from typing import Any

import pytest

from ledger.engine.posting import BadInput
from locations.formatting.cell_text import clean_text
from reports.exports import build
from reports.models import ReportKind
from tests.readers import by_calamine, by_office, by_openpyxl, without_tabs
from tests.reports import traffic
from tests.reports.exports import books
from tests.reports.traffic import MEXICO, files, utc
from tests.reports.workbooks.text_books import HOSTILE, write

CONTROLS = ["bell\x07", "escape\x1b[31m", "next line\x85", "not one \ufffe\uffff", "a\r\nb\rc"]
# Longer than a cell, in UTF-16 units; the ledger takes no more than 20,000 characters.
LONG = ["😀" * 20_000, "=" + "😀" * 19_999]
# What the ledger keeps out, and a workbook would have to show if it did not.
REFUSED = ["nul\x00", "half \ud83d a pair", "\udc00", "x" * 40_000, "=" + "y" * 40_000]

pytestmark = [pytest.mark.usefixtures("cloned_database"), pytest.mark.proof]


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def test_every_workbook_of_the_traffic_is_read_alike_by_three_programs(
    tmp_path: Path, media: Path
) -> None:
    books.replay(tmp_path)
    built = books.build_all()
    read = by_office([book.path for book in built], tmp_path)
    for book, office in zip(built, read, strict=True):
        assert without_tabs(by_openpyxl(book.path)) == office, str(book)
        assert without_tabs(by_calamine(book.path)) == office, str(book)


def test_hostile_texts_come_out_of_the_ledger_whole_or_visibly_cut_in_three_programs(
    tmp_path: Path, media: Path
) -> None:
    texts = [*HOSTILE, *CONTROLS, *LONG]
    place = traffic.location(name="=Harbor_x0041_", profile_fields=["First Name", "=A1"])
    for number, text in enumerate(texts):
        at = utc(f"2026-05-04 {10 + number // 60}:{number % 60:02}:00")
        traffic.chat(place, at, text)
        traffic.texts(place, at, MEXICO, profile={"First Name": text[:500], "=A1": "=1+1"})
    for text in REFUSED:
        with pytest.raises(BadInput):
            traffic.chat(place, utc("2026-05-04 12:00:00"), text)
    for kind in (ReportKind.CHAT, ReportKind.INTERNATIONAL):
        traffic.report(place, kind)
        assert build.build_next(clock=traffic.stopped()) is not None
    paths = sorted(files(media), key=lambda path: path.stat().st_mtime_ns)
    assert len(paths) == 2
    for path, office, column in zip(paths, by_office(paths, tmp_path), (1, 0), strict=True):
        expected = [clean_text(text if column else text[:500]) for text in texts]
        for sheets in (by_openpyxl(path), by_calamine(path)):
            assert [row[column] for row in sheets["Messages"][1:]] == expected
            assert without_tabs(sheets) == office
        assert office["Summary"][2] == ["Location", "=Harbor_x0041_"]


def test_what_the_ledger_keeps_out_would_be_visibly_cut_or_replaced_too(tmp_path: Path) -> None:
    texts = [*REFUSED, *CONTROLS, *HOSTILE]
    path = write(tmp_path, texts)
    [office] = by_office([path], tmp_path)
    expected = [clean_text(text) for text in texts]
    for sheets in (by_openpyxl(path), by_calamine(path)):
        assert [row[0] for row in sheets["Messages"][1:]] == expected
        assert without_tabs(sheets) == office
    assert [len(text) for text in expected[3:5]] == [32_767, 32_767]
    assert all(text.endswith("… (cut)") for text in expected[3:5])
    assert expected[:3] == ["nul\ufffd", "half \ufffd a pair", "\ufffd"]
