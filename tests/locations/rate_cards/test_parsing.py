"""Reading rate card files: a good one whole, and every bad line named."""

from io import BytesIO

import pytest

from locations.rate_cards.parsing import BadRateCard, RateRow, parse_csv
from tests.plugin import ROOT

HEADER = "country,carrier_type,channel,prefix,credits"
LONG = f"{HEADER},first_seconds,following_seconds"
REAL = ROOT / "reports" / "demo" / "rate_card.csv"


def read(text: str | bytes) -> list[RateRow]:
    return parse_csv(BytesIO(text if isinstance(text, bytes) else text.encode()))


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(BadRateCard) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_real_card_has_633_prices_of_229_countries_and_of_satellites():
    with REAL.open("rb") as file:
        lines = parse_csv(file)
    assert len(lines) == 633
    assert len({line.country for line in lines}) == 230
    assert lines[0] == RateRow(2, "AD", "mobile", "text", "", 2)
    assert lines[-1] == RateRow(634, "001", "mobile", "voice", "8818", 581)
    assert "XK" in {line.country for line in lines}


def test_columns_may_have_any_order_and_increments_are_parsed():
    assert read(
        "credits,first_seconds,channel,prefix,carrier_type,country,following_seconds\n"
        "12,30,voice,4477,mobile,GB,6\n"
        "12,,voice,,landline,GB,\n"
    ) == [
        RateRow(2, "GB", "mobile", "voice", "4477", 12, 30, 6),
        RateRow(3, "GB", "landline", "voice", "", 12, 60, 60),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{HEADER}\nAD,mobile,text,,2\n",
        f"{HEADER}\r\nAD,mobile,text,,2\r\n",
        f"{HEADER}\rAD,mobile,text,,2\r",
        f'{HEADER}\n\n"AD" ,mobile, text,,2'.replace('"AD" ', '"AD"'),
        f"{HEADER}\nAD,mobile,text,,2\n,,,,\n\n",
    ],
    ids=["byte order mark", "CRLF", "CR", "quotes and spaces", "empty lines at the end"],
)
def test_spreadsheet_variants_of_csv_are_parsed(text: str):
    (line,) = read(text)
    assert (line.country, line.channel, line.credits) == ("AD", "text", 2)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("QQ,mobile,text,,2", "country 'QQ' is no ISO 3166-1 code"),
        ("ad,mobile,text,,2", "country 'ad' is no ISO 3166-1 code"),
        ("AND,mobile,text,,2", "country 'AND' is no ISO 3166-1 code"),
        ("1,mobile,text,,2", "country '1' is no ISO 3166-1 code"),
        ("AD\x00,mobile,text,,2", r"country 'AD\x00' is no ISO 3166-1 code"),
        ("\ufeffAD,mobile,text,,2", r"country '\ufeffAD' is no ISO 3166-1 code"),
        ("АD,mobile,text,,2", "country 'АD' is no ISO 3166-1 code"),  # a Cyrillic A
        ("AD,Mobile,text,,2", "carrier_type 'Mobile' is neither mobile nor landline."),
        ("AD,,text,,2", "carrier_type '' is neither mobile nor landline."),
        ("AD,mobile,sms,,2", "channel 'sms' is neither text nor voice."),
        ("AD,mobile,text,+376,2", "prefix '+376' is not 1 to 15 digits"),
        ("AD,mobile,text,0376,2", "prefix '0376' is not 1 to 15 digits"),
        ("AD,mobile,text,３７６,2", "prefix '３７６' is not 1 to 15 digits"),
        ("AD,mobile,text,3761234567890123,2", "prefix '3761234567890123' is not 1 to 15 digits"),
        ("AD,mobile,text,44,2", "prefix 44 is not one of AD: no number of it begins like that."),
        ("001,mobile,voice,33,2", "prefix 33 is not one of 001: no number of it begins like that."),
        *(
            (f"AD,mobile,text,,{wrong}", f"credits {shown} is no whole number from 0 to 1,000,000.")
            for wrong, shown in [
                ("", "''"),
                ("1.0", "'1.0'"),
                ("+1", "'+1'"),
                ("-1", "'-1'"),
                ("1_000", "'1_000'"),
                ('"1,000"', "'1,000'"),
                ("１２３", "'１２３'"),
                ("1e3", "'1e3'"),
                ("02", "'02'"),
                ("nan", "'nan'"),
                ("1\u00a0", r"'1\xa0'"),
                ("1\t", r"'1\t'"),
                ("1000001", "'1000001'"),
                ("9" * 5000, "'" + "9" * 40 + "…'"),
            ]
        ),
        ("AD,mobile,text", "3 values, but 5 columns."),
        ("AD,mobile,text,,2,60", "6 values, but 5 columns."),
    ],
)
def test_bad_line_is_named_with_its_number_and_reason(line: str, reason: str):
    (problem,) = problems(f"{HEADER}\nAD,mobile,voice,,1\n{line}\nAE,mobile,text,,4\n")
    assert problem.startswith(f"Line 3: {reason}")


@pytest.mark.parametrize("credits", [0, 1_000_000])
def test_credits_at_the_bounds_are_valid(credits: int):
    assert read(f"{HEADER}\nAD,mobile,text,,{credits}\n")[0].credits == credits


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("text,,2,60,", "first_seconds is for calls: leave it empty for texts."),
        ("text,,2,,60", "following_seconds is for calls: leave it empty for texts."),
        ("voice,,2,0,60", "first_seconds '0' is no whole number from 1 to 3,600."),
        ("voice,,2,60,3601", "following_seconds '3601' is no whole number from 1 to 3,600."),
        ("voice,,2,6.0,6", "first_seconds '6.0' is no whole number from 1 to 3,600."),
    ],
)
def test_bad_increments_are_named(cells: str, reason: str):
    assert problems(f"{LONG}\nAD,mobile,{cells}\n") == [f"Line 2: {reason}"]


def test_all_bad_lines_are_named_at_once_in_order():
    assert [problem.split(" ", 3)[:3] for problem in problems(
        f"{HEADER}\nQQ,mobil,text,,x\nAD,mobile,text,,2\n\nAE,mobile,text,,-1\n"
    )] == [
        ["Line", "2:", "country"],
        ["Line", "2:", "carrier_type"],
        ["Line", "2:", "credits"],
        ["Line", "5:", "credits"],
    ]  # fmt: skip


def test_second_price_of_a_destination_names_both_lines():
    assert problems(
        f"{HEADER}\nAD,mobile,text,,2\nAE,mobile,text,,4\nAD,mobile,text,,3\nAD,mobile,text,,2\n"
    ) == [
        "Line 4: prices the same destination as line 2 does.",
        "Line 5: prices the same destination as line 2 does.",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "country,carrier_type,channel,prefix,price\nAD,mobile,text,,2\n",
            [
                "Line 1: there is no column 'price'; the columns are country, carrier_type, "
                "channel, prefix, credits and, if wanted, first_seconds and following_seconds.",
                "Line 1: the column credits is missing.",
            ],
        ),
        (f"{HEADER},credits\n", ["Line 1: the column credits stands there twice."]),
        (
            "country;carrier_type;channel;prefix;credits\nAD;mobile;text;;2\n",
            ["Line 1: separate the columns by commas, not semicolons or tabs."],
        ),
        (
            HEADER.replace(",", "\t"),
            ["Line 1: separate the columns by commas, not semicolons or tabs."],
        ),
        (f"{HEADER}\n", ["Line 1: the file has no prices below its column names."]),
        (
            f"{HEADER}\nAD,mobile,text,,2\nCôte".encode("latin-1"),
            ["Line 3: byte 0xF4 is not UTF-8: save the file as CSV in UTF-8."],
        ),
        (HEADER.encode("utf-16"), ["Line 1: the file is in UTF-16: save it as CSV in UTF-8."]),
        (
            f'{HEADER}\nQQ,mobile,text,,2\n"AD,mobile,text,,2\n',
            [
                "Line 2: country 'QQ' is no ISO 3166-1 code of two capital letters, "
                "nor 001 for satellite networks.",
                "Line 3: cannot be read as CSV: unexpected end of data.",
            ],
        ),
        (b"," * (10 * 2**20 + 1), ["Line 1: the file is larger than 10 MiB."]),
    ],
)
def test_file_that_is_no_rate_card_says_why(text: str | bytes, found: list[str]):
    assert problems(text) == found


@pytest.mark.parametrize("text", ["", "\n", "\x00", "\ufeff", '"', "a" * 200_000])
def test_file_without_a_rate_card_is_refused_with_a_message(text: str):
    assert problems(text)


def test_line_numbers_count_the_lines_inside_quotes():
    (problem,) = problems(f'{HEADER}\n"A\nD",mobile,text,,2\nAD,mobile,text,,2\n')
    assert problem.startswith("Line 2: country 'A\\nD'")
    assert problems(f'{HEADER}\n"A\nD",mobile,text,,2\nQQ,mobile,text,,2\n')[1].startswith(
        "Line 4:"
    )
