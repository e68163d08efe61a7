from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

import django_tables2 as tables
from django.utils.functional import Promise
from django_tables2.data import TableListData
from django_tables2.utils import OrderBy


class SortedListData(TableListData):
    """Rows sorted by an attribute each: django-tables2 compares pairs of rows, which is slow."""

    def order_by(self, aliases: Iterable[str]) -> None:
        for alias in reversed([*map(OrderBy, aliases)]):
            accessor = str(self.table.columns[alias.bare].accessor)
            self.data.sort(key=attrgetter(accessor.replace("__", ".")), reverse=alias.is_descending)


class PageTable(tables.Table):
    """Drawn by `reports/table.html`, which includes `row_template` for each row."""

    caption: str | Promise = ""
    row_template: str
    foot_template = ""

    @property
    def page_records(self) -> list[Any]:
        return [row.record for row in self.paginated_rows]


class ListTable(PageTable):
    """All rows are in memory. An unknown order is the default one, an unknown page the nearest."""

    anchor: str  # the id that links to another order or page lead to
    rows_per_page: int

    def __init__(self, rows: Sequence[Any], *, order: str = "", page: str = "") -> None:
        is_column = order.removeprefix("-") in self.base_columns
        super().__init__(SortedListData(list(rows)), order_by=order if is_column else None)
        self.paginate(per_page=self.rows_per_page)
        self.page = self.paginator.get_page(page)

    @property
    def records(self) -> list[Any]:
        return [row.record for row in self.rows]
