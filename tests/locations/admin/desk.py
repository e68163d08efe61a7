"""Helpers of the admin tests."""

from typing import Any

from django.urls import reverse


def address(page: str, *args: Any) -> str:
    return reverse(f"admin:locations_{page}", args=args)


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer.status_code
    return dict(answer.context["adminform"].form.errors)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]
