"""Queries that the ORM composes once in a process, not with every visit of a page.

Composing a query of several sums or subqueries takes Django longer than PostgreSQL needs to answer
it. What changes from one call to the next stands in the query as `Given`.
"""

from collections.abc import Callable, Iterable
from copy import copy
from functools import lru_cache, wraps
from typing import Any, TypeVar

from django.db import connections
from django.db.models import Expression, Model, QuerySet

M = TypeVar("M", bound=Model)


class Given(Expression):
    """The place of a value that each call gives."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)

    def get_group_by_cols(self) -> list[Any]:
        return []


def composed(make: Callable[..., QuerySet[M, Any]]) -> Callable[..., "Composed"]:
    """Make the query of a function once for each shape that its arguments ask for."""
    return wraps(make)(lru_cache(maxsize=32)(lambda *shape: Composed(make(*shape))))


class Composed:
    """A query with `Given` where values go. To be read as it is, not to be filtered further."""

    def __init__(self, query: QuerySet[Any, Any]) -> None:
        self.query = query
        self.compiler = query.query.get_compiler(query.db)
        self.sql, self.parameters = self.compiler.as_sql()

    def __call__(self, **given: Any) -> QuerySet[Any, Any]:
        values = tuple(_values(self.parameters, given))
        compiler = copy(self.compiler)
        # The one it was composed with is another thread's.
        compiler.connection = connections[self.query.db]
        compiler.as_sql = lambda *_, **__: (self.sql, values)
        found = self.query.all()
        found.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return found


def _values(parameters: Iterable[Any], given: dict[str, Any]) -> Iterable[Any]:
    for parameter in parameters:
        yield given[parameter.name] if isinstance(parameter, Given) else parameter
