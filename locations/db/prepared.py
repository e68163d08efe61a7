"""Queries that the ORM composes once in a process, not with every visit of a page.

Composing a query of several sums or subqueries takes Django longer than PostgreSQL needs to answer
it. What changes from one call to the next stands in the query as `Given`.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property, lru_cache, wraps
from itertools import chain, zip_longest
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Expression, Model, QuerySet
from psycopg.adapt import Transformer

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


class GivenUser(Given):
    """Whoever asks, signed in: for queries that ask a user what may be seen."""

    is_authenticated = True

    def __init__(self, *, is_staff: bool) -> None:
        super().__init__("user")
        self.is_staff = is_staff


def composed(make: Callable[..., QuerySet[M, Any]]) -> Callable[..., "Composed"]:
    """Make the query of a function once for each shape that its arguments ask for."""
    return wraps(make)(lru_cache(maxsize=32)(lambda *shape: Composed(make(*shape))))


class Composed:
    """A query with `Given` where values go. To be read as it is, not to be filtered further.

    The server prepares it, unless `DATABASE_PREPARE` is off: planning the longer ones took it as
    long as answering them.
    """

    def __init__(self, query: QuerySet[Any, Any]) -> None:
        self.query = query
        self.compiler = query.query.get_compiler(query.db)
        self.composed, self.parameters = self.compiler.as_sql()
        self.given = [p.name for p in self.parameters if isinstance(p, Given)]

    def __call__(self, **given: Any) -> QuerySet[Any, Any]:
        compiler = copy(self.compiler)
        # The one it was composed with is another thread's.
        compiler.connection = Preparing(connections[self.query.db])
        answer = (self.statement, self._values(given))
        compiler.as_sql = lambda *_, **__: answer
        found = self.query.all()
        found.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return found

    def tuples(self, **given: Any) -> list[tuple[Any, ...]]:
        """The rows as the database sends them: where there are many, converting them is what
        takes the time."""
        return _rows(self.query.db, self.statement, self._values(given))

    def _values(self, given: dict[str, Any]) -> list[Any]:
        return [given[name] for name in self.given]

    @cached_property
    def statement(self) -> str:
        """The statement with a %s for each given value. Others are written out: the server would
        not always know their type."""
        connection = connections[self.query.db]
        connection.ensure_connection()
        write = Transformer(connection.connection).as_literal
        places = (
            "%s" if isinstance(parameter, Given) else write(parameter).decode().replace("%", "%%")
            for parameter in self.parameters
        )
        pieces = self.composed.split("%s")
        return "".join(chain.from_iterable(zip_longest(pieces, places, fillvalue="")))


def read(statement: str, **given: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement that is written out, and prepared like a composed one."""
    return _rows(DEFAULT_DB_ALIAS, statement, given)


def _rows(database: str, statement: str, values: Any) -> list[tuple[Any, ...]]:
    with Preparing(connections[database]).cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


class Preparing:
    """A connection whose cursors leave binding values to the server, which then can prepare."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> Any:
        cursor = self._connection.cursor()
        # Where statements are logged, they go whole: of a prepared one Django knows no text.
        if not self._connection.queries_logged:
            cursor.cursor = ServerBindingCursor(self._connection.connection)  # type: ignore[call-arg]
        return cursor
