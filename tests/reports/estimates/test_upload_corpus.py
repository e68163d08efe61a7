"""Uploads of recipients are answered, in little memory; how soon, benchmarks/uploads.py says."""

import pytest

from tests.reports.estimates.upload_corpus import CASES, Case, answer

pytestmark = pytest.mark.processes


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.slow else [])
        for case in CASES
    ],
)
def test_an_upload_is_answered_without_much_memory(case: Case) -> None:
    answered = answer(case)
    assert answered.said == case.said
    assert answered.peak_mb < case.most_mb
