"""Price lists of other people: any columns, names of countries, several prices for one place."""

import io
from typing import Any

import openpyxl
import pytest

from locations.formatting.countries import country_code, country_name
from locations.rate_cards import exports
from locations.rate_cards.columns import BOTH, ColumnMapping, MergeRule, guess_columns
from locations.rate_cards.comparison import ChangeKind, compare_rates
from locations.rate_cards.importing import ParsedTable, describe_merge, parse_table, read_sample
from locations.rate_cards.parsing import parse_csv
from tests.factories import make_card

LONG = "country,carrier_type,channel,prefix,credits,first_seconds,following_seconds\n"


def read(content: str | bytes, **changed: Any) -> ParsedTable:
    data = content if isinstance(content, bytes) else content.encode()
    columns = guess_columns(read_sample(data)).to_json() | changed
    return parse_table(data, ColumnMapping.from_json(columns))


def prices(found: ParsedTable) -> list[tuple[Any, ...]]:
    assert found.problems == []
    return [(*line.destination, line.credits) for line in found.prices]


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("MX", "MX"),
        ("mx", "MX"),
        ("MEX", "MX"),
        ("Mexico", "MX"),
        (" MÉXICO ", "MX"),
        ("Korea, Republic of", "KR"),
        ("Korea, South", "KR"),
        ("South Korea", "KR"),
        ("Congo, Democratic Republic of the", "CD"),
        ("Congo", "CG"),
        ("St Lucia", "LC"),
        ("Saint Lucia", "LC"),
        ("Cote d'Ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("Trinidad and Tobago", "TT"),
        ("The Gambia", "GM"),
        ("Bahamas, The", "BS"),
        ("Viet Nam", "VN"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Macau", "MO"),
        ("Hong Kong", "HK"),
        ("USA", "US"),
        ("UK", "GB"),
        ("Satellite", "001"),
        ("001", "001"),
        ("XK", "XK"),
        ("Atlantis", ""),
        ("", ""),
        ("33", ""),
        ("AQ", ""),
    ],
)
def test_country_has_codes_and_english_names(name: str, code: str) -> None:
    assert country_code(name) == code


def test_every_country_of_the_metadata_is_found_by_its_name() -> None:
    import phonenumbers

    codes = sorted(phonenumbers.SUPPORTED_REGIONS)
    assert [country_code(country_name(code)) for code in codes] == codes


def test_the_import_format_needs_no_answers() -> None:
    columns = guess_columns(read_sample((LONG + "MX,mobile,text,,7,,\n").encode()))
    assert list(columns.find_problems()) == []
    assert columns.roles == tuple(LONG.strip().split(","))


def test_one_country_a_row_gives_a_price_for_each_column() -> None:
    text = "Country;SMS mobile;SMS landline;Voice mobile;Voice landline\nMexico;7;-;12;\nGB;5;6;1;2"
    assert prices(read(text)) == [
        ("MX", "mobile", "text", "", 7),
        ("MX", "mobile", "voice", "", 12),
        ("GB", "mobile", "text", "", 5),
        ("GB", "landline", "text", "", 6),
        ("GB", "mobile", "voice", "", 1),
        ("GB", "landline", "voice", "", 2),
    ]


def test_a_price_for_mobile_and_landline_alike_becomes_two() -> None:
    found = read("Country,Rate\nMexico,7\n", channel="voice", carrier_type="both")
    assert prices(found) == [("MX", "mobile", "voice", "", 7), ("MX", "landline", "voice", "", 7)]


def test_prefixes_and_increments_are_parsed() -> None:
    text = "Country,Prefix,Mobile calls,Landline calls,Increments\nMexico,+52 22,12,4,30/6\n"
    found = read(text)
    assert prices(found) == [
        ("MX", "mobile", "voice", "5222", 12),
        ("MX", "landline", "voice", "5222", 4),
    ]
    assert {(line.first_seconds, line.following_seconds) for line in found.prices} == {(30, 6)}


def test_the_column_of_countries_is_the_one_that_can_be_read() -> None:
    text = (
        "Country code,Country,Type,Channel,Credits\n"
        "52,Mexico,Mobile,SMS,7\n"
        "33,France,Fixed,Call,6\n"
    )
    assert guess_columns(read_sample(text.encode())).roles[:2] == ("", "country")
    assert prices(read(text)) == [
        ("MX", "mobile", "text", "", 7),
        ("FR", "landline", "voice", "", 6),
    ]


def test_titles_above_the_headings_are_no_prices() -> None:
    rows = (
        ("Price list 2027",),
        (None,),
        ("ISO", "Network", "Type", "Channel", "Credits"),
        ("MX", "Telcel", "mobile", "text", 7.0),
    )
    assert guess_columns(read_sample(workbook(*rows))).heading_line == 3
    assert prices(read(workbook(*rows))) == [("MX", "mobile", "text", "", 7)]


@pytest.mark.parametrize(
    ("rule", "credits", "words"),
    [
        (MergeRule.DEAREST, 9, "dearest of 4 prices, 3 to 9"),
        (MergeRule.MEDIAN, 6, "median of 4 prices, 3 to 9"),
    ],
)
def test_several_prices_become_one_by_the_rule(rule: MergeRule, credits: int, words: str) -> None:
    text = LONG + "".join(
        f"MX,mobile,voice,,{price},{step},{step}\n"
        for price, step in ((3, 60), (9, 1), (5, 1), (6, 1))
    )
    (line,) = read(text, rule=rule).prices
    assert (line.credits, line.first_seconds, describe_merge(line, rule)) == (credits, 60, words)


def test_without_a_rule_a_second_price_is_a_problem() -> None:
    found = read(LONG + "MX,mobile,text,,7,,\nFR,mobile,text,,7,,\nMX,mobile,text,,8,,\n")
    assert [str(problem) for problem in found.problems] == [
        "Line 4: prices the same destination as line 2 does: choose a rule for several."
    ]


def test_formulas_and_wrong_types_are_problems() -> None:
    content = workbook(
        ("country", "carrier_type", "channel", "credits"),
        ("MX", "mobile", "text", "=1+1"),
        ("MX", "mobile", "text", True),
        ("MX", "mobile", "text", 7.5),
        ("MX", "mobile", "text", None),
        ("Atlantis", "mobile", "text", 1),
    )
    found = read(content)
    assert found.prices == []
    assert [str(problem) for problem in found.problems] == [
        "Line 2: Credits is a formula: save the file with its values.",
        "Line 3: credits 'True' is no whole number from 0 to 1,000,000.",
        "Line 4: credits '7.5' is no whole number from 0 to 1,000,000.",
        "Line 5: credits '' is no whole number from 0 to 1,000,000.",
        "Line 6: country 'Atlantis' is no ISO 3166-1 code of two capital letters, nor 001 for "
        "satellite networks.",
    ]


def test_first_problems_are_returned_and_all_bad_lines_counted() -> None:
    found = read(LONG + "Q,mobile,text,,7,,\n" * 1500)
    assert (len(found.problems), found.bad_line_count) == (1000, 1500)


def test_line_with_many_problems_counts_once_and_repeats_no_reason() -> None:
    found = read("country,channel,credits\nQ,fax,x\nMX,text,7\n", carrier_type=BOTH)
    assert [problem.line for problem in found.problems] == [2, 2, 2]
    assert len({problem.reason for problem in found.problems}) == 3
    assert (len(found.prices), found.bad_line_count) == (2, 1)


@pytest.mark.django_db
def test_a_card_comes_back_from_its_own_files() -> None:
    calls = {"carrier_type": "mobile", "channel": "voice", "credits": 9}
    card = make_card(
        prefixes=[
            calls | {"country": "FR", "prefix": "336", "first_seconds": 30, "following_seconds": 6},
            calls | {"country": "001", "prefix": "8816"},
        ]
    )
    as_csv, as_xlsx = exports.as_csv(card), exports.as_xlsx(card)
    for lines in (
        read(as_csv).prices,
        read(as_xlsx).prices,
        parse_csv(io.BytesIO(as_csv)),
    ):
        changes = compare_rates(lines, card)
        assert [change.kind for change in changes] == [ChangeKind.UNCHANGED] * card.rates.count()
