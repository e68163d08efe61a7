"""What other apps show on a location's page at the staff desk: each registers its panels."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from locations.models import Location


@dataclass(frozen=True, slots=True)
class Panel:
    """A template and what it says, `of` by this name in it."""

    template: str
    of: Any


Panels = Callable[[HttpRequest, Location], Panel | None]
_registered: list[Panels] = []


def panel(of_location: Panels) -> Panels:
    """Decorator: the panel is shown where the function gives one, in the order of registering."""
    _registered.append(of_location)
    return of_location


def panels(request: HttpRequest, location: Location) -> Iterator[Panel]:
    for of_location in _registered:
        if (found := of_location(request, location)) is not None:
            yield found
