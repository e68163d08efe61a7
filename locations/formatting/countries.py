import re
import unicodedata
from functools import cache

import phonenumbers
from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language
from django.utils.translation import gettext as _

SATELLITE = "001"
# Names in price lists that the CLDR does not have, as `_normalize` leaves them.
ALIASES = {
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
    if code == SATELLITE:  # 001 is the world in the CLDR
        return _("International networks")
    return _territories(get_language() or "en").get(code, code)


def country_code(text: str) -> str:
    """The code of ISO 3166-1 (2 or 3 letters), XK, 001 or an English name; else ""."""
    name = text.strip()
    code = name.upper()
    if code in phonenumbers.SUPPORTED_REGIONS or code == SATELLITE:
        return code
    if len(code) in (2, 3) and code.isascii() and code.isalpha():
        for other in get_global("territory_aliases").get(code, ()):
            if other in phonenumbers.SUPPORTED_REGIONS:
                return str(other)
    codes = _codes_by_name()
    first, _comma, rest = name.partition(",")
    return codes.get(_normalize(name)) or codes.get(_normalize(f"{rest} {first}")) or ""


@cache
def _codes_by_name() -> dict[str, str]:
    codes = {
        _normalize(name): code
        for code, name in _territories("en").items()
        if code in phonenumbers.SUPPORTED_REGIONS
    }
    for code, aliases in ALIASES.items():
        codes |= dict.fromkeys(aliases.split(";"), code)
    return codes


def _normalize(name: str) -> str:
    text = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    text = re.sub(r"['’`]", "", "".join(c for c in text if not unicodedata.combining(c)))
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " ".join("saint" if word == "st" else word for word in words if word != "the")


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language, sep="-").territories)
