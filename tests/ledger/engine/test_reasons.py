"""Reasons that the product writes are stored in English and translated for readers."""

import datetime as dt

import pytest
from django.utils.translation import override

from ledger.engine import reasons
from ledger.models import EntryKind

STARTS_ON = dt.date(2026, 9, 1)
ASKED = reasons.credit_request_reason(12, "Dana Manager", "")
ASKED_WITH_A_NOTE = reasons.credit_request_reason(12, "Dana Manager", "Fair: hall 3\nand 4")
CORRECTED = reasons.correction_reason(3, "Never arrived: wrong number")
CHANGED = reasons.included_change_reason(
    STARTS_ON, included=1200, granted=1000, reason="More people."
)


def test_reasons_are_stored_in_a_fixed_form() -> None:
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
def test_reasons_are_translated_for_the_reader(language: str, said: list[str]) -> None:
    with override(language):
        assert [
            reasons.describe_reason(EntryKind.PURCHASE, ASKED),
            reasons.describe_reason(EntryKind.PURCHASE, ASKED_WITH_A_NOTE),
            reasons.describe_reason(EntryKind.REVERSAL, CORRECTED),
            reasons.describe_reason(EntryKind.ADJUSTMENT, CHANGED),
        ] == said


def test_one_included_credit_is_one() -> None:
    changed = reasons.included_change_reason(STARTS_ON, included=1, granted=1000, reason="Closing")
    assert reasons.describe_reason(EntryKind.ADJUSTMENT, changed) == (
        "Term from 1 September 2026: 1 included credit instead of 1,000. Closing"
    )


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (EntryKind.PURCHASE, ""),
        (EntryKind.PURCHASE, "Invoice 7"),
        (EntryKind.PURCHASE, "Credit request from Dana"),
        (EntryKind.PURCHASE, CORRECTED),
        (EntryKind.ADJUSTMENT, ASKED),
        (
            EntryKind.ADJUSTMENT,
            "Included credits of the term from tomorrow: 1 instead of 2. Why not",
        ),
        (EntryKind.REVERSAL, "Correction request"),
    ],
)
def test_reason_written_by_a_person_stays_as_it_is(kind: EntryKind, reason: str) -> None:
    with override("fr"):
        assert reasons.describe_reason(kind, reason) == reason
