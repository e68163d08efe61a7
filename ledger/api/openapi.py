import json
from pathlib import Path
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from ledger.api.problems import CODES, MEDIA_TYPE
from ledger.api.responses import REPLAYED
from ledger.api.schemas.common import Problem

# Parameters, request and response of each operation, by its id. A test checks them against the
# schemas.
EXAMPLES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
)
# 409 on reads as well: a read that triggers a renewal waits for the location's lock.
COMMON_STATUSES = (400, 401, 403, 404, 405, 409, 422, 500, 503)
BODY_STATUSES = (413, 415)
JSON = "application/json"


def complete_schema(schema: OpenAPISchema, *, scopes: dict[str, str]) -> OpenAPISchema:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = schema["components"]["schemas"]
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["x-scope"] = scopes[operation["operationId"]]
            _complete_operation(operation)
    return schema


def _complete_operation(operation: dict[str, Any]) -> None:
    has_key = any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"])
    statuses = set(COMMON_STATUSES)
    if "requestBody" in operation:
        statuses.update(BODY_STATUSES)
    example = EXAMPLES[operation["operationId"]]
    for parameter in operation["parameters"]:
        if parameter["name"] in example["parameters"]:
            parameter["example"] = example["parameters"][parameter["name"]]
    if "request" in example:
        operation["requestBody"]["content"][JSON]["example"] = example["request"]
    for status, response in list(operation["responses"].items()):
        if int(status) < 400:
            response["content"][JSON]["example"] = example["response"]
            if has_key:
                response["headers"] = {
                    REPLAYED: {
                        "description": "`true` where this is the first answer again.",
                        "schema": {"type": "string", "enum": ["true"]},
                    }
                }
    operation["responses"] |= {status: _problem_response(status) for status in sorted(statuses)}


def _problem_response(status: int) -> dict[str, Any]:
    codes = [name for name, code in CODES.items() if code.status == status]
    return {
        "description": ", ".join(f"`{name}`" for name in codes),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
