"""Valid and malformed requests generated from the OpenAPI document.

`python -m tests.ledger.api.fuzz` sends thousands (FUZZ_REQUESTS=5200) and prints the statuses;
tests/ledger/api/test_openapi.py sends a few hundred.
"""

import os
import random
import subprocess
import sys
from collections import Counter
from copy import copy, deepcopy
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

# Not from tests.factories: this is started without Django.
MEXICO, FRANCE, DOMESTIC = "+522221234567", "+33612345678", "+12015550123"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Of a malformed request all that, and that it is refused.
NEGATIVE_CHECKS = [*CHECKS, negative_data_rejection]
REQUESTS = 5_200


class Fuzz:
    """Sends about `requests` requests, spread over the operations, to the WSGI application."""

    def __init__(
        self, application: Any, *, secret: str, location_id: int, hold_ids: Any, charge_ids: Any
    ) -> None:
        self.schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.location_id = location_id
        self.hold_ids = hold_ids
        self.charge_ids = charge_ids
        self.numbers = count(1)
        self.random = random.Random(1)
        self.answers: Counter[tuple[str, int]] = Counter()

    def run(self, requests: int) -> None:
        operations = [result.ok() for result in self.schema.get_all_operations()]
        for operation in operations:
            for mode, share in ((GenerationMode.POSITIVE, 2), (GenerationMode.NEGATIVE, 1)):
                self._send(operation, mode, max(1, requests * share // 3 // len(operations)))

    def _send(self, operation: Any, mode: GenerationMode, examples: int) -> None:
        positive = mode is GenerationMode.POSITIVE
        checks = CHECKS if positive else NEGATIVE_CHECKS

        @seed(1)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            if positive:
                self._make_valid(case)
            response = case.call(headers=self.headers)
            self.answers[operation.definition.raw["operationId"], response.status_code] += 1
            case.validate_response(response, checks=checks, headers=self.headers)

        send()

    def _make_valid(self, case: Any) -> None:
        """Use existing ids and possible phone numbers, which generated requests miss."""
        # A copy: hypothesis draws the same objects again.
        case.path_parameters = dict(case.path_parameters or {})
        case.headers = copy(case.headers)
        case.body = deepcopy(case.body)
        if "location_id" in case.path_parameters:
            case.path_parameters["location_id"] = self.location_id
        if "hold_id" in case.path_parameters:
            case.path_parameters["hold_id"] = self.random.choice(self.hold_ids())
        if "Idempotency-Key" in (case.headers or {}) and self.random.random() < 0.9:
            case.headers["Idempotency-Key"] = f"fuzz-{next(self.numbers)}"
        if not isinstance(case.body, dict) or self.random.random() < 0.3:
            return
        if "seconds_to_live" in case.body:
            case.body.pop("credits" if isinstance(case.body.get("call"), dict) else "call", None)
        if "charge_id" in case.body:
            case.body["charge_id"] = self.random.choice(self.charge_ids())
            case.body.pop("external_id", None)
        if "messages" in case.body:
            for message in case.body["messages"]:
                self._make_message_valid(case.body, message)

    def _make_message_valid(self, body: dict[str, Any], message: dict[str, Any]) -> None:
        message["phone"] = self.random.choice([MEXICO, FRANCE, DOMESTIC, message["phone"]])
        for name in ("sent_at", "status_at"):
            message.pop(name, None)
        if "external_id" in message:
            message["external_id"] = f"fuzz-{next(self.numbers)}"
        if body.get("channel") == "text" or "inbox" in message:
            message.pop("seconds", None)
        elif "direction" not in message:
            message["seconds"] = self.random.randrange(600)
        if message.get("has_image"):
            message.pop("text_type", None)

    @property
    def total(self) -> int:
        return sum(self.answers.values())

    @property
    def succeeded(self) -> int:
        return sum(n for (_, status), n in self.answers.items() if 200 <= status < 300)

    def table(self) -> str:
        statuses = sorted({status for _, status in self.answers})
        lines = [f"{'operation':32}" + "".join(f"{status:>7}" for status in statuses)]
        for name in sorted({name for name, _ in self.answers}):
            cells = "".join(f"{self.answers[name, status]:>7}" for status in statuses)
            lines.append(f"{name:32}{cells}")
        lines.append(f"{self.total:,} requests, {self.succeeded / self.total:.0%} of them 2xx")
        return "\n".join(lines)


def main() -> int:
    """The long run, as a test of its own: pytest makes and drops the database."""
    environment = {"FUZZ_REQUESTS": str(REQUESTS), **os.environ}
    test = Path(__file__).with_name("test_openapi.py")
    command = [sys.executable, "-m", "pytest", "-q", "-s", str(test), "-k", "generated"]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
