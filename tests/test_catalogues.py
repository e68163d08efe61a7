"""The catalogues hold what the product says, and are compiled from what translators wrote."""

import gettext
import io

import pytest
import time_machine
from babel.messages.mofile import read_mo
from django.conf import settings
from django.utils.translation import ngettext, override, to_locale

from redflag_credits import catalogues

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


def texts(catalog: catalogues.Catalog) -> set[object]:
    return {(message.context, message.id) for message in catalog if message.id}


@pytest.fixture
def somewhere(tmp_path, monkeypatch):  # type: ignore[no-untyped-def]
    (tmp_path / "templates").mkdir()
    for name, text in SOURCE.items():
        (tmp_path / "templates" / name).write_text(text)
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(catalogues, "SOURCES", ("templates",))
    return tmp_path


def test_templates_and_python_are_collected_with_contexts_and_plurals(somewhere) -> None:  # type: ignore[no-untyped-def]
    assert texts(catalogues.extracted()) == {
        (None, "Plain"),
        ("month", "May"),
        (None, "May"),
        (None, ("%(n)s %(kind)s", "%(n)s of %(kind)s, 50%%")),
        (None, "nobody"),
        (None, "It's"),
        ("sheet", "Days"),
        (None, ("%(n)s row", "%(n)s rows")),
    }


def test_merging_keeps_translations_and_drops_what_is_gone(somewhere) -> None:  # type: ignore[no-untyped-def]
    catalogues.write("fr", catalogues.merged("fr", catalogues.extracted()))
    kept = catalogues.read("fr")
    kept.get("Plain").string = "Simple"
    kept.add("Gone", "Parti")
    catalogues.write("fr", kept)
    (somewhere / "templates" / "three.py").write_text('e = _("Plains")\n')

    catalogues.write("fr", catalogues.merged("fr", catalogues.extracted()))

    now = catalogues.read("fr")
    assert (now.get("Plain").string, now.get("Gone"), now.get("Plains").string) == (
        "Simple",
        None,
        "",  # nothing is guessed
    )
    assert "Plain" not in [message.id for message in catalogues.missing(now)]
    first = catalogues.po_file("fr").read_text()
    catalogues.write("fr", catalogues.merged("fr", catalogues.extracted()))
    assert catalogues.po_file("fr").read_text() == first


def test_fuzzy_empty_and_half_plural_translations_are_missing_and_not_compiled(somewhere) -> None:  # type: ignore[no-untyped-def]
    catalog = catalogues.Catalog(locale="fr")
    catalog.add("A", "a", flags=["fuzzy"])
    catalog.add("B", "")
    catalog.add(("%(n)s C", "%(n)s Cs"), ("%(n)s c", ""))
    catalog.add("D", "d")
    catalogues.write("fr", catalog)

    assert [message.id for message in catalogues.missing(catalogues.read("fr"))] == [
        "A",
        "B",
        ("%(n)s C", "%(n)s Cs"),
    ]
    compiled = gettext.GNUTranslations(io.BytesIO(catalogues.compiled("fr")))
    assert [compiled.gettext(text) for text in "ABD"] == ["A", "B", "d"]


def test_there_is_a_catalogue_for_each_language_but_english() -> None:
    offered = {to_locale(code) for code, name in settings.LANGUAGES} - {"en"}
    assert set(catalogues.LANGUAGES) == offered


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_compiled_catalogue_says_what_the_written_one_does(language: str) -> None:
    def translations(compiled: bytes) -> list[object]:
        catalog = read_mo(io.BytesIO(compiled))
        # What has no id is the header, for which Babel makes a date of now.
        found = [(each.context, each.id, each.string) for each in catalog if each.id]
        return [catalog.num_plurals, catalog.plural_expr, *found]

    kept = catalogues.po_file(language).with_suffix(".mo").read_bytes()
    assert translations(kept) == translations(catalogues.compiled(language))


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_compiling_later_gives_the_same_bytes(language: str) -> None:
    with time_machine.travel("2026-01-01T00:00:00Z"):
        first = catalogues.compiled(language)
    with time_machine.travel("2027-02-03T04:05:06Z"):
        assert catalogues.compiled(language) == first


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("es", {-2: "créditos", -1: "créditos", 0: "créditos", 1: "crédito", 2: "créditos"}),
        ("fr", {-2: "crédits", -1: "crédit", 0: "crédit", 1: "crédit", 2: "crédits"}),
        ("pt-br", {-2: "créditos", -1: "créditos", 0: "créditos", 1: "crédito", 2: "créditos"}),
    ],
)
def test_what_is_below_zero_has_its_plural_too(language: str, forms: dict[int, str]) -> None:
    with override(language):
        said = {n: ngettext("%s purchased credit", "%s purchased credits", n) for n in forms}
    assert {n: words.split()[1] for n, words in said.items()} == forms
