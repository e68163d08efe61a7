"""Price lists of any shape: rows and what their columns mean in, checked prices out."""

import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.formatting.countries import country_code
from locations.models import CarrierType, Channel
from locations.rate_cards.columns import BOTH, PRICES, Columns, Role, Rule
from locations.rate_cards.parsing import OPTIONAL, Problem, RateLine, checked
from locations.spreadsheets import Limits, rows_of

LIMITS = Limits(
    unpacked_bytes=32 * 1024 * 1024,
    parts=500,
    tags=200_000,
    text_tags=200_000,  # 50,000 different texts
    rows=100_000,
    columns=60,
)
LOOKED_AT = 60  # rows that a guess and its reader see
MOST_PROBLEMS = 1_000  # that are kept; of the rest the lines are counted
NO_PRICE = frozenset({"", "-", "–", "—", "n/a", "na"})  # in a column of a wide table
INCREMENTS = re.compile(r"([0-9]{1,4}) ?[/+:] ?([0-9]{1,4})")
# As spreadsheets and people write them; what is none of these is left for the check to name.
CHANNELS = {
    "sms": "text",
    "texts": "text",
    "call": "voice",
    "calls": "voice",
    "voice call": "voice",
}
CARRIER_TYPES = {
    "mob": "mobile",
    "cell": "mobile",
    "cellular": "mobile",
    "gsm": "mobile",
    "fixed": "landline",
    "fix": "landline",
    "fixed line": "landline",
    "fixed-line": "landline",
    "land line": "landline",
    "geographic": "landline",
}

Watch = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """The prices of a table, and the first of what is wrong with it.

    `problem_count` counts the lines with something wrong, however much that is.
    """

    lines: list[RateLine]
    problems: list[Problem]
    problem_count: int
    rows: int


def first_rows(content: bytes) -> list[tuple[int, list[str]]]:
    """The first rows with anything in them, to tell the columns by. Raises Unreadable."""
    filled = (row for row in rows_of(content, LIMITS) if any(cell.strip() for cell in row[1]))
    return list(islice(filled, LOOKED_AT))


def read_table(content: bytes, columns: Columns, *, watch: Watch = lambda rows: None) -> Found:
    """Every price below the headings. `watch` hears of the rows as they are read.

    Where a destination has several prices the rule of `columns` makes one of them; without a
    rule the second one is a problem. Raises Unreadable.
    """
    read: list[tuple[RateLine, str]] = []
    problems: list[Problem] = []
    bad_lines: set[int] = set()
    rows = 0
    for line, cells in rows_of(content, LIMITS, formulas=True):
        if line <= columns.heading_line or not any(cell.strip() for cell in cells):
            continue
        rows += 1
        watch(rows)
        wrong: dict[str, None] = {}  # each once, however many prices of the row it stops
        # Of a line that is only counted one reason is enough: words take the most time of all.
        most = 1 if len(problems) >= MOST_PROBLEMS else None
        for price, reasons, operator in _prices(line, cells, columns, most):
            if price is not None:
                read.append((price, operator))
            wrong |= dict.fromkeys(reasons)
        if wrong:
            bad_lines.add(line)
            problems += [Problem(line, reason) for reason in wrong]
            del problems[MOST_PROBLEMS:]
    lines, twice = _merged(read, columns.rule)
    bad_lines |= {problem.line for problem in twice}
    # As the file has them: a second price stands where it is, not at the end.
    problems = sorted([*problems, *twice], key=lambda problem: problem.line)[:MOST_PROBLEMS]
    return Found(lines, problems, len(bad_lines), rows)


def merged_words(line: RateLine, rule: str) -> str:
    """How one price came out of several: median of 4 prices, 3 to 9."""
    if line.merged == 1:
        return ""
    words = (
        ngettext("dearest of %(count)s price, %(from)s to %(to)s",
                 "dearest of %(count)s prices, %(from)s to %(to)s", line.merged)
        if rule == Rule.DEAREST
        else ngettext("median of %(count)s price, %(from)s to %(to)s",
                      "median of %(count)s prices, %(from)s to %(to)s", line.merged)
    )  # fmt: skip
    return words % {"count": line.merged, "from": line.lowest, "to": line.highest}


# --- One row ----------------------------------------------------------------------------------


def _prices(
    line: int, cells: Sequence[str], columns: Columns, most: int | None
) -> Iterator[tuple[RateLine | None, list[str], str]]:
    """Each price of a row, or why it is none (`most` reasons), and whose it is."""
    given = {role: cell.strip() for role, cell in zip(columns.roles, cells, strict=False) if role}
    formulas = [role for role, cell in given.items() if cell.startswith("=")]
    if formulas:
        names = ", ".join(str(Role(role).label) for role in formulas)
        yield None, [_("%s is a formula: save the file with its values.") % names], ""
        return
    row = {
        "country": _country(given.get(Role.COUNTRY, "")),
        "prefix": re.sub(r"^\+|[ \u00a0-]", "", given.get(Role.PREFIX, "")),
    }
    channel = _word(given.get(Role.CHANNEL, ""), CHANNELS) or columns.channel
    carrier = _word(given.get(Role.CARRIER_TYPE, ""), CARRIER_TYPES) or columns.carrier_type
    seconds = _seconds(given)
    of_row = [role for role in PRICES if role in given or role in columns.roles]
    is_wide = len(of_row) > 1
    for role in of_row:
        credits = given.get(role, "")
        if is_wide and credits.casefold() in NO_PRICE:
            continue
        price_channel = PRICES[role][0] or channel
        price_carrier = PRICES[role][1] or carrier
        kinds = CarrierType.values if price_carrier == BOTH else [price_carrier]
        # A wide row has one pair of increments for its calls; they say nothing of its texts.
        steps = {} if is_wide and price_channel == Channel.TEXT else seconds
        for kind in kinds:
            price, reasons = checked(
                line,
                row | steps | {"channel": price_channel, "carrier_type": kind, "credits": credits},
                most=most,
            )
            yield price, reasons, given.get(Role.OPERATOR, "")


def _country(cell: str) -> str:
    """The code of what stands there; what is no country stays, for the check to name it."""
    return country_code(cell) or cell


def _word(cell: str, others: dict[str, str]) -> str:
    plain = cell.casefold()
    return others.get(plain, plain)


def _seconds(given: dict[str, str]) -> dict[str, str]:
    pair = INCREMENTS.fullmatch(given.get(Role.INCREMENTS, ""))
    if pair:
        return dict(zip(OPTIONAL, pair.groups(), strict=True))
    if given.get(Role.INCREMENTS):
        return dict.fromkeys(OPTIONAL, given[Role.INCREMENTS])
    return {name: given.get(name, "") for name in OPTIONAL}


# --- Several prices for one destination -------------------------------------------------------


def _merged(
    read: Sequence[tuple[RateLine, str]], rule: str
) -> tuple[list[RateLine], list[Problem]]:
    """One line for each destination, in the order of the file."""
    by_destination: dict[tuple[str, str, str, str], list[RateLine]] = {}
    for line, _operator in read:
        by_destination.setdefault(line.destination, []).append(line)
    if rule:
        return [_one_of(lines, rule) for lines in by_destination.values()], []
    problems = [
        Problem(
            later.line,
            _("prices the same destination as line %(first)s does: choose a rule for several.")
            % {"first": lines[0].line},
        )
        for lines in by_destination.values()
        for later in lines[1:]
    ]
    return [lines[0] for lines in by_destination.values()], problems


def _one_of(lines: Sequence[RateLine], rule: str) -> RateLine:
    if len(lines) == 1:
        return lines[0]
    credits = [line.credits for line in lines]
    dearest = max(lines, key=lambda line: line.credits)
    taken = dearest.credits if rule == Rule.DEAREST else -int(-statistics.median(credits) // 1)
    return replace(
        dearest,
        line=lines[0].line,
        credits=taken,
        # Of several increments the longest, so that no call is billed for less than one says.
        first_seconds=max(line.first_seconds for line in lines),
        following_seconds=max(line.following_seconds for line in lines),
        merged=len(lines),
        lowest=min(credits),
        highest=max(credits),
    )
