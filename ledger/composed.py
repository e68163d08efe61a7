"""Queries that the ORM composes once in a process, not with every visit of a page.

Composing a query of several sums or subqueries takes Django longer than PostgreSQL needs to answer
it. What changes from one call to the next stands in the query as `Given`.
"""

from collections.abc import Callable
from copy import copy
from functools import lru_cache, wraps
from itertools import chain, zip_longest
from typing import Any, TypeVar

import psycopg.adapt
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
    """A query with `Given` where values go. To be read as it is, not to be filtered further.

    Its values are put in here: psycopg looks for the places of a long statement anew each time.
    """

    def __init__(self, query: QuerySet[Any, Any]) -> None:
        self.query = query
        self.compiler = query.query.get_compiler(query.db)
        statement, self.parameters = self.compiler.as_sql()
        # As psycopg reads it: a value at each %s, and %% for a percent sign.
        self.pieces = [piece.replace("%%", "%") for piece in statement.split("%s")]

    def __call__(self, **given: Any) -> QuerySet[Any, Any]:
        compiler = copy(self.compiler)
        # The one it was composed with is another thread's.
        compiler.connection = connections[self.query.db]
        statement = self._statement(compiler.connection, given)
        compiler.as_sql = lambda *_, **__: (statement, None)
        found = self.query.all()
        found.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return found

    def tuples(self, **given: Any) -> list[tuple[Any, ...]]:
        """The rows as the database sends them: where there are many, converting them is what
        takes the time."""
        connection = connections[self.query.db]
        with connection.cursor() as cursor:
            cursor.execute(self._statement(connection, given))
            return cursor.fetchall()

    def _statement(self, connection: Any, given: dict[str, Any]) -> str:
        connection.ensure_connection()
        write = psycopg.adapt.Transformer(connection.connection).as_literal
        values = (
            write(given[parameter.name] if isinstance(parameter, Given) else parameter).decode()
            for parameter in self.parameters
        )
        return "".join(chain.from_iterable(zip_longest(self.pieces, values, fillvalue="")))
