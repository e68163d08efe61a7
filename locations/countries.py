"""Countries as people call them, from the Unicode CLDR by way of Babel."""

from functools import cache

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext as _

SATELLITE = "001"


def country_name(code: str) -> str:
    """The country of an ISO 3166-1 code in the reader's language; an unknown code is itself.

    001, which the CLDR calls the world, stands for satellite networks here.
    """
    if code == SATELLITE:
        return _("International networks")
    return _territories(get_language() or "en").get(code, code)


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language, sep="-").territories)
