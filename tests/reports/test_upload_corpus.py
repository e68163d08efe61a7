"""Whatever is uploaded as a list of recipients is answered, soon and without much memory."""

import pytest

from tests.reports.upload_corpus import CASES, Case, answer

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_upload_is_answered_soon_and_without_much_memory(case: Case) -> None:
    answered = answer(case)
    assert answered.said == case.said
    assert answered.peak_mb < case.most_mb
    assert answered.seconds < case.most_seconds
