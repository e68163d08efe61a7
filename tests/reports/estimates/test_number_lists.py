"""Numbers as people write them, out of text and files."""

import csv
import io
import time
import zipfile
from typing import Any

import openpyxl
import pytest

from locations.spreadsheets import Unreadable
from reports.estimates import number_lists
from reports.estimates.number_files import NoSuchColumn, parse_upload
from reports.estimates.number_lists import SCREEN_LIMITS, Fault, TooManyNumbers, e164, parse_pasted


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("+447400123456", "+447400123456"),
        (" +44 7400 123456 ", "+447400123456"),
        ("+44 (0)7400 123-456", "+447400123456"),
        ("+44 (0) 7400.123.456", "+447400123456"),
        ("(+44) 7400/123456", "+447400123456"),
        ("0044 7400 123456", "+447400123456"),
        ("011 44 7400 123456", "+447400123456"),
        ("tel:+44-7400-123456", "+447400123456"),
        ("+39 (0)6 1234 5678", "+390612345678"),
        ("+44\u00a07400\u202f123456", "+447400123456"),
        ("\u200e+44 7400\u2011123456\u202c", "+447400123456"),
        ("＋４４７４００１２３４５６", "+447400123456"),
        ("+٤٤٧٤٠٠١٢٣٤٥٦", "+447400123456"),
        ("'+447400123456", "+447400123456"),
        ("+33", "+33"),  # whether it can exist is said by the rating
    ],
)
def test_any_usual_formatting_is_made_e164(written: str, phone: str) -> None:
    assert e164(written) == phone


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("07400 123456", Fault.NO_COUNTRY_CODE),
        ("447400123456", Fault.NO_COUNTRY_CODE),
        ("(201) 555-0123", Fault.NO_COUNTRY_CODE),
        ("Ana", Fault.NO_NUMBER),
        ("4.474E+11", Fault.NO_NUMBER),
        ("+44 7400 123456 x12", Fault.NO_NUMBER),
        ("+", Fault.NO_NUMBER),
        ("1234", Fault.NO_NUMBER),
        ("=HYPERLINK(1)", Fault.NO_NUMBER),
        ("+44\x007400123456", Fault.NO_NUMBER),
        ("+1" * 20, Fault.NO_NUMBER),
        ("\ud800", Fault.NO_NUMBER),
    ],
)
def test_what_is_no_number_says_why(written: str, fault: Fault) -> None:
    assert e164(written) == fault


def test_who_says_so_may_leave_the_plus_out() -> None:
    assert e164("447400123456", without_plus=True) == "+447400123456"
    assert e164("07400123456", without_plus=True) == Fault.NO_COUNTRY_CODE
    assert e164("+447400123456", without_plus=True) == "+447400123456"


def test_pasted_text_is_cut_at_lines_commas_and_semicolons() -> None:
    found = parse_pasted(
        "+1 201 555 0123, +44 7400 123456;+33612345678\r\n\r\nAna\t+522221234567\nBob\n12"
    )
    assert [(each.line, each.phone) for each in found.numbers] == [
        (1, "+12015550123"),
        (1, "+447400123456"),
        (1, "+33612345678"),
        (3, "+522221234567"),
    ]
    assert [(each.line, each.written) for each in found.unread] == [(4, "Bob"), (5, "12")]
    assert parse_pasted("+33612345678\n+33 6 12 34 56 78").repeated == 1


def test_a_list_has_as_many_numbers_as_a_broadcast() -> None:
    assert len(parse_pasted("+33612345678\n" * 10_000).numbers) == 10_000
    with pytest.raises(TooManyNumbers):
        parse_pasted("+33612345678\n" * 10_001)
    with pytest.raises(TooManyNumbers):
        parse_pasted("x\n" * 100_000)


# --- Files ------------------------------------------------------------------------------------


def of_text(text: str, encoding: str = "utf-8", **options: Any) -> number_lists.NumberList:
    return parse_upload(io.BytesIO(text.encode(encoding)), **options)


def workbook(*rows: tuple[Any, ...], **cells: Any) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    book.active.sheet_properties.tabColor = "FF0000"
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_of_any_spreadsheet_is_read(delimiter: str, encoding: str) -> None:
    out = io.StringIO()
    rows = [["Vorname", "Teléfono"], ["Bjørn", "+44 7400 123456"], ["Zoë", "nein"]]
    csv.writer(out, delimiter=delimiter).writerows(rows)
    found = of_text(out.getvalue(), encoding)
    assert [(each.line, each.phone) for each in found.numbers] == [(2, "+447400123456")]
    assert [(each.line, each.written) for each in found.unread] == [(3, "nein")]
    assert found.column == "Teléfono"


def test_the_column_with_the_most_numbers_is_taken_unless_one_is_named() -> None:
    text = "id,Home,Mobile\n1,+33123456789,+33612345678\n2,,+33612345679\n"
    found = of_text(text)
    assert (found.column, found.headings) == ("Mobile", ["id", "Home", "Mobile"])
    assert [each.phone for each in of_text(text, column="home ").numbers] == ["+33123456789"]
    with pytest.raises(NoSuchColumn, match="no column “Fax”") as none:
        of_text(text, column="Fax")
    assert none.value.headings == ["id", "Home", "Mobile"]
    tie = "Ext,Phone\n+33123456789,+33612345678\n"
    assert of_text(tie).column == "Phone"


def test_a_file_without_headings_is_read_from_its_first_line() -> None:
    found = of_text("Ana,+33612345678\nBob,+33612345679\n")
    assert [each.line for each in found.numbers] == [1, 2]
    assert found.column == "Column B"
    assert [each.line for each in of_text("+33612345678\n").numbers] == [1]


def test_lines_are_those_of_the_file() -> None:
    found = of_text('sep=;\nName;Phone\n"two\nlines";+33612345678\n\nBob;x\n')
    assert [each.line for each in found.numbers] == [3]
    assert [(each.line, each.written) for each in found.unread] == [(6, "x")]


def test_a_workbook_is_read_with_numbers_that_lost_their_plus() -> None:
    file = workbook(("Name", "Phone"), ("Ana", 447400123456), (None, None), ("Bob", "+33612345678"))
    found = parse_upload(file, without_plus=True)
    assert [(each.line, each.phone) for each in found.numbers] == [
        (2, "+447400123456"),
        (4, "+33612345678"),
    ]
    file.seek(0)
    assert [each.fault for each in parse_upload(file).unread] == [Fault.NO_COUNTRY_CODE]


def test_formulas_and_merged_cells_are_no_numbers() -> None:
    book = openpyxl.Workbook()
    for row in (("Phone",), ("+33612345678",), ("=A2",), ("+33612345679",), (None,)):
        book.active.append(row)
    book.active.merge_cells("A4:C6")
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    assert [each.phone for each in parse_upload(file).numbers] == ["+33612345678", "+33612345679"]


def test_a_cell_at_the_far_corner_costs_no_memory_to_speak_of() -> None:
    file = workbook(("Phone",), ("+33612345678",), XFD1048576="x")
    begun = time.process_time()
    assert len(parse_upload(file).numbers) == 1
    assert time.process_time() - begun < 20


def zipped(**parts: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (io.BytesIO(b""), "empty"),
        (io.BytesIO(b" \n , \n"), "empty"),
        (io.BytesIO(b"\xd0\xcf\x11\xe0\x00\x00"), "neither a CSV file nor an Excel workbook"),
        (io.BytesIO(b"PK\x03\x04 no zip"), "cannot be read"),
        (zipped(a=b"x"), "cannot be read"),
        (zipped(a=b"0" * 50_000_000), "too large"),
        (zipped(**{f"part{n}": b"" for n in range(600)}), "too large"),
        (io.BytesIO(b"x" * (5 * 2**20 + 1)), "larger than 5 MB"),
        (io.BytesIO(b'Phone\n"' + b"1" * 200_000), "Line 2 cannot be read"),
        (io.BytesIO(b"a" + b",a" * 200), "more than 100 columns"),
    ],
)
def test_what_is_no_table_is_refused_in_words(file: io.BytesIO, said: str) -> None:
    file.seek(0)
    with pytest.raises(Unreadable, match=said):
        parse_upload(file)


def test_a_hundred_thousand_lines_are_too_many_and_said_soon() -> None:
    text = "Phone\n" + "".join(f"+336{n:08}\n" for n in range(100_000))
    begun = time.process_time()
    with pytest.raises(TooManyNumbers):
        of_text(text)
    rows = [("Phone",), *((f"+336{n:08}",) for n in range(20_000))]
    with pytest.raises(TooManyNumbers):
        parse_upload(workbook(*rows))
    assert time.process_time() - begun < 20


def test_rows_without_numbers_end_too() -> None:
    rows = [
        ("Phone", "x"),
        ("+33612345678", "x"),
        *(("", "x") for _ in range(SCREEN_LIMITS.lines)),
    ]
    with pytest.raises(TooManyNumbers):
        parse_upload(workbook(*rows))
