"""The API for people: one page made from the OpenAPI description, without a line of script."""

import json
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ledger.api.application import api
from ledger.api.openapi import JSON
from ledger.api.problems import CODES


def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its fields and an example; every code with the way out."""
    page = {"groups": _groups(), "codes": CODES}
    return render(request, "ledger/api/docs.html", page)


@lru_cache(maxsize=1)
def _groups() -> dict[str, list[dict[str, Any]]]:
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    named: dict[str, Any] = schema["components"]["schemas"]
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(
                _operation(path, method, operation, named)
            )
    return groups


def _operation(
    path: str, method: str, operation: dict[str, Any], named: dict[str, Any]
) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get(JSON)
    status = min(int(status) for status in operation["responses"])
    answer = operation["responses"][status]["content"][JSON]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation["description"],
        "scope": operation["x-scope"],
        "parameters": [
            {
                "name": given["name"],
                "where": given["in"],
                "type": _type(given["schema"], named),
                "required": given["required"],
                "description": given.get("description", ""),
            }
            for given in operation["parameters"]
        ],
        "fields": _fields(body["schema"], named) if body else [],
        "request": _pretty(body["example"]) if body else "",
        "status": status,
        "answer_fields": _fields(answer["schema"], named),
        "answer": _pretty(answer["example"]),
    }


def _fields(
    schema: dict[str, Any], named: dict[str, Any], within: str = ""
) -> list[dict[str, Any]]:
    """The fields of an object, those of objects in it after their own: messages[].phone."""
    schema = _resolved(schema, named)
    required = schema.get("required", [])
    found = []
    for name, given in schema.get("properties", {}).items():
        found.append(
            {
                "name": f"{within}{name}",
                "type": _type(given, named),
                "required": name in required,
                "description": given.get("description", ""),
            }
        )
        inner, mark = (given["items"], "[].") if "items" in given else (given, ".")
        found += _fields(_resolved(inner, named), named, f"{within}{name}{mark}")
    return found


def _resolved(schema: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    for option in schema.get("anyOf", []):
        if "$ref" in option:
            return _resolved(option, named)
    if "$ref" in schema:
        return dict(named[schema["$ref"].rsplit("/", 1)[-1]])
    return schema


def _type(schema: dict[str, Any], named: dict[str, Any]) -> str:
    """A field's type and its bounds, in a few words."""
    if "anyOf" in schema:
        return " or ".join(_type(option, named) for option in schema["anyOf"])
    schema = _resolved(schema, named)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        bounds = _bounds(schema.get("minItems"), schema.get("maxItems"))
        return f"list of {_type(schema['items'], named)}{bounds}"
    kind = schema.get("format") or schema.get("type", "any")
    kind = " or ".join(kind) if isinstance(kind, list) else kind
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    return f"{kind}{_bounds(low, high)}"


def _bounds(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f", from {low:,}"
    return f", {low or 0:,} to {high:,}"


def _pretty(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
