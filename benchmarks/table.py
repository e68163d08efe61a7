import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.load import Cost

T = TypeVar("T")


@dataclass(frozen=True)
class TableRow:
    """`target` is the required result and the desired one."""

    measure: str
    ours: str
    beside: str
    result: str
    target: str


def percentile_99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


def milliseconds(costs: list[Cost]) -> str:
    wall, cpu = (
        statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu")
    )
    return f"{wall * 1000:,.0f} ms, {cpu * 1000:,.0f} ms CPU"


def run_interleaved(rounds: int, calls: dict[str, Callable[[], T]]) -> dict[str, list[T]]:
    results: dict[str, list[T]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            results[name].append(call())
    return results


def ratio(ours: list[float], others: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(ours, others, strict=True))


def print_table(rows: list[TableRow]) -> None:
    print("| measure | ours | beside | result | must (reach) |\n| --- | --- | --- | --- | --- |")
    for row in rows:
        print(f"| {row.measure} | {row.ours} | {row.beside} | {row.result} | {row.target} |")
