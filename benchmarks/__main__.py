"""Measure charging, quotes, forecasts and workbooks: see docs/performance.md."""

import argparse
import itertools
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import mean, median

from benchmarks import (
    broadcasts,
    charges_during_builds,
    database,
    forecasts,
    http_charges,
    quotes,
    single_charges,
    workbooks,
)
from benchmarks.load import Throughput, Variant, run_processes, run_threads
from benchmarks.table import (
    TableRow,
    milliseconds,
    percentile_99,
    print_table,
    ratio,
    run_interleaved,
)

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
    parser.add_argument("--seconds", type=float, default=2.0, help="of throughput in a round (2)")
    parser.add_argument("--traffic", type=Path, help="a folder to replay, for the forecast")
    parser.add_argument("--rows", type=int, default=50_000, help="of the workbook (50,000)")
    args = parser.parse_args()
    if unknown := set(args.measures) - set(MEASURES):
        parser.error(f"unknown measure {', '.join(sorted(unknown))}")
    if "forecast" in args.measures and not args.traffic:
        parser.error("the forecast is measured on replayed traffic: name its folder with --traffic")
    selected = args.measures or MEASURES

    database.start_server()
    database.create()
    database.create_floor()
    database.warm_caches()
    rows: list[TableRow] = []
    if "single" in selected:
        rows += measure_single(args.rounds, args.seconds)
    if "hot" in selected:
        rows += measure_hot(args.rounds, args.seconds)
    if "broadcast" in selected:
        for size in BROADCASTS:
            rows += measure_broadcast(args.rounds, size)
    if "http" in selected:
        rows += measure_http(args.rounds, args.seconds)
    if "quote" in selected:
        rows += measure_quote(args.rounds)
    if "forecast" in selected and args.traffic:
        rows += measure_forecast(args.traffic)
    if "workbook" in selected:
        rows += measure_workbook(args.rounds, args.rows)
    if "beside" in selected:
        rows += measure_charges_during_builds(args.rounds, args.rows)
    print_table(rows)
    names = ("server_version", "fsync", "synchronous_commit")
    version, fsync, commit = map(database.get_setting, names)
    print(
        f"\nPostgreSQL {version}, fsync {fsync}, synchronous_commit {commit};"
        f" medians of {args.rounds} interleaved rounds, ratios taken within each round."
    )


def run_variants(
    rounds: int, seconds: float, variants: dict[str, tuple[Variant, int]]
) -> dict[str, list[Throughput]]:
    return run_interleaved(
        rounds,
        {
            name: partial(run_processes, variant, processes=processes, seconds=seconds)
            for name, (variant, processes) in variants.items()
        },
    )


def per_second(results: dict[str, list[Throughput]]) -> dict[str, list[float]]:
    return {name: [result.per_second for result in of] for name, of in results.items()}


def measure_single(rounds: int, seconds: float) -> Iterator[TableRow]:
    locations = database.location_ids()
    variants = {
        "ours": single_charges.ours(locations),
        "floor": single_charges.floor(locations),
        "guarded": single_charges.floor(locations, schema="public"),
        "hordak": single_charges.hordak(single_charges.hordak_accounts()),
    }
    for processes in PROCESSES:
        results = run_variants(
            rounds, seconds, {name: (variant, processes) for name, variant in variants.items()}
        )
        rate = per_second(results)
        cpu = {name: median(r.client + r.server for r in of) for name, of in results.items()}
        for other, label, target in (
            ("floor", "floor", "≥ 0.5 (0.7)"),
            ("guarded", "floor's statement, our guards", ""),
            ("hordak", "django-hordak transfer_to", "≥ 3 (4)"),
        ):
            yield TableRow(
                f"single charges, {processes} process{'es' if processes > 1 else ''}",
                f"{median(rate['ours']):,.0f}/s, {cpu['ours']:,.0f} µs CPU",
                f"{label}: {median(rate[other]):,.0f}/s, {cpu[other]:,.0f} µs CPU",
                f"{ratio(rate['ours'], rate[other]):.2f} (by CPU {cpu[other] / cpu['ours']:.2f})",
                target,
            )


def measure_hot(rounds: int, seconds: float) -> Iterator[TableRow]:
    variant = single_charges.ours(database.location_ids()[:1])
    threads = run_interleaved(
        rounds,
        {
            "one": partial(run_threads, variant, threads=1, seconds=seconds),
            "many": partial(run_threads, variant, threads=HOT_CLIENTS, seconds=seconds),
        },
    )
    yield hot_row("threads of a process", threads)
    processes = run_variants(rounds, seconds, {"one": (variant, 1), "many": (variant, HOT_CLIENTS)})
    yield hot_row("processes", per_second(processes))


def hot_row(clients: str, rate: dict[str, list[float]]) -> TableRow:
    return TableRow(
        f"one hot location, {HOT_CLIENTS} {clients}",
        f"{median(rate['many']):,.0f}/s",
        f"one: {median(rate['one']):,.0f}/s",
        f"{ratio(rate['many'], rate['one']):.2f}",
        "≥ 1 (3)",
    )


def measure_broadcast(rounds: int, size: int) -> Iterator[TableRow]:
    costs = run_interleaved(rounds, broadcasts.get_rounds(size))
    wall = {name: [cost.wall for cost in of] for name, of in costs.items()}
    cpu = {name: [cost.cpu for cost in of] for name, of in costs.items()}
    for name, label, target in (
        ("rated", "already rated", "≤ 2.5 (1.5)"),
        ("with_rating", "rated and explained", "≤ 7 (4)"),
    ):
        yield TableRow(
            f"broadcast of {size:,}, {label}",
            milliseconds(costs[name]),
            f"COPY: {milliseconds(costs['copy'])}",
            f"{ratio(wall[name], wall['copy']):.2f} (by CPU {ratio(cpu[name], cpu['copy']):.2f})",
            target,
        )


def measure_http(rounds: int, seconds: float) -> Iterator[TableRow]:
    with http_charges.running_server() as api:
        durations = run_interleaved(rounds, http_charges.get_rounds(api, HTTP_BROADCAST))
        rate = {name: [HTTP_BROADCAST / one for one in of] for name, of in durations.items()}
        yield http_row(
            f"a broadcast of {HTTP_BROADCAST:,} a request", rate, " messages/s", "≥ 0.5 (0.8)"
        )
        locations = database.location_ids()
        variants = {
            "http": (http_charges.single_charges(api, locations), HTTP_CLIENTS),
            "call": (single_charges.ours(locations), HTTP_CLIENTS),
        }
        rate = per_second(run_variants(rounds, seconds, variants))
        yield http_row(f"single charges, {HTTP_CLIENTS} clients", rate, "/s", "≥ 0.3 (0.5)")
        variant = http_charges.single_charges(api, locations[:1])
        results = run_variants(
            rounds, seconds, {"one": (variant, 1), "many": (variant, HOT_CLIENTS)}
        )
        yield hot_row("HTTP clients", per_second(results))


def http_row(measure: str, rate: dict[str, list[float]], unit: str, target: str) -> TableRow:
    return TableRow(
        f"HTTP: {measure}",
        f"{median(rate['http']):,.0f}{unit}",
        f"the call: {median(rate['call']):,.0f}{unit}",
        f"{ratio(rate['http'], rate['call']):.2f}",
        target,
    )


def measure_quote(rounds: int) -> Iterator[TableRow]:
    costs = run_interleaved(rounds, quotes.get_rounds(QUOTED))
    for name, label in (("new", "never seen"), ("cached", "seen before")):
        measure = f"quote of {QUOTED:,} numbers, {label}"
        yield TableRow(measure, milliseconds(costs[name]), "", "", "≤ 1,500 ms (500)")


def measure_forecast(traffic: Path) -> Iterator[TableRow]:
    for location in forecasts.compare_methods(traffic):
        for name, figure, read in forecasts.measures():
            ours, plain = read(location.ours), read(location.plain)
            yield TableRow(
                f"forecast for {location.name}: {name}",
                figure.format(ours),
                f"mean of 30 days: {figure.format(plain)}",
                f"{ours / plain:.2f}",
                "≤ 1",
            )
        hits, plain_hits = location.ours.within_half_and_twice, location.plain.within_half_and_twice
        yield TableRow(
            f"forecast for {location.name}: 60 days within half and twice of it",
            f"{mean(hits):.0%} of {len(hits)} cuts",
            f"mean of 30 days: {mean(plain_hits):.0%}",
            "",
            "",
        )


def measure_workbook(rounds: int, rows: int) -> Iterator[TableRow]:
    reports = workbooks.ReportRounds(rows)
    seconds = run_interleaved(rounds, reports.get_rounds())
    yield TableRow(
        f"workbook of {rows:,} rows, CPU",
        f"{median(seconds['ours']):.1f} s",
        f"XlsxWriter constant_memory: {median(seconds['xlsxwriter']):.1f} s",
        f"{ratio(seconds['ours'], seconds['xlsxwriter']):.2f}",
        "≤ 1.6 (0.5)",
    )
    yield TableRow(
        f"workbook of {rows:,} rows, reading them",
        f"{median(seconds['reading']):.1f} s CPU",
        "the whole build",
        f"{ratio(seconds['reading'], seconds['ours']):.0%}",
        "≤ 10 %",
    )
    yield TableRow(
        f"workbook of {rows:,} rows, memory over base",
        f"{reports.memory_mebibytes('ours'):.0f} MiB",
        f"XlsxWriter: {reports.memory_mebibytes('xlsxwriter'):.0f} MiB",
        "",
        "≤ 25 MiB",
    )


def measure_charges_during_builds(rounds: int, rows: int) -> Iterator[TableRow]:
    charges = charges_during_builds.ChargesDuringBuilds(workbooks.ReportRounds(rows))
    seconds = run_interleaved(rounds, charges.get_rounds())
    slow = {name: [percentile_99(each) for each in of] for name, of in seconds.items()}
    figures = {
        name: f"{median(slow[name]) * 1000:.1f} ms"
        f" (half: {median(itertools.chain(*of)) * 1000:.1f})"
        for name, of in seconds.items()
    }
    yield TableRow(
        f"charges while a report of {rows:,} rows is built, slowest hundredth",
        figures["beside"],
        f"without: {figures['alone']}",
        f"{ratio(slow['beside'], slow['alone']):.2f}",
        "≤ 1.5",
    )
    yield TableRow(
        "charges beside a loop that uses a core and nothing else, slowest hundredth",
        figures["busy"],
        "without: as above",
        f"{ratio(slow['busy'], slow['alone']):.2f}",
        "",
    )


if __name__ == "__main__":
    main()
