import re

MAX_TEXT_UNITS = 32_767  # UTF-16 units
CUT = "… (cut)"

# What XML or Excel cannot hold, other control characters, and the marks that openpyxl drops.
UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# A text that a program may take for a formula. +49151234567 stays as it is: as a formula it
# would do no harm, and a column of quoted cells costs a quarter of the build.
FORMULA_LIKE = re.compile(r"[=@\-\t\n]|\+(?!\d+\Z)")
# What openpyxl writes with the cell type "error", whatever follows.
ERROR_LIKE = re.compile(r"#[A-Z0-9/]+[!?]?\Z")
# Excel reads _x0041_ in a text as the character A. It reads each run of a text on its own, so
# that a text which is split between _ and x shows as it is written, in every reader.
ESCAPE_LIKE = re.compile(r"(?<=_)(?=x[0-9A-Fa-f]{4}_)")


def clean_text(text: str) -> str:
    """The text as a cell can hold it: what it cannot shows as U+FFFD, and a cut as … (cut)."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if UNSHOWABLE.search(text):
        text = UNSHOWABLE.sub("\ufffd", text)
    if len(text) > MAX_TEXT_UNITS // 2 and _units(text) > MAX_TEXT_UNITS:
        text = _cut(text, MAX_TEXT_UNITS - _units(CUT)) + CUT
    return text


def split_runs(text: str) -> list[str]:
    return ESCAPE_LIKE.split(text) if "_x" in text else [text]


def is_harmless(text: str) -> bool:
    """Whether every program takes a clean text of one run for text."""
    return not FORMULA_LIKE.match(text) and not ERROR_LIKE.match(text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, units: int) -> str:
    # A character beyond U+FFFF takes two units; half of one is dropped.
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
