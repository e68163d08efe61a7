import json
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ledger.api.application import api
from ledger.api.openapi import JSON
from ledger.api.problems import CODES


def docs(request: HttpRequest) -> HttpResponse:
    context = {"groups": _groups(), "codes": CODES}
    return render(request, "ledger/api/docs.html", context)


@lru_cache(maxsize=1)
def _groups() -> dict[str, list[dict[str, Any]]]:
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    schemas: dict[str, Any] = schema["components"]["schemas"]
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(
                _serialize_operation(path, method, operation, schemas)
            )
    return groups


def _serialize_operation(
    path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]
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
                "name": parameter["name"],
                "location": parameter["in"],
                "type": _describe_type(parameter["schema"], schemas),
                "required": parameter["required"],
                "description": parameter.get("description", ""),
            }
            for parameter in operation["parameters"]
        ],
        "fields": _fields(body["schema"], schemas) if body else [],
        "request": _format_json(body["example"]) if body else "",
        "status": status,
        "answer_fields": _fields(answer["schema"], schemas),
        "answer": _format_json(answer["example"]),
    }


def _fields(
    schema: dict[str, Any], schemas: dict[str, Any], prefix: str = ""
) -> list[dict[str, Any]]:
    schema = _resolve(schema, schemas)
    required = schema.get("required", [])
    fields = []
    for name, field in schema.get("properties", {}).items():
        fields.append(
            {
                "name": f"{prefix}{name}",
                "type": _describe_type(field, schemas),
                "required": name in required,
                "description": field.get("description", ""),
            }
        )
        inner, separator = (field["items"], "[].") if "items" in field else (field, ".")
        fields += _fields(_resolve(inner, schemas), schemas, f"{prefix}{name}{separator}")
    return fields


def _resolve(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    for option in schema.get("anyOf", []):
        if "$ref" in option:
            return _resolve(option, schemas)
    if "$ref" in schema:
        return dict(schemas[schema["$ref"].rsplit("/", 1)[-1]])
    return schema


def _describe_type(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_describe_type(option, schemas) for option in schema["anyOf"])
    schema = _resolve(schema, schemas)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        bounds = _describe_bounds(schema.get("minItems"), schema.get("maxItems"))
        return f"list of {_describe_type(schema['items'], schemas)}{bounds}"
    kind = schema.get("format") or schema.get("type", "any")
    kind = " or ".join(kind) if isinstance(kind, list) else kind
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    return f"{kind}{_describe_bounds(low, high)}"


def _describe_bounds(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f", from {low:,}"
    return f", {low or 0:,} to {high:,}"


def _format_json(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
