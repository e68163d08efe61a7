"""How the files are made that people upload, the hostile ones too."""

import io
import struct
import zipfile
import zlib
from typing import Any

import openpyxl

from reports.estimates.number_lists import MB

PHONE = "+447400123456"
SHEET = "xl/worksheets/sheet1.xml"
NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="xl/workbook.xml" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook {NAMES} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/sharedStrings.xml": f"<sst {NAMES}/>",
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>'
    ),
}


def text(content: str, encoding: str = "utf-8") -> bytes:
    return content.encode(encoding)


def book(*rows: tuple[Any, ...], merged: str = "", **cells: Any) -> bytes:
    made = openpyxl.Workbook()
    sheet: Any = made.active
    for row in rows:
        sheet.append(row)
    for place, value in cells.items():
        sheet[place] = value
    if merged:
        sheet.merge_cells(merged)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def packed(sheet: str = "", *, spaces_mb: int = 0, **parts: str | bytes) -> bytes:
    """A workbook by hand: what no spreadsheet would write, or not as quickly."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as into:
        for name, content in (PARTS | parts).items():
            into.writestr(name, content)
        with into.open(SHEET, "w") as part:
            part.write(sheet.encode())
            for _ in range(spaces_mb):
                part.write(b" " * MB)
    return file.getvalue()


def rows_of(cells: list[str]) -> str:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{cell}</t></is></c>'
        f'<c r="B{n}" t="inlineStr"><is><t>Somebody</t></is></c></row>'
        for n, cell in enumerate(cells, 1)
    )
    return f"<worksheet {NAMES}><sheetData>{rows}</sheetData></worksheet>"


def numbers(count: int) -> list[str]:
    return [f"+336{n:08}" for n in range(count)]


def long_csv(count: int) -> bytes:
    return "".join(f"{n};Somebody\r\n" for n in ["Phone", *numbers(count)]).encode()


def lying_bomb() -> bytes:
    """Its directory says that the sheet has a hundred bytes; it has 200 MB."""
    content = bytearray(packed(rows_of([PHONE]), spaces_mb=200))
    entry = content.rfind(SHEET.encode()) - 46  # in the central directory
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + 24 : entry + 28] = struct.pack("<I", 100)
    return bytes(content)


def lying_texts() -> bytes:
    """200 MB of shared texts that state a hundred bytes, and the checksum of those."""
    name = "xl/sharedStrings.xml"
    content = bytearray(packed(rows_of([PHONE]), **{name: b" " * (200 * MB)}))
    entry = content.rfind(name.encode()) - 46  # in the central directory
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + 16 : entry + 20] = struct.pack("<I", zlib.crc32(b" " * 100))
    content[entry + 24 : entry + 28] = struct.pack("<I", 100)
    return bytes(content)


def many_styles() -> bytes:
    styles = f"<styleSheet {NAMES}><cellXfs>{'<xf/>' * 2_000_000}</cellXfs></styleSheet>"
    return packed(rows_of([PHONE]), **{"xl/styles.xml": styles})


def laughs() -> bytes:
    entities = '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    return packed(f"<!DOCTYPE x [{entities}]><worksheet {NAMES}>&a9;</worksheet>")


def far_corner(column: str) -> bytes:
    rows = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{PHONE}</t></is></c></row>'
    rows += f'<row r="1048576"><c r="{column}1048576"><v>1</v></c></row>'
    return packed(f"<worksheet {NAMES}><sheetData>{rows}</sheetData></worksheet>")


def many_strings(count: int = 1_000_000) -> bytes:
    shared = "".join(f"<si><t>Somebody number {n}, of a long name</t></si>" for n in range(count))
    return packed(rows_of([PHONE]), **{"xl/sharedStrings.xml": f"<sst {NAMES}>{shared}</sst>"})


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in parts.items():
            into.writestr(name, content)
    return file.getvalue()
