"""``wnpopt replay``: strategies on a stretch of a bandwidth trace."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json, write_atomic, write_json
from wnpopt.core.options import argument, option, required
from wnpopt.core.text import in_csv, number, percent
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.adaptive import ESTIMATORS
from wnpopt.problems.intradp.online.planners import PLANNERS
from wnpopt.problems.intradp.online.replay import Requests, Setup, Strategy, StrategyRun, replay_strategies
from wnpopt.problems.intradp.online.simulate import BandwidthTrace
from wnpopt.problems.intradp.online.table import PlanTable, at_bandwidth
from wnpopt.problems.intradp.online.trace_file import read_trace
from wnpopt.problems.intradp.solution import IntradpSolution

PICTURES = (".png", ".svg", ".pdf")
FLAGS = ("seconds", "requests", "period", "gap", "estimator", "hysteresis", "switch", "deadline")


@dataclass(frozen=True)
class ReplayRequest:
    """What the command is asked."""

    tables: tuple[str, ...] = argument(
        f"Strategies: plan tables, solution files (one plan for all requests), or {', '.join(PLANNERS)} (its plan for "
        "the mean bandwidth)."
    )
    trace: Path = required("CSV file of seconds (evenly spaced) and MB/s.")
    seconds: float | None = option(None, "All requests of so long a stretch.", above=0, metavar="S")
    requests: int | None = option(None, "So many requests; with --period.", least=1, metavar="N")
    period: float | None = option(None, "Seconds from release to release.", above=0, metavar="S")
    gap: float = option(0.0, "Seconds from the end of a request to the next.", least=0, metavar="S")
    instance: Path | None = option(None, "What the plans run on, in place of what the tables were made for.")
    fixed: tuple[str, ...] = option((), "Each table's plan for this bandwidth, always; again for more.", metavar="MB/S")
    estimator: str = option("harmonic", "Of the bandwidth.", choices=ESTIMATORS)
    window: int = option(5, "Steps of the trace that the means are of.", least=1)
    alpha: float = option(0.3, "Weight of the last step in smoothing.", above=0, most=1)
    hysteresis: float = option(0.0, "Relative gain that a change of the plan needs.", least=0, metavar="X")
    switch: float = option(0.0, "Seconds that a change of the plan takes.", least=0, metavar="S")
    deadline: float | None = option(None, "Seconds from release to end.", above=0, metavar="S", shown="the instance's")
    out: Path | None = option(None, "JSON file of the distributions.", flags=("--out", "-o"), writes=True)
    csv: Path | None = option(None, "CSV file, a line a request of a strategy.", flags=("--csv",), writes=True)
    plot: Path | None = option(None, f"Picture: {', '.join(PICTURES)}.", flags=("--plot",), writes=True)
    seed: int = option(0, "Seed of strategies that are random.", least=0)
    json: bool = option(False, "One JSON object on stdout instead.", flags=("--json",))


def run(request: ReplayRequest, terminal: Terminal) -> None:
    """Replay, write what is asked for, and say how the strategies compare."""
    with _flags():
        requests = Requests(request.seconds, request.requests, request.period, request.gap)
        setup = Setup(
            requests, request.estimator, request.window, request.alpha, request.hysteresis, request.switch,  # type: ignore[arg-type]
            request.deadline,
        )  # fmt: skip
    if request.plot is not None and request.plot.suffix.lower() not in PICTURES:
        told = f"found {request.plot.name}; a file name with one of the endings {', '.join(PICTURES)} is needed"
        raise InputError(told, where="--plot")
    for target in (request.out, request.csv, request.plot):
        # Path.resolve raises on a loop of symbolic links.
        if target is not None and os.path.realpath(target) in map(os.path.realpath, request.tables):
            raise InputError("is read, and would be replaced; another name is needed", file=str(target))
    trace = read_trace(request.trace)
    instance, strategies = _strategies(request, trace)
    with _flags():
        runs = replay_strategies(instance, strategies, trace, setup)
    report = {
        "kind": "intradp-replay", "schema_version": 1, "instance": instance.name,
        "instance_hash": instance.instance_hash, "trace": str(request.trace), "stretch_s": requests.stretch_s,
        "period_s": request.period, "gap_s": request.gap, "estimator": request.estimator,
        "hysteresis": request.hysteresis, "switch_s": request.switch,
        "strategies": {name: made.summary() for name, made in runs.items()},
    }  # fmt: skip
    if request.out is not None:
        write_json(request.out, report)
    if request.csv is not None:
        write_atomic(request.csv, _table(runs).encode())
    if request.plot is not None:
        from wnpopt.plotting.save import save_image
        from wnpopt.problems.intradp.plots.replay import replay_figure

        save_image(replay_figure(runs, trace, f"{instance.name} on {request.trace.name}"), request.plot)
    if request.json:
        terminal.say(json.dumps(report))
        return
    for line in _lines(runs):
        terminal.say(line)


class _flags:  # noqa: N801 -- used as a function
    """Names the flags of what is wrong."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, InputError) and error.where in FLAGS:
            raise InputError(error.what, where=f"--{error.where}") from None


def _strategies(request: ReplayRequest, trace: BandwidthTrace) -> tuple[IntradpInstance, dict[str, Strategy]]:
    read: dict[str, Strategy | None] = {}
    for text in request.tables:
        path = Path(text)
        name = text if text in PLANNERS and not path.exists() else path.stem
        if name in read:
            raise InputError(f"found two strategies called {name}; different file names are needed", file=text)
        read[name] = None if name == text and text in PLANNERS else _read(path)
    instance = _instance(request, read)
    strategies: dict[str, Strategy] = {}
    mean = sum(trace.bytes_per_s) / len(trace.bytes_per_s) / 1e6
    for name, strategy in read.items():
        strategies[name] = _made(instance, name, mean, request.seed) if strategy is None else strategy
    for text in request.fixed:
        try:
            rate = float(text)
        except ValueError:
            rate = -1.0
        if not 0 <= rate < float("inf"):
            raise InputError(f"found {text!r}; a finite number of MB/s of at least 0 is needed", where="--fixed")
        for name, strategy in read.items():
            if isinstance(strategy, PlanTable):
                strategies[f"{name}@{rate:g}"] = strategy.at(rate).solution(strategy.instance)
    return instance, strategies


def _read(path: Path) -> Strategy:
    data = read_json(path)
    kind = data.get("kind")
    try:
        if kind == "intradp-table":
            return PlanTable.from_data(data)
        if kind == "intradp-solution":
            return IntradpSolution.from_data(data)
        raise InputError(f"found {kind!r}; intradp-table or intradp-solution is needed", where="kind")
    except InputError as error:
        raise error.in_file(str(path)) from None


def _instance(request: ReplayRequest, read: Mapping[str, Strategy | None]) -> IntradpInstance:
    if request.instance is not None:
        try:
            return IntradpInstance.from_data(read_json(request.instance))
        except InputError as error:
            raise error.in_file(str(request.instance)) from None
    networks = {name: s.network for name, s in read.items() if isinstance(s, PlanTable) and s.network is not None}
    if not networks:
        raise InputError("is needed, as no table says which instance it was made for", where="--instance")
    if len({network.instance_hash for network in networks.values()}) > 1:
        told = f"is needed, as {', '.join(networks)} were made for different instances"
        raise InputError(told, where="--instance")
    return next(iter(networks.values()))


def _made(instance: IntradpInstance, method: str, megabytes_per_s: float, seed: int) -> IntradpSolution:
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.core.budget import Budget
    from wnpopt.problems.intradp.kernels.problem import Problem

    problem = Problem.of(at_bandwidth(instance, megabytes_per_s).changed(deadline_s=None))
    return run_stoppable(partial(PLANNERS[method], problem, seed), Budget(None)).solution(problem)


def _table(runs: Mapping[str, StrategyRun]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    fields = ("released_s", "began_s", "latency_s", "response_s", "energy_j", "sending_s")
    writer.writerow(("strategy", *fields, "planned_megabytes_per_s"))
    for name, made in runs.items():
        columns = [getattr(made, field).tolist() for field in fields]
        planned = ["" if math.isnan(rate) else rate for rate in made.plan.tolist()]
        writer.writerows((in_csv(name), *row) for row in zip(*columns, planned, strict=True))
    return stream.getvalue()


def _lines(runs: Mapping[str, StrategyRun]) -> Iterator[str]:
    head = ("strategy", "requests", "mean ms", "p50", "p95", "p99", "worst", "mean J", "p95", "worst", "sending")
    rows: list[Sequence[str]] = [(*head, "misses", "switches")]
    for name, made in runs.items():
        told: dict[str, Any] = made.summary()
        ms = [f"{1e3 * told[f'response_s_{what}']:.1f}" for what in ("mean", "p50", "p95", "p99", "worst")]
        joules = [number(float(f"{told[f'energy_j_{what}']:.4g}")) for what in ("mean", "p95", "worst")]
        misses = "-" if told["misses"] is None else str(told["misses"])
        share = percent(told["sending_share"])
        rows.append((name, str(told["requests"]), *ms, *joules, share, misses, str(told["switches"])))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells)
