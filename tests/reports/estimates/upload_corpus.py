"""Files that people upload as lists of recipients, and what each must be answered.

`answer` does what the product does: at once if the file is small enough, else as the worker.
"""

import io
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

from locations.spreadsheets import TooLarge, Unreadable
from reports.estimates.number_files import check_size, parse_upload
from reports.estimates.number_lists import MB, TooManyNumbers, worker_limits
from tests.reports.estimates.upload_files import (
    NAMES,
    PHONE,
    book,
    far_corner,
    laughs,
    long_csv,
    lying_bomb,
    lying_texts,
    many_strings,
    many_styles,
    numbers,
    packed,
    rows_of,
    text,
    zipped,
)

PATIENCE_SECONDS = 120
TABLE = f"Vorname,Teléfono\nBjørn,{PHONE}\nZoë,07400 123456\n"
FOUND = "1 number, 1 bad: 3 no_country_code"
NO_WORKBOOK = "This workbook cannot be read: save it as XLSX or CSV and try again."
NEITHER = "This is neither a CSV file nor an Excel workbook: save it as one of them."
EMPTY = "The file is empty: its first sheet has no cell with anything in it."
TOO_LARGE = "This workbook is too large: keep only the columns that are needed, or use CSV."
OLD = (
    "This is a workbook with a password, or neither a CSV file nor an Excel workbook of today: "
    "save it as XLSX, without a password."
)


@dataclass(frozen=True)
class Case:
    """A file, what is said to it, and how much time and memory that may take.

    The memory is that of the process at its peak over what it had before; the file itself, which
    the web server holds anyway, is not in it.
    """

    name: str
    file: Callable[[], bytes]
    said: str
    most_mb: int = 12
    without_plus: bool = False
    slow: bool = False  # to read, on the test machine ten seconds and more


@dataclass(frozen=True)
class Answered:
    said: str
    seconds: float
    peak_mb: float


def answer(case: Case) -> Answered:
    """In a process of its own, so that what others took does not hide what this takes."""
    content = case.file()
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    apart = context.Process(target=_answer, args=(content, case.without_plus, theirs))
    apart.start()
    theirs.close()
    assert mine.poll(PATIENCE_SECONDS), f"{case.name} is not answered"
    answered: Answered = mine.recv()
    apart.join()
    return answered


def _answer(content: bytes, without_plus: bool, to: Connection) -> None:
    # What the processor took of it: on a busy machine the clock tells of others.
    before, begun = _peak_mb(), time.process_time()
    said = _say(content, without_plus)
    to.send(Answered(said, time.process_time() - begun, _peak_mb() - before))
    to.close()
    os._exit(0)  # nothing of pytest's may run a second time here


def _say(content: bytes, without_plus: bool) -> str:
    read = partial(parse_upload, without_plus=without_plus)
    try:
        try:
            found = read(io.BytesIO(content))
        except (TooManyNumbers, TooLarge):
            check_size(content, worker_limits())
            found = read(io.BytesIO(content), limits=worker_limits())
    except Unreadable as unreadable:
        return str(unreadable)
    except TooManyNumbers:
        return "too many numbers"
    numbers = len(found.numbers)
    said = f"{numbers:,} number" if numbers == 1 else f"{numbers:,} numbers"
    if found.unread:
        first = found.unread[0]
        said += f", {len(found.unread):,} bad: {first.line} {first.fault.value}"
    return said


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MB if sys.platform == "darwin" else peak / 1024


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 5000

CASES = [
    Case("CSV, UTF-8, commas", lambda: text(TABLE), FOUND),
    Case(
        "CSV, UTF-8 with BOM, semicolons", lambda: text(TABLE.replace(",", ";"), "utf-8-sig"), FOUND
    ),
    Case(
        "Unicode text of Excel: UTF-16, tabs",
        lambda: text(TABLE.replace(",", "\t"), "utf-16"),
        FOUND,
    ),
    Case("UTF-16, big-endian", lambda: b"\xfe\xff" + text(TABLE, "utf-16-be"), FOUND),
    Case("UTF-16 without BOM", lambda: text(TABLE, "utf-16-le"), NEITHER),
    Case("Windows-1252", lambda: text(TABLE, "cp1252"), FOUND),
    Case("Mac Roman, detected as another encoding", lambda: text(TABLE, "mac_roman"), FOUND),
    Case(
        "Shift JIS, detected as another encoding",
        lambda: text(f"名前,電話\n山田,{PHONE}\n", "shift_jis"),
        "1 number",
    ),
    Case("lines that end with CR", lambda: text(TABLE.replace("\n", "\r")), FOUND),
    Case(
        "sep=| in the first line",
        lambda: text("sep=|\n" + TABLE.replace(",", "|")),
        "1 number, 1 bad: 4 no_country_code",
    ),
    Case("a quoted line break", lambda: text(f'Name,Phone\n"two\nlines",{PHONE}\n'), "1 number"),
    Case(
        "a quote that is never closed",
        lambda: text(f'Name,Phone\n"Ana,{PHONE}\n' + "x" * 200_000),
        "Line 2 cannot be read as CSV.",
    ),
    Case(
        "numbers formatted by a spreadsheet",
        lambda: text("Phone\n4.474E+11\n"),
        "0 numbers, 1 bad: 2 no_number",
    ),
    Case("headings only", lambda: text("Name,Phone\n"), "0 numbers"),
    Case("empty", lambda: b"", EMPTY),
    Case("blank lines only", lambda: b"\r\n , \r\n" * 1000, EMPTY),
    Case("one line of 4 MB", lambda: b"1" * (4 * MB), "Line 1 cannot be read as CSV.", most_mb=24),
    Case(
        "200 columns",
        lambda: b"a" + b",a" * 200,
        "Line 1 has more than 100 columns: keep only those that are needed.",
    ),
    Case(
        "CSV, 100,000 lines",
        lambda: long_csv(100_000),
        "100,000 numbers",
        most_mb=60,
    ),
    Case(
        "CSV, 100,001 lines",
        lambda: long_csv(100_001),
        "too many numbers",
        most_mb=60,
    ),
    Case(
        "CSV of 21 MB",
        lambda: b"Phone;Name\n" + b"\n" * (21 * MB),
        "The file is larger than 20 MB: keep only the column of the numbers, or upload it in "
        "parts.",
    ),
    Case(
        "XLSX",
        lambda: book(("Name", "Phone"), ("Ana", PHONE), ("Bob", "x")),
        "1 number, 1 bad: 3 no_number",
    ),
    Case(
        "merged cells",
        lambda: book(("Phone",), (PHONE,), (None,), (PHONE,), merged="A2:C3"),
        "2 numbers",
    ),
    Case(
        "formulas that were never calculated",
        lambda: book(("Phone",), (PHONE,), ("=A2",)),
        "1 number",
    ),
    Case(
        "formulas with their results",
        lambda: packed(
            f'<worksheet {NAMES}><sheetData><row r="1"><c r="A1" t="str">'
            f'<f>CONCATENATE("+44","7400123456")</f><v>{PHONE}</v>'
            "</c></row></sheetData></worksheet>"
        ),
        "1 number",
    ),
    Case(
        "numbers stored as numbers",
        lambda: book(("Phone",), (447400123456,), (447400123457.0,)),
        "2 numbers",
        without_plus=True,
    ),
    Case(
        "the same, without the option for a missing +",
        lambda: book(("Phone",), (447400123456,)),
        "0 numbers, 1 bad: 2 no_country_code",
    ),
    Case(
        "XLSX, 10,000 lines",
        lambda: packed(rows_of(["Phone", *numbers(10_000)])),
        "10,000 numbers",
        most_mb=20,
    ),
    Case(
        "XLSX, 100,000 lines",
        lambda: packed(rows_of(["Phone", *numbers(100_000)])),
        "100,000 numbers",
        most_mb=80,
        slow=True,
    ),
    Case(
        "XLSX, 100,001 lines",
        lambda: packed(rows_of(["Phone", *numbers(100_001)])),
        "too many numbers",
        most_mb=80,
        slow=True,
    ),
    Case("a cell at XFD1048576", lambda: far_corner("XFD"), "1 number"),
    Case(
        "a cell at A1048576",
        lambda: far_corner("A"),
        "1 number, 1 bad: 1048576 no_number",
    ),
    Case("a zip bomb: a sheet of 1 GB", lambda: packed(spaces_mb=1024), TOO_LARGE),
    Case("a zip bomb with a false size", lying_bomb, NO_WORKBOOK),
    Case("billion laughs in XML", laughs, NO_WORKBOOK),
    Case("shared texts with a false size and checksum", lying_texts, NO_WORKBOOK),
    Case("2 million styles", many_styles, TOO_LARGE),
    Case("50,000 texts beside one row", partial(many_strings, 50_000), "1 number", most_mb=40),
    Case("a million shared texts for one row", many_strings, "1 number", most_mb=300, slow=True),
    Case("600 parts", lambda: packed(**{f"xl/{n}": b"" for n in range(600)}), TOO_LARGE),
    Case("a workbook without its sheet", lambda: zipped(a=b"x"), NO_WORKBOOK),
    Case("a truncated workbook", lambda: book(("Phone",), (PHONE,))[:2000], NO_WORKBOOK),
    Case(
        "random bytes after a workbook's signature",
        lambda: b"PK\x03\x04" + bytes(range(256)) * 40,
        NO_WORKBOOK,
    ),
    Case(
        "OpenDocument",
        lambda: zipped(
            **{
                "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": b"<x/>",
            }
        ),
        NO_WORKBOOK,
    ),
    Case("a workbook with a password, or XLS", lambda: OLE, OLD),
    Case("PDF", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"\x00" * 100, NEITHER),
]
