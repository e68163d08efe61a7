"""The speed of charging beside the database's own: see docs/performance.md."""

import argparse
import itertools
import statistics
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import (
    beside_builds,
    broadcasts,
    forecasts,
    over_http,
    place,
    quotes,
    singles,
    workbooks,
)
from benchmarks.racing import crowd, race
from benchmarks.table import Row, interleaved, milliseconds, print_table, ratio, slowest_hundredth

PROCESSES = (1, 4)
BROADCASTS = (1_000, 10_000)
QUOTED = 10_000
HOT_CLIENTS = 16
HTTP_CLIENTS = 4
HTTP_BROADCAST = 1_000
MEASURES = ("single", "hot", "broadcast", "http", "quote", "forecast", "workbook", "beside")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("measures", nargs="*", help=f"some of {', '.join(MEASURES)} (all)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each measure (5)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of a pace in a round (2)")
    parser.add_argument("--traffic", type=Path, help="a folder to replay, for the forecast")
    parser.add_argument("--rows", type=int, default=50_000, help="of the workbook (50,000)")
    given = parser.parse_args()
    if unknown := set(given.measures) - set(MEASURES):
        parser.error(f"unknown measure {', '.join(sorted(unknown))}")
    if "forecast" in given.measures and not given.traffic:
        parser.error("the forecast is measured on replayed traffic: name its folder with --traffic")
    chosen = given.measures or MEASURES

    place.start()
    place.build()
    place.add_floor()
    place.keep_terms()
    rows: list[Row] = []
    if "single" in chosen:
        rows += single(given.rounds, given.seconds)
    if "hot" in chosen:
        rows += hot(given.rounds, given.seconds)
    if "broadcast" in chosen:
        for size in BROADCASTS:
            rows += broadcast(given.rounds, size)
    if "http" in chosen:
        rows += http(given.rounds, given.seconds)
    if "quote" in chosen:
        rows += quote(given.rounds)
    if "forecast" in chosen and given.traffic:
        rows += forecast(given.traffic)
    if "workbook" in chosen:
        rows += workbook(given.rounds, given.rows)
    if "beside" in chosen:
        rows += beside(given.rounds, given.rows)
    print_table(rows)
    print(
        f"\nPostgreSQL {place.server_says('server_version')}, fsync {place.server_says('fsync')},"
        f" synchronous_commit {place.server_says('synchronous_commit')};"
        f" medians of {given.rounds} interleaved rounds, ratios taken within each round."
    )


def single(rounds: int, seconds: float) -> Iterator[Row]:
    variants = {
        "ours": singles.ours(place.locations()),
        "floor": singles.floor(place.locations()),
        "guarded": singles.floor(place.locations(), schema="public"),
        "hordak": singles.hordak(singles.hordak_accounts()),
    }
    for processes in PROCESSES:
        paces = interleaved(
            rounds,
            {
                name: partial(race, variant, processes=processes, seconds=seconds)
                for name, variant in variants.items()
            },
        )
        rate = {name: [pace.per_second for pace in of] for name, of in paces.items()}
        cpu = {
            name: statistics.median(pace.client + pace.server for pace in of)
            for name, of in paces.items()
        }
        for other, label, target in (
            ("floor", "floor", "≥ 0.5 (0.7)"),
            ("guarded", "floor's statement, our guards", ""),
            ("hordak", "django-hordak transfer_to", "≥ 3 (4)"),
        ):
            yield Row(
                f"single charges, {processes} process{'es' if processes > 1 else ''}",
                f"{statistics.median(rate['ours']):,.0f}/s, {cpu['ours']:,.0f} µs CPU",
                f"{label}: {statistics.median(rate[other]):,.0f}/s, {cpu[other]:,.0f} µs CPU",
                f"{ratio(rate['ours'], rate[other]):.2f} (by CPU {cpu[other] / cpu['ours']:.2f})",
                target,
            )


def hot(rounds: int, seconds: float) -> Iterator[Row]:
    """One location that all charge: from threads, whose charges share commits; from processes."""
    variant = singles.ours(place.locations()[:1])
    paces = interleaved(
        rounds,
        {
            "thread": lambda: crowd(variant, threads=1, seconds=seconds),
            "threads": lambda: crowd(variant, threads=HOT_CLIENTS, seconds=seconds),
            "one": lambda: race(variant, processes=1, seconds=seconds).per_second,
            "many": lambda: race(variant, processes=HOT_CLIENTS, seconds=seconds).per_second,
        },
    )
    yield hot_row("threads of a process", paces["threads"], paces["thread"])
    yield hot_row("processes", paces["many"], paces["one"])


def hot_row(clients: str, many: list[float], one: list[float]) -> Row:
    return Row(
        f"one hot location, {HOT_CLIENTS} {clients}",
        f"{statistics.median(many):,.0f}/s",
        f"one: {statistics.median(one):,.0f}/s",
        f"{ratio(many, one):.2f}",
        "≥ 1 (3)",
    )


def broadcast(rounds: int, size: int) -> Iterator[Row]:
    costs = interleaved(rounds, broadcasts.rounds_of(size))
    wall = {name: [cost.wall for cost in of] for name, of in costs.items()}
    cpu = {name: [cost.cpu for cost in of] for name, of in costs.items()}
    for name, label, target in (
        ("rated", "already rated", "≤ 2.5 (1.5)"),
        ("with_rating", "rated and explained", "≤ 7 (4)"),
    ):
        yield Row(
            f"broadcast of {size:,}, {label}",
            milliseconds(costs[name]),
            f"COPY: {milliseconds(costs['copy'])}",
            f"{ratio(wall[name], wall['copy']):.2f} (by CPU {ratio(cpu[name], cpu['copy']):.2f})",
            target,
        )


def http(rounds: int, seconds: float) -> Iterator[Row]:
    with over_http.running() as api:
        took = interleaved(rounds, over_http.rounds_of(api, HTTP_BROADCAST))
        rate = {name: [HTTP_BROADCAST / one for one in of] for name, of in took.items()}
        yield Row(
            f"HTTP: a broadcast of {HTTP_BROADCAST:,} a request",
            f"{statistics.median(rate['http']):,.0f} messages/s",
            f"the call: {statistics.median(rate['call']):,.0f} messages/s",
            f"{ratio(rate['http'], rate['call']):.2f}",
            "≥ 0.5 (0.8)",
        )
        variants = {
            "http": over_http.singles(api, place.locations()),
            "call": singles.ours(place.locations()),
        }
        paces = interleaved(
            rounds,
            {
                name: partial(race, variant, processes=HTTP_CLIENTS, seconds=seconds)
                for name, variant in variants.items()
            },
        )
        pace = {name: [one.per_second for one in of] for name, of in paces.items()}
        yield Row(
            f"HTTP: single charges, {HTTP_CLIENTS} clients",
            f"{statistics.median(pace['http']):,.0f}/s",
            f"the call: {statistics.median(pace['call']):,.0f}/s",
            f"{ratio(pace['http'], pace['call']):.2f}",
            "≥ 0.3 (0.5)",
        )
        variant = over_http.singles(api, place.locations()[:1])
        paces = interleaved(
            rounds,
            {
                name: partial(race, variant, processes=clients, seconds=seconds)
                for name, clients in (("one", 1), ("many", HOT_CLIENTS))
            },
        )
        pace = {name: [one.per_second for one in of] for name, of in paces.items()}
        yield hot_row("HTTP clients", pace["many"], pace["one"])


def quote(rounds: int) -> Iterator[Row]:
    costs = interleaved(rounds, quotes.rounds_of(QUOTED))
    for name, label in (("new", "never seen"), ("known", "seen before")):
        yield Row(
            f"quote of {QUOTED:,} numbers, {label}",
            milliseconds(costs[name]),
            "",
            "",
            "≤ 1,500 ms (500)",
        )


def forecast(traffic: Path) -> Iterator[Row]:
    for location in forecasts.compared(traffic):
        for name, figure, read in forecasts.columns():
            ours, plain = read(location.ours), read(location.plain)
            yield Row(
                f"forecast for {location.name}: {name}",
                figure.format(ours),
                f"mean of 30 days: {figure.format(plain)}",
                f"{ours / plain:.2f}",
                "≤ 1",
            )
        within = [
            statistics.mean(of.within_half_and_twice) for of in (location.ours, location.plain)
        ]
        yield Row(
            f"forecast for {location.name}: 60 days within half and twice of it",
            f"{within[0]:.0%} of {len(location.ours.within_half_and_twice)} cuts",
            f"mean of 30 days: {within[1]:.0%}",
            "",
            "",
        )


def workbook(rounds: int, rows: int) -> Iterator[Row]:
    reports = workbooks.Reports(rows)
    took = interleaved(rounds, reports.rounds_of())
    median = {name: statistics.median(seconds) for name, seconds in took.items()}
    yield Row(
        f"workbook of {rows:,} rows, CPU",
        f"{median['ours']:.1f} s",
        f"XlsxWriter constant_memory: {median['xlsxwriter']:.1f} s",
        f"{ratio(took['ours'], took['xlsxwriter']):.2f}",
        "≤ 1.6 (0.5)",
    )
    yield Row(
        f"workbook of {rows:,} rows, reading them",
        f"{median['reading']:.1f} s CPU",
        "the whole build",
        f"{ratio(took['reading'], took['ours']):.0%}",
        "≤ 10 %",
    )
    yield Row(
        f"workbook of {rows:,} rows, memory over base",
        f"{reports.memory_mebibytes('ours'):.0f} MiB",
        f"XlsxWriter: {reports.memory_mebibytes('xlsxwriter'):.0f} MiB",
        "",
        "≤ 25 MiB",
    )


def beside(rounds: int, rows: int) -> Iterator[Row]:
    took = interleaved(rounds, beside_builds.Beside(workbooks.Reports(rows)).rounds_of())
    slow = {name: [slowest_hundredth(round) for round in of] for name, of in took.items()}
    half = {name: statistics.median(itertools.chain(*of)) for name, of in took.items()}
    yield Row(
        f"charges while a report of {rows:,} rows is built, slowest hundredth",
        f"{statistics.median(slow['beside']) * 1000:.1f} ms (half: {half['beside'] * 1000:.1f})",
        f"without: {statistics.median(slow['alone']) * 1000:.1f} ms"
        f" (half: {half['alone'] * 1000:.1f})",
        f"{ratio(slow['beside'], slow['alone']):.2f}",
        "≤ 1.5",
    )
    yield Row(
        "charges beside a loop that uses a core and nothing else, slowest hundredth",
        f"{statistics.median(slow['busy']) * 1000:.1f} ms (half: {half['busy'] * 1000:.1f})",
        "without: as above",
        f"{ratio(slow['busy'], slow['alone']):.2f}",
        "",
    )


if __name__ == "__main__":
    main()
