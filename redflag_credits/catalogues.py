"""The catalogues of translations: extracted, merged and compiled by Babel, without GNU gettext.

    python -m redflag_credits.catalogues             extract, merge, compile: `make messages`
    python -m redflag_credits.catalogues --compile   compile alone, after translating
    python -m redflag_credits.catalogues --missing   what is still to be translated; exits 1 if any

Merging keeps every translation whose English is still there and drops the others. Nothing is
guessed: English that has changed is new, and missing until somebody has translated it.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "redflag_credits" / "locale"
SOURCES = ("ledger", "locations", "redflag_credits", "reports", "templates")
LANGUAGES = ("es", "fr", "pt_BR")
WIDTH = 100

# Which arguments are the sentences; `c` is the context that tells two meanings apart.
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
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
# What Django makes of a template: calls as above, all else as a row of X.
CALL = re.compile(
    rf"(?<!\w)(?P<name>_|n?p?gettext)\((?P<strings>{STRING}(?:\s*,\s*{STRING})*)", re.S
)
# They would change with every run, or say nothing.
EMPTY_HEADERS = re.compile(
    r'^"?(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Project-Id-Version|Last-Translator|'
    r"Language-Team|Report-Msgid-Bugs-To):.*\n",
    re.M,
)


def po_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def extracted() -> Catalog:
    """Every marked string of the product, by the files that it is in."""
    template = Catalog(project="RedFlag Credits", charset="utf-8")
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        found = in_python(path) if path.suffix == ".py" else in_template(path.read_text(), name)
        for message, context, comments in found:
            template.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return template


def sources() -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and not (
                {"migrations", "static", "locale"} & set(path.relative_to(ROOT).parts)
            ):
                yield path


Found = tuple[str | tuple[str, ...], str | None, list[str]]


def in_python(path: Path) -> Iterator[Found]:
    with path.open("rb") as file:
        for found in extract("python", file, KEYWORDS, comment_tags=["Translators:"]):
            _, message, comments, context = found
            yield message, context, comments


def in_template(text: str, name: str) -> Iterator[Found]:
    for call in CALL.finditer(templatize(text, origin=name)):
        strings = [ast.literal_eval(item) for item in re.findall(STRING, call["strings"], re.S)]
        context = strings.pop(0) if "p" in call["name"] else None
        yield (strings[0] if len(strings) == 1 else tuple(strings[:2])), context, []


def read(language: str) -> Catalog:
    """The language's catalogue as it is kept; an empty one where there is none yet."""
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language, project="RedFlag Credits", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merged(language: str, template: Catalog) -> Catalog:
    kept = read(language)
    kept.update(template, no_fuzzy_matching=True, update_header_comment=False)
    kept.obsolete.clear()
    kept.header_comment = "# RedFlag Credits. The words to use: docs/glossary.md"
    kept.fuzzy = False
    return kept


def write(language: str, catalog: Catalog) -> None:
    out = BytesIO()
    write_po(out, catalog, width=WIDTH, sort_by_file=True, include_lineno=False)
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(EMPTY_HEADERS.sub("", out.getvalue().decode()))


def compiled(language: str) -> bytes:
    """What the .mo file must hold: everything translated, nothing fuzzy.

    The same bytes whenever it is compiled, until somebody has translated something.
    """
    out = BytesIO()
    write_mo(out, _Undated(read(language)))
    return out.getvalue()


class _Undated(Catalog):
    """A catalogue whose header leaves out what changes with every run: Babel stamps a date."""

    def __init__(self, kept: Catalog) -> None:
        super().__init__(charset=kept.charset)
        self.mime_headers = kept.mime_headers
        for message in kept:
            if message.id:
                self[message.id] = message

    def __iter__(self) -> Iterator[Message]:
        header, *messages = super().__iter__()
        header.string = EMPTY_HEADERS.sub("", f"{header.string}\n")
        yield header
        yield from messages


def missing(catalog: Catalog) -> list[Message]:
    """What has no translation, or a fuzzy one, or a plural form too few."""
    return [
        message
        for message in catalog
        if message.id and (message.fuzzy or not _is_whole(message, catalog.num_plurals))
    ]


def _is_whole(message: Message, plurals: int) -> bool:
    if isinstance(message.string, str) or message.string is None:
        return bool(message.string) and not message.pluralizable
    return all(message.string) and len(message.string) == plurals


def main() -> int:
    options = argparse.ArgumentParser(prog="redflag_credits.catalogues", description=__doc__)
    options.add_argument("--compile", action="store_true", help="compile alone")
    options.add_argument("--missing", action="store_true", help="list what is not translated")
    chosen = options.parse_args()
    if not (chosen.compile or chosen.missing):
        template = extracted()
        for language in LANGUAGES:
            write(language, merged(language, template))
    untranslated = 0
    for language in LANGUAGES:
        without = missing(read(language))
        untranslated += len(without)
        if chosen.missing:
            for message in without:
                print(f"{language}: {message.id!r}")  # noqa: T201
        else:
            po_file(language).with_suffix(".mo").write_bytes(compiled(language))
        print(f"{language}: {len(read(language))} texts, {len(without)} missing")  # noqa: T201
    return 1 if chosen.missing and untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
