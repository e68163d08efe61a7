import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.formatting.countries import country_code
from locations.models import CarrierType, Channel
from locations.rate_cards.columns import BOTH, PRICES, ColumnMapping, ColumnRole, MergeRule
from locations.rate_cards.parsing import OPTIONAL_COLUMNS, RateRow, RowProblem, parse_price
from locations.spreadsheets import TableLimits, read_rows

LIMITS = TableLimits(
    unpacked_bytes=32 * 1024 * 1024,
    parts=500,
    tags=200_000,
    text_tags=200_000,  # 50,000 different texts
    rows=100_000,
    columns=60,
)
SAMPLE_ROWS = 60  # for guessing the columns and for their page
MAX_PROBLEMS = 1_000  # with a message; further bad lines are counted
NO_PRICE = frozenset({"", "-", "–", "—", "n/a", "na"})  # in a column of a wide table
INCREMENTS = re.compile(r"([0-9]{1,4}) ?[/+:] ?([0-9]{1,4})")
# Other spellings; the check reports what is none of these.
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

ProgressCallback = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ParsedTable:
    prices: list[RateRow]
    problems: list[RowProblem]
    bad_line_count: int
    row_count: int


def read_sample(content: bytes) -> list[tuple[int, list[str]]]:
    filled = (row for row in read_rows(content, LIMITS) if any(cell.strip() for cell in row[1]))
    return list(islice(filled, SAMPLE_ROWS))


def parse_table(
    content: bytes, columns: ColumnMapping, *, on_row: ProgressCallback = lambda count: None
) -> ParsedTable:
    """Parse the rows below the headings; `on_row` gets the number of rows so far.

    Several prices for one destination are merged by the rule of `columns`; without a rule the
    second one is a problem. Raises Unreadable.
    """
    prices: list[RateRow] = []
    problems: list[RowProblem] = []
    bad_lines: set[int] = set()
    row_count = 0
    for line, cells in read_rows(content, LIMITS, formulas=True):
        if line <= columns.heading_line or not any(cell.strip() for cell in cells):
            continue
        row_count += 1
        on_row(row_count)
        row_reasons: dict[str, None] = {}  # in order, each once
        # One reason is enough for a line that is only counted: formatting them takes most time.
        max_reasons = 1 if len(problems) >= MAX_PROBLEMS else None
        for price, reasons in _parse_row(line, cells, columns, max_reasons):
            if price is not None:
                prices.append(price)
            row_reasons |= dict.fromkeys(reasons)
        if row_reasons:
            bad_lines.add(line)
            problems += [RowProblem(line, reason) for reason in row_reasons]
            del problems[MAX_PROBLEMS:]
    merged, repeated = _merge(prices, columns.rule)
    bad_lines |= {problem.line for problem in repeated}
    problems = sorted([*problems, *repeated], key=lambda problem: problem.line)[:MAX_PROBLEMS]
    return ParsedTable(merged, problems, len(bad_lines), row_count)


def describe_merge(row: RateRow, rule: str) -> str:
    if row.merged == 1:
        return ""
    message = (
        ngettext("dearest of %(count)s price, %(from)s to %(to)s",
                 "dearest of %(count)s prices, %(from)s to %(to)s", row.merged)
        if rule == MergeRule.DEAREST
        else ngettext("median of %(count)s price, %(from)s to %(to)s",
                      "median of %(count)s prices, %(from)s to %(to)s", row.merged)
    )  # fmt: skip
    return message % {"count": row.merged, "from": row.lowest, "to": row.highest}


def _parse_row(
    line: int, cells: Sequence[str], columns: ColumnMapping, max_reasons: int | None
) -> Iterator[tuple[RateRow | None, list[str]]]:
    by_role = {role: cell.strip() for role, cell in zip(columns.roles, cells, strict=False) if role}
    formulas = [role for role, cell in by_role.items() if cell.startswith("=")]
    if formulas:
        names = ", ".join(str(ColumnRole(role).label) for role in formulas)
        yield None, [_("%s is a formula: save the file with its values.") % names]
        return
    country = by_role.get(ColumnRole.COUNTRY, "")
    row = {
        "country": country_code(country) or country,  # the check reports what is no country
        "prefix": re.sub(r"^\+|[ \u00a0-]", "", by_role.get(ColumnRole.PREFIX, "")),
    }
    channel = _normalize_choice(by_role.get(ColumnRole.CHANNEL, ""), CHANNELS) or columns.channel
    carrier = (
        _normalize_choice(by_role.get(ColumnRole.CARRIER_TYPE, ""), CARRIER_TYPES)
        or columns.carrier_type
    )
    increments = _parse_increments(by_role)
    price_roles = [role for role in PRICES if role in columns.roles]
    is_wide = len(price_roles) > 1
    for role in price_roles:
        credits = by_role.get(role, "")
        if is_wide and credits.casefold() in NO_PRICE:
            continue
        price_channel = PRICES[role][0] or channel
        price_carrier = PRICES[role][1] or carrier
        kinds = CarrierType.values if price_carrier == BOTH else [price_carrier]
        # The increments of a wide row are for its calls.
        seconds = {} if is_wide and price_channel == Channel.TEXT else increments
        for kind in kinds:
            values = {"channel": price_channel, "carrier_type": kind, "credits": credits}
            yield parse_price(line, row | seconds | values, max_reasons=max_reasons)


def _normalize_choice(cell: str, aliases: dict[str, str]) -> str:
    text = cell.casefold()
    return aliases.get(text, text)


def _parse_increments(by_role: dict[str, str]) -> dict[str, str]:
    pair = INCREMENTS.fullmatch(by_role.get(ColumnRole.INCREMENTS, ""))
    if pair:
        return dict(zip(OPTIONAL_COLUMNS, pair.groups(), strict=True))
    if by_role.get(ColumnRole.INCREMENTS):
        return dict.fromkeys(OPTIONAL_COLUMNS, by_role[ColumnRole.INCREMENTS])
    return {name: by_role.get(name, "") for name in OPTIONAL_COLUMNS}


def _merge(prices: Sequence[RateRow], rule: str) -> tuple[list[RateRow], list[RowProblem]]:
    by_destination: dict[tuple[str, str, str, str], list[RateRow]] = {}
    for price in prices:
        by_destination.setdefault(price.destination, []).append(price)
    if rule:
        return [_merge_prices(rows, rule) for rows in by_destination.values()], []
    problems = [
        RowProblem(
            later.line,
            _("prices the same destination as line %(first)s does: choose a rule for several.")
            % {"first": rows[0].line},
        )
        for rows in by_destination.values()
        for later in rows[1:]
    ]
    return [rows[0] for rows in by_destination.values()], problems


def _merge_prices(rows: Sequence[RateRow], rule: str) -> RateRow:
    if len(rows) == 1:
        return rows[0]
    credits = [row.credits for row in rows]
    dearest = max(rows, key=lambda row: row.credits)
    price = dearest.credits if rule == MergeRule.DEAREST else -int(-statistics.median(credits) // 1)
    return replace(
        dearest,
        line=rows[0].line,
        credits=price,
        # The longest increments, so that no call is billed for less than one of the rows demands.
        first_seconds=max(row.first_seconds for row in rows),
        following_seconds=max(row.following_seconds for row in rows),
        merged=len(rows),
        lowest=min(credits),
        highest=max(credits),
    )
