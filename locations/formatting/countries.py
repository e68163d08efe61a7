"""Countries as people call them, from the Unicode CLDR by way of Babel."""

import re
import unicodedata
from functools import cache

import phonenumbers
from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language
from django.utils.translation import gettext as _

SATELLITE = "001"
# What price lists call places and the CLDR's English does not, as `_plain` leaves it.
ALSO_CALLED = {
    "001": "international networks;satellite;satellite networks;global satellite;inmarsat;iridium",
    "AE": "uae;emirates",
    "BA": "bosnia;bosnia herzegovina",
    "BN": "brunei darussalam",
    "BO": "bolivia plurinational state of",
    "BQ": "bonaire;bonaire saint eustatius and saba;bonaire sint eustatius and saba",
    "CC": "cocos islands;keeling islands",
    "CD": "congo democratic republic;democratic republic of congo;congo democratic republic of;"
    "dr congo;drc;congo dr;congo dem rep;zaire",
    "CF": "central african rep",
    "CG": "congo;republic of congo;congo republic;congo rep",
    "CI": "ivory coast",
    "CV": "cabo verde;cape verde islands",
    "CZ": "czech republic",
    "DO": "dominican rep",
    "FK": "falklands;falkland islands malvinas",
    "FM": "micronesia federated states of;federated states of micronesia",
    "FO": "faeroe islands",
    "GB": "great britain;britain;england",
    "HK": "hong kong",
    "IR": "iran islamic republic of;islamic republic of iran",
    "KN": "saint kitts;saint kitts and nevis",
    "KP": "korea democratic peoples republic of;korea north;dprk",
    "KR": "korea;korea republic of;republic of korea;korea south",
    "LA": "lao pdr;lao peoples democratic republic;lao",
    "MD": "moldova republic of;republic of moldova",
    "MK": "macedonia;fyr macedonia;fyrom;macedonia the former yugoslav republic of",
    "MM": "myanmar;burma",
    "MO": "macao;macau",
    "NL": "holland",
    "PS": "palestine;palestine state of;palestinian territory;palestinian territory occupied",
    "RU": "russian federation",
    "SH": "saint helena ascension and tristan da cunha",
    "SX": "saint maarten",
    "SY": "syrian arab republic",
    "SZ": "swaziland",
    "TL": "east timor",
    "TR": "turkey;turkiye",
    "TW": "taiwan province of china;chinese taipei",
    "TZ": "tanzania united republic of;united republic of tanzania",
    "US": "usa;united states of america;us;u s a;u s",
    "VA": "holy see;vatican;holy see vatican city state",
    "VE": "venezuela bolivarian republic of",
    "VG": "virgin islands british;bvi",
    "VI": "virgin islands us;us virgin islands;virgin islands u s",
    "VN": "viet nam",
    "WS": "western samoa",
}


def country_name(code: str) -> str:
    """The country of an ISO 3166-1 code in the reader's language; an unknown code is itself.

    001, which the CLDR calls the world, stands for satellite networks here.
    """
    if code == SATELLITE:
        return _("International networks")
    return _territories(get_language() or "en").get(code, code)


def country_code(text: str) -> str:
    """The code that numbering metadata knows for a code or an English name; empty if none.

    Codes are ISO 3166-1 of two or three letters, XK, and 001 for satellite networks.
    """
    given = text.strip()
    code = given.upper()
    if code in phonenumbers.SUPPORTED_REGIONS or code == SATELLITE:
        return code
    if len(code) in (2, 3) and code.isascii() and code.isalpha():
        for other in get_global("territory_aliases").get(code, ()):
            if other in phonenumbers.SUPPORTED_REGIONS:
                return str(other)
    names = _names()
    first, _comma, then = given.partition(",")
    return names.get(_plain(given)) or names.get(_plain(f"{then} {first}")) or ""


@cache
def _names() -> dict[str, str]:
    names = {
        _plain(name): code
        for code, name in _territories("en").items()
        if code in phonenumbers.SUPPORTED_REGIONS
    }
    for code, others in ALSO_CALLED.items():
        names |= dict.fromkeys(others.split(";"), code)
    return names


def _plain(name: str) -> str:
    """Lower case without accents, signs, articles; St. and & written out."""
    text = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    text = re.sub(r"['’`]", "", "".join(c for c in text if not unicodedata.combining(c)))
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " ".join("saint" if word == "st" else word for word in words if word != "the")


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language, sep="-").territories)
