"""The OpenAPI description, finished: what holds for every operation is said for every one."""

from typing import Any

from ninja.openapi.schema import OpenAPISchema

from ledger.api.examples import EXAMPLES
from ledger.api.problems import CODES, MEDIA_TYPE
from ledger.api.responses import REPLAYED
from ledger.api.schemas.common import Problem

# 409 on reads as well: one that meets a renewal waits for the location like everybody else.
ALWAYS = (400, 401, 403, 404, 405, 409, 422, 500, 503)
WITH_BODY = (413, 415)
JSON = "application/json"


def finish(schema: OpenAPISchema, *, scopes: dict[str, str]) -> OpenAPISchema:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = schema["components"]["schemas"]
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["x-scope"] = scopes[operation["operationId"]]
            _finish(operation)
    return schema


def _finish(operation: dict[str, Any]) -> None:
    has_key = any(given["name"] == "Idempotency-Key" for given in operation["parameters"])
    statuses = set(ALWAYS)
    if "requestBody" in operation:
        statuses.update(WITH_BODY)
    example = EXAMPLES[operation["operationId"]]
    for given in operation["parameters"]:
        if given["name"] in example.parameters:
            given["example"] = example.parameters[given["name"]]
    if example.request is not None:
        operation["requestBody"]["content"][JSON]["example"] = example.request
    for status, response in list(operation["responses"].items()):
        if int(status) < 400:
            response["content"][JSON]["example"] = example.response
            if has_key:
                response["headers"] = {
                    REPLAYED: {
                        "description": "`true` where this is the first answer again.",
                        "schema": {"type": "string", "enum": ["true"]},
                    }
                }
    operation["responses"] |= {status: _problems(status) for status in sorted(statuses)}


def _problems(status: int) -> dict[str, Any]:
    codes = [name for name, code in CODES.items() if code.status == status]
    return {
        "description": ", ".join(f"`{name}`" for name in codes),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
