"""Read the texts of the sources and the catalogues without GNU gettext."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from tests.plugin import ROOT

SOURCES = ("ledger", "locations", "redflag_credits", "reports", "templates")
LOCALE = Path(settings.LOCALE_PATHS[0])
LANGUAGES = [to_locale(code) for code, _ in settings.LANGUAGES if code != "en"]

# Which arguments are texts; `c` marks the context.
SINGLE, PLURAL = (1,), (1, 2)
IN_CONTEXT, PLURAL_IN_CONTEXT = ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    "_": SINGLE,
    "gettext": SINGLE,
    "gettext_lazy": SINGLE,
    "gettext_noop": SINGLE,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": IN_CONTEXT,
    "pgettext_lazy": IN_CONTEXT,
    "npgettext": PLURAL_IN_CONTEXT,
    "npgettext_lazy": PLURAL_IN_CONTEXT,
}
MessageKey = tuple[str | None, str | tuple[str, ...]]  # context and English, both forms of a plural


def extract_messages(name: str, text: str) -> set[MessageKey]:
    # What Django makes of a template is no Python; Babel's reader of JavaScript finds the calls.
    language = "python"
    if not name.endswith(".py"):
        text, language = templatize(text, origin=name), "javascript"
    calls = extract(language, BytesIO(text.encode()), KEYWORDS)
    return {(context, message) for _, message, _, context in calls}


def extract_all() -> set[MessageKey]:
    return {
        key
        for folder in SOURCES
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".html", ".txt") and "static" not in path.parts
        for key in extract_messages(path.name, path.read_text(encoding="utf-8"))
    }


def po_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str) -> Catalog:
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language)


def message_keys(catalogue: Catalog) -> set[MessageKey]:
    return {(message.context, message.id) for message in catalogue if message.id}


def missing_messages(catalogue: Catalog) -> list[Message]:
    """Without a translation, with a fuzzy one, or with a plural form too few."""
    return [
        message
        for message in catalogue
        if message.id and (message.fuzzy or not _is_complete(message, catalogue.num_plurals))
    ]


def _is_complete(message: Message, plurals: int) -> bool:
    if not message.pluralizable:
        return bool(message.string)
    return len(message.string) == plurals and all(message.string)
