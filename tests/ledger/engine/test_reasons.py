"""Reasons that the product writes: kept in one shape, read in the reader's language."""

import datetime as dt

import pytest
from django.utils.translation import override

from ledger.engine import reasons
from ledger.models import Kind

STARTS_ON = dt.date(2026, 9, 1)
ASKED = reasons.of_credit_request(12, "Dana Manager", "")
ASKED_WITH_A_NOTE = reasons.of_credit_request(12, "Dana Manager", "Fair: hall 3\nand 4")
CORRECTED = reasons.of_correction(3, "Never arrived: wrong number")
CHANGED = reasons.of_included_change(STARTS_ON, included=1200, granted=1000, reason="More people.")


def test_they_are_kept_in_one_shape() -> None:
    assert [ASKED, ASKED_WITH_A_NOTE, CORRECTED, CHANGED] == [
        "Credit request 12 of Dana Manager",
        "Credit request 12 of Dana Manager: Fair: hall 3\nand 4",
        "Correction request 3: Never arrived: wrong number",
        "Included credits of the term from 2026-09-01: 1,200 instead of 1,000. More people.",
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "Credit request 12 of Dana Manager",
                "Credit request 12 of Dana Manager: Fair: hall 3\nand 4",
                "Correction request 3: Never arrived: wrong number",
                "Term from 1 September 2026: 1,200 included credits instead of 1,000. More people.",
            ],
        ),
        (
            "fr",
            [
                "Demande de crédits 12 de Dana Manager",
                "Demande de crédits 12 de Dana Manager\u00a0: Fair: hall 3\nand 4",
                "Demande de correction 3\u00a0: Never arrived: wrong number",
                "Période commencée le 1er septembre 2026\u00a0: 1\u00a0200 crédits inclus au lieu"
                " de 1\u00a0000. More people.",
            ],
        ),
        (
            "es",
            [
                "Solicitud de créditos 12 de Dana Manager",
                "Solicitud de créditos 12 de Dana Manager: Fair: hall 3\nand 4",
                "Solicitud de corrección 3: Never arrived: wrong number",
                "Período desde el 1 de septiembre de 2026: 1\u00a0200 créditos incluidos en"
                " lugar de 1\u00a0000. More people.",
            ],
        ),
        (
            "pt-br",
            [
                "Solicitação de créditos 12 de Dana Manager",
                "Solicitação de créditos 12 de Dana Manager: Fair: hall 3\nand 4",
                "Solicitação de correção 3: Never arrived: wrong number",
                "Período a partir de 1 de setembro de 2026: 1.200 créditos incluídos em vez de"
                " 1.000. More people.",
            ],
        ),
    ],
)
def test_people_read_them_in_their_language(language: str, said: list[str]) -> None:
    with override(language):
        assert [
            reasons.in_words(Kind.PURCHASE, ASKED),
            reasons.in_words(Kind.PURCHASE, ASKED_WITH_A_NOTE),
            reasons.in_words(Kind.REVERSAL, CORRECTED),
            reasons.in_words(Kind.ADJUSTMENT, CHANGED),
        ] == said


def test_one_included_credit_is_one() -> None:
    changed = reasons.of_included_change(STARTS_ON, included=1, granted=1000, reason="Closing")
    assert reasons.in_words(Kind.ADJUSTMENT, changed) == (
        "Term from 1 September 2026: 1 included credit instead of 1,000. Closing"
    )


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (Kind.PURCHASE, ""),
        (Kind.PURCHASE, "Invoice 7"),
        (Kind.PURCHASE, "Credit request from Dana"),
        (Kind.PURCHASE, CORRECTED),
        (Kind.ADJUSTMENT, ASKED),
        (Kind.ADJUSTMENT, "Included credits of the term from tomorrow: 1 instead of 2. Why not"),
        (Kind.REVERSAL, "Correction request"),
    ],
)
def test_what_somebody_wrote_stays_as_it_is(kind: Kind, reason: str) -> None:
    with override("fr"):
        assert reasons.in_words(kind, reason) == reason
