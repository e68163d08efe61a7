"""Every text is translated in every language, whole, with its figures and within its bounds."""

import re
from typing import Any

import pytest

from tests.catalogues import (
    LANGUAGES,
    extract_all,
    message_keys,
    missing_messages,
    read_catalogue,
)
from tests.plurals import of_one_form

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")
SHEET_NAME = 28  # of Excel's 31, three are for the number of a sheet that goes on
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")

# Texts whose number is never 1, by what they have in common, and why it is not.
NEVER_ONE = {
    "limits that the program sets": (
        "An answer has at most",
        "must not be longer than",
        "a call lasts 0 to",
        "requests of this location are not decided yet",
        "corrections of this location are not decided yet",
        "The file has more than %s rows",
        "Line %(line)s has more than",
        "CSV or XLSX, up to",
        "It was interrupted %s times.",
        "reports of this location are being built",
        "long lists of this location are being estimated",
        "An estimate takes at most",
        "scheduled reports: stop one first.",
        "%(messages)s message in %(days)s days.",
        "in the next %(days)s days.",
        "%(days)s days: %(locations)s location;",
        "%(columns)s columns.",
    ),
    "rounded to tens, and at least ten": (
        "<strong>buy about {n} credits</strong>",
        "<strong>buy about {missing} credits</strong>",
        "about {lapses} of your {left} contract credits",
        "nearly all of your {left} contract credits",
        "about {left} purchased credits are kept",
    ),
    "ten times what is left": ("Less than a tenth of the %(included)s credits",),
    "said of more than one alone": ("Of its %(all)s broadcasts",),
}


def forms(message: Any) -> list[tuple[str, str]]:
    """Each translated form beside the English that it says; of one, the singular may stand."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    singular, plural = message.id
    return [
        (singular if number == 0 else plural, text) for number, text in enumerate(message.string)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated(language: str) -> None:
    assert [message.id for message in missing_messages(read_catalogue(language))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_up_to_date(language: str) -> None:
    assert message_keys(read_catalogue(language)) == extract_all()


def test_a_number_that_may_be_one_has_a_form_for_one() -> None:
    allowed = [part for parts in NEVER_ONE.values() for part in parts]
    texts = list(of_one_form(read_catalogue("fr")))
    assert [text for text in texts if not any(part in text for part in allowed)] == []
    # An exception that is no longer needed would hide the next mistake.
    assert [part for part in allowed if not any(part in text for text in texts)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_tags_are_those_of_the_english(language: str) -> None:
    """A singular may leave its own number out: un crédit."""
    wrong = []
    for message in read_catalogue(language):
        for number, (english, text) in enumerate(forms(message) if message.id else []):
            asked, given = sorted(PLACEHOLDER.findall(english)), sorted(PLACEHOLDER.findall(text))
            plural = sorted(PLACEHOLDER.findall(message.id[-1])) if message.pluralizable else asked
            allowed = [asked, plural] if number == 0 else [plural]
            if given not in allowed or sorted(TAG.findall(english)) != sorted(TAG.findall(text)):
                wrong.append((english, text))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_space_and_lines_at_both_ends_are_those_of_the_english(language: str) -> None:
    def ends(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    wrong = [
        text
        for message in read_catalogue(language)
        if message.id
        for english, text in forms(message)
        if ends(english) != ends(text)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_sheets_are_such_as_excel_takes(language: str) -> None:
    names = [m.string for m in read_catalogue(language) if m.context == "sheet"]
    assert len(names) >= 5
    assert [
        name
        for name in names
        if not 1 <= len(name) <= SHEET_NAME or NOT_IN_SHEET_NAMES.search(name)
    ] == []


def test_french_has_its_spaces_and_apostrophes() -> None:
    # A figure's own %, a time's colon and an address are not punctuation.
    wrong = [
        text
        for message in read_catalogue("fr")
        if message.id
        for english, text in forms(message)
        if re.search(r"[^\s\u00a0\u202f][;?!»](?:\s|$)|[^\s\u00a0\u202f\d):]:(?:\s|$)", text)
        or re.search(r" (?:[:;?!»]|%(?![(sd]))", text)
        or re.search(r"«(?![\u00a0\u202f])", text)
        or re.search(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]", text)
    ]
    assert wrong == []
