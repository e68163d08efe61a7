"""The catalogues hold every text of the product, and the compiled ones equal them."""

from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from django.utils.translation import ngettext, override

from tests.catalogues import (
    LANGUAGES,
    LOCALE,
    extract_messages,
    missing_messages,
    po_file,
    read_catalogue,
)

SOURCE = {
    "one.html": (
        "{% load i18n %}{% translate 'Plain' %} {% translate 'May' context 'month' %}"
        "{% blocktranslate count n=rows with kind=row.kind %}{{ n }} {{ kind }}"
        "{% plural %}{{ n }} of {{ kind }}, 50%{% endblocktranslate %}"
        '{{ name|default:_("nobody") }}{# _("not this") #}<a title="{% translate "It\'s" %}">'
    ),
    "two.py": (
        'a = _("Plain")\nb = pgettext_lazy("sheet", "Days")\n'
        'c = ngettext("%(n)s row", "%(n)s " "rows", n)\n'
        "# Translators: as on a calendar\nd = gettext_lazy('May')\n"
    ),
}


def test_texts_are_extracted_with_contexts_and_plurals() -> None:
    assert set().union(*(extract_messages(*source) for source in SOURCE.items())) == {
        (None, "Plain"),
        ("month", "May"),
        (None, "May"),
        (None, ("%(n)s %(kind)s", "%(n)s of %(kind)s, 50%%")),
        (None, "nobody"),
        (None, "It's"),
        ("sheet", "Days"),
        (None, ("%(n)s row", "%(n)s rows")),
    }


def test_fuzzy_empty_and_half_plural_translations_are_missing() -> None:
    catalogue = Catalog(locale="fr")
    catalogue.add("A", "a", flags=["fuzzy"])
    catalogue.add("B", "")
    catalogue.add(("%(n)s C", "%(n)s Cs"), ("%(n)s c", ""))
    catalogue.add("D", "d")
    assert [message.id for message in missing_messages(catalogue)] == [
        "A",
        "B",
        ("%(n)s C", "%(n)s Cs"),
    ]


def test_each_language_but_english_has_a_catalogue() -> None:
    assert {path.name for path in LOCALE.iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_equals_its_source(language: str) -> None:
    def translations(compiled: BytesIO) -> list[object]:
        catalogue = read_mo(compiled)
        messages = {(each.context, str(each.id)): each.string for each in catalogue if each.id}
        return [catalogue.plural_forms, messages]

    expected = BytesIO()
    write_mo(expected, read_catalogue(language))
    expected.seek(0)
    compiled = po_file(language).with_suffix(".mo").read_bytes()
    assert translations(BytesIO(compiled)) == translations(expected)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("es", {-2: "créditos", -1: "créditos", 0: "créditos", 1: "crédito", 2: "créditos"}),
        ("fr", {-2: "crédits", -1: "crédit", 0: "crédit", 1: "crédit", 2: "crédits"}),
        ("pt-br", {-2: "créditos", -1: "créditos", 0: "créditos", 1: "crédito", 2: "créditos"}),
    ],
)
def test_negative_numbers_take_the_plural_of_their_language(
    language: str, forms: dict[int, str]
) -> None:
    with override(language):
        texts = {n: ngettext("%s purchased credit", "%s purchased credits", n) for n in forms}
    assert {n: text.split()[1] for n, text in texts.items()} == forms
