"""Price lists that mean harm, or that somebody made by mistake: each as bytes, by name."""

import functools
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

import openpyxl

MOST_ROWS = 100_000  # as `locations.rate_cards.importing.LIMITS` has it

HEAD = b"country,carrier_type,channel,prefix,credits\n"
ROW = b"MX,mobile,text,,7\n"
SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
    b'main"><sheetData>%s</sheetData></worksheet>'
)
STRINGS = (
    b'<?xml version="1.0"?>%s<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"%s</sst>"
)
CELLS = ("country", "carrier_type", "channel", "credits")


def workbook(*rows: tuple[object, ...], **cells: object) -> bytes:
    book = openpyxl.Workbook()
    for row in (CELLS, *rows):
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(parts: dict[str, bytes], *, base: bytes | None = None) -> bytes:
    """A workbook with other parts than openpyxl gave it."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base or workbook(("MX", "mobile", "text", 7)))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part not in parts:
                new.writestr(part, old.read(part))
        for name, content in parts.items():
            new.writestr(name, content)
    return file.getvalue()


def sheet(rows: bytes) -> bytes:
    return changed({"xl/worksheets/sheet1.xml": SHEET % rows})


def shared(before: bytes, texts: bytes) -> bytes:
    """A workbook whose shared texts are these; openpyxl itself writes none."""
    kinds = "[Content_Types].xml"
    with zipfile.ZipFile(io.BytesIO(workbook())) as packed:
        listed = packed.read(kinds)
    override = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    strings = STRINGS % (before, texts)
    listed = listed.replace(b"</Types>", override)
    return changed({"xl/sharedStrings.xml": strings, kinds: listed})


@functools.cache
def zip_bomb(size: int) -> bytes:
    return changed({"xl/worksheets/sheet1.xml": b" " * size})


def lying_sizes(*, checksum_too: bool = False) -> bytes:
    """A zip whose directory says that its 400 MB are 100 bytes; perhaps with their checksum."""
    size = 400_000_000
    content = bytearray(zip_bomb(size))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.find(mark)
        while at >= 0:
            if struct.unpack_from("<I", content, at + offset)[0] == size:
                struct.pack_into("<I", content, at + offset, 100)
                if checksum_too:
                    struct.pack_into("<I", content, at + offset - 8, zlib.crc32(b" " * 100))
            at = content.find(mark, at + 4)
    return bytes(content)


def bomb_of_bombs() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", b"0" * 30_000_000)
    return changed({f"xl/embeddings/{n}.zip": inner.getvalue() for n in range(400)})


def billion_laughs() -> bytes:
    entities = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10)
    )
    return b"<!DOCTYPE x [" + entities + b"]>"


def external_entity() -> bytes:
    return b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'


def nested(depth: int) -> bytes:
    return b"<x>" * depth + b"</x>" * depth


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 30_000 + b"EncryptedPackage"


# What is refused, at the door or while it is read. The rest of the name says how.
REFUSED: dict[str, Callable[[], bytes]] = {
    "zip bomb, 400 MB": lambda: zip_bomb(400_000_000),
    "false sizes": lying_sizes,
    "false sizes and checksums": lambda: lying_sizes(checksum_too=True),
    "10,000 parts": lambda: changed({f"xl/media/{n}": b"" for n in range(10_000)}),
    "row of 4 million cells": lambda: sheet(b"<row>" + b"<c/>" * 4_000_000 + b"</row>"),
    "5 million styles": lambda: changed(
        {
            "xl/styles.xml": b"<styleSheet><cellXfs>"
            + b"<xf/>" * 5_000_000
            + b"</cellXfs></styleSheet>"
        }
    ),
    "2 million shared texts": lambda: shared(b"", b"<si><t>a</t></si>" * 1_800_000),
    "49,000 shared texts": lambda: shared(b"", b"<si><t>a</t></si>" * 49_000 + b"<x>"),
    "billion laughs": lambda: shared(billion_laughs(), b"<si><t>&l9;</t></si>"),
    "billion laughs in the sheet": lambda: changed(
        {"xl/worksheets/sheet1.xml": billion_laughs() + b"<worksheet>&l9;</worksheet>"}
    ),
    "an external entity": lambda: shared(external_entity(), b"<si><t>&f;</t></si>"),
    "nested 90,000 deep": lambda: sheet(b"<row>" + nested(90_000) + b"</row>"),
    "password": encrypted,
    "a picture named .xlsx": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 200,
    "a PDF named .csv": lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"\x00\x01obj" * 10_000,
    "a zip named .xlsx": lambda: changed({}, base=_zip()),
    "half a workbook": lambda: workbook(("MX", "mobile", "text", 7))[:3_000],
    "10 MB of commas": lambda: b"," * 10_000_000,
    "10 MB in one quote": lambda: HEAD + b'"' + b"x" * 10_000_000,
    "11 MB": lambda: HEAD + ROW * 600_000,
    "NULs": lambda: HEAD + b"MX,mobile\x00,text,,7\n",
    "nothing": lambda: b"",
    "a million rows": lambda: HEAD + b"MX,mobile,,,\n" * (MOST_ROWS + 1),
}
# What can be read; the lines that are no price are named.
READ: dict[str, tuple[Callable[[], bytes], int, int]] = {
    "zip bombs in unused parts": (bomb_of_bombs, 1, 0),  # nobody opens them
    "a cell at XFD1048576": (lambda: workbook(("MX", "mobile", "text", 7), XFD1048576="x"), 1, 0),
    "formulas": (lambda: workbook(("MX", "mobile", "text", "=6+1"), ("=A2", "", "", 1)), 0, 2),
    "wrong types": (
        lambda: workbook(("MX", "mobile", "text", True), ("FR", "mobile", "text", 7.5)),
        0,
        2,
    ),
    "external links": (
        lambda: changed({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
        1,
        0,
    ),
    "UTF-16": (lambda: (HEAD + ROW).decode().encode("utf-16"), 1, 0),
    "mixed ends of lines": (
        lambda: HEAD.replace(b"\n", b"\r\n") + ROW + b"FR,mobile,text,,6\rDE,mobile,text,,5\r\n",
        3,
        0,
    ),
    "100,000 bad lines": (lambda: HEAD + b"Q,?,?,?,?\n" * (MOST_ROWS - 1), 0, MOST_ROWS - 1),
    "spreadsheet commands": (lambda: HEAD + b"=cmd|' /C calc'!A0,mobile,text,,7\n", 0, 1),
}


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.txt", b"x")
    return file.getvalue()


def everything() -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield from REFUSED.items()
    for name, (make, _prices, _problems) in READ.items():
        yield name, make
