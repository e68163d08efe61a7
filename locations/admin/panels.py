"""Panels of other apps on a location's admin page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from locations.models import Location


@dataclass(frozen=True, slots=True)
class Panel:
    """`content` is the template's variable `panel`."""

    template: str
    content: Any


PanelFunction = Callable[[HttpRequest, Location], Panel | None]
_registered: list[PanelFunction] = []


def register_panel(function: PanelFunction) -> PanelFunction:
    """Decorator: show the panel that the function returns, in the order of registration."""
    _registered.append(function)
    return function


def location_panels(request: HttpRequest, location: Location) -> list[Panel]:
    panels = [function(request, location) for function in _registered]
    return [panel for panel in panels if panel is not None]
