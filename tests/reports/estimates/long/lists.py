"""Lists that are asked about, and priced."""

import io
import random
from typing import Any

from locations.models import Location, User
from reports.estimates import jobs
from reports.models import LongEstimate
from tests.factories import DOMESTIC, FRANCE, GERMANY, MEXICO, NOON


def ask(location: Location, user: User, numbers: str, **fields: Any) -> LongEstimate:
    given = {"is_file": False, "channel": "text", "requested_by": user, "at": NOON}
    return jobs.request_long_estimate(
        location, content=io.BytesIO(numbers.encode()), **given | fields
    )


def done(asked: LongEstimate) -> LongEstimate:
    """As a worker leaves it that works on it now."""
    jobs.run_long_estimate(str(asked.pk), clock=lambda: NOON)
    asked.refresh_from_db()
    return asked


def random_numbers(draw: random.Random, count: int) -> list[str]:
    """Of several countries and lines, without a price, domestic, and impossible ones."""
    starts = [MEXICO[:6], FRANCE[:6], "+33123", GERMANY[:6], DOMESTIC[:7], "+3"]
    return [
        draw.choice(starts) + "".join(draw.choice("0123456789") for _ in range(6))
        for _ in range(count)
    ]
