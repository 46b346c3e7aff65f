"""``wnpopt run`` with a table, a trace or strategies to compare: how long each takes on the same link."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.execution.unsplit import check_equal
from wnpopt.problems.intradp.execution.costs.plans import named_plan
from wnpopt.problems.intradp.execution.remote.comparison import (
    Following,
    RunStrategy,
    StrategyRecord,
    Stretch,
    compare,
)
from wnpopt.problems.intradp.execution.remote.device import RunInference
from wnpopt.problems.intradp.execution.remote.job import SplitModel
from wnpopt.problems.intradp.execution.remote.precompiled import PrecompiledTable, precompiled
from wnpopt.problems.intradp.execution.remote.roles import paces_of
from wnpopt.problems.intradp.execution.remote.run_request import RunRequest, device_of
from wnpopt.problems.intradp.online.adaptive import Controller
from wnpopt.problems.intradp.online.replay import Requests, Setup, Strategy, replay_strategies
from wnpopt.problems.intradp.online.simulate import BandwidthTrace
from wnpopt.problems.intradp.online.table import PlanTable, at_bandwidth
from wnpopt.problems.intradp.online.trace_file import read_trace
from wnpopt.problems.intradp.solution import IntradpSolution

ON_A_TRACE = ("device-only", "server-only", "layer-cut")


def run_comparison(
    request: RunRequest, model: SplitModel, plan: IntradpSolution | PlanTable, terminal: Terminal
) -> None:
    """Run the plan or the table and whatever is compared with it, one after the other, and say what each took."""
    if request.plot is not None:
        raise InputError("is for a single plan without strategies and traces", where="--plot")
    if request.guard is not None:
        raise InputError("is for a single plan without strategies and traces", where="--guard")
    trace = None if request.trace is None else read_trace(request.trace)
    made = _Strategies(request, model, plan, trace)
    stretch = Stretch(None, request.repeat, request.gap)
    if request.seconds is not None or trace is not None:
        assert trace is not None or request.seconds is not None
        length = request.seconds or len(trace.bytes_per_s) * trace.step_s  # type: ignore[union-attr]
        stretch = Stretch(length, None, request.gap)

    def on_inference(name: str, number: int, inference: RunInference) -> None:
        if sys.stderr.isatty():
            told = f"{name}: inference {number + 1}: {1e3 * inference.latency_s:.2f} ms"
            terminal.progress(told, last=False)

    with device_of(request, model, made.plans, terminal, slower=made.slower) as runner:
        records = compare(
            runner, made.strategies, stretch, paces=paces_of(model, request.latency) if request.emulate else None,
            trace=trace, seed=request.seed, on_inference=on_inference,
        )  # fmt: skip
    worst = max(record.deviation for record in records.values())
    check_equal(worst, request.tolerance)
    planned = _planned(request, model, made, trace, stretch, records)
    report = _report(request, model, made, records, planned)
    if request.json:
        terminal.say(json.dumps(report))
        return
    for line in _lines(report):
        terminal.say(line)


class _Strategies:
    """What is run: the plans that are made ready, and the strategies over them."""

    def __init__(
        self,
        request: RunRequest,
        model: SplitModel,
        plan: IntradpSolution | PlanTable,
        trace: BandwidthTrace | None,
    ) -> None:
        link = model.instance.link
        nominal = min(link.uplink_bytes_per_s, link.downlink_bytes_per_s)
        mean = nominal if trace is None else sum(trace.bytes_per_s) / len(trace.bytes_per_s)
        here = model.instance if trace is None else at_bandwidth(model.instance, mean / 1e6)
        self.plans: list[IntradpSolution] = []
        self.strategies: dict[str, RunStrategy] = {}
        self.replayed: dict[str, Strategy] = {}
        self.ready: PrecompiledTable | None = None
        self.nominal, slowest = nominal, mean
        for name in request.compare or (ON_A_TRACE if trace is not None else ()):
            solution = named_plan(here, name, request.seed)
            self.replayed[name] = solution
            self.strategies[name] = None if name == "device-only" else self._place(solution)
        name = request.plan.stem if request.plan.stem not in self.strategies else f"{request.plan.stem}.json"
        try:
            if isinstance(plan, IntradpSolution):
                model.plan(plan)
                self.replayed[name], self.strategies[name] = plan, self._place(plan)
            else:
                ready = self.ready = precompiled(model, plan, memory_bytes=request.memory << 20)
                places = [self._place(solution) for solution in ready.plans]
                controller = Controller(
                    ready.table, request.estimator, window=request.window, hysteresis=request.hysteresis  # type: ignore[arg-type]
                )  # fmt: skip
                place = {rate: None if at is None else places[at] for rate, at in ready.place.items()}
                self.strategies[name] = Following(controller, place)
                self.replayed[name] = ready.table
                slowest = min([slowest, *(rate * 1e6 for rate, at in ready.place.items() if at is not None)])
        except InputError as error:
            raise error.in_file(str(request.plan)) from None
        if not self.plans:  # a connection has one at least
            self.plans.append(named_plan(model.instance, "device-only"))
        self.slower = max(1.0, nominal / slowest)

    def _place(self, solution: IntradpSolution) -> int:
        if solution not in self.plans:
            self.plans.append(solution)
        return self.plans.index(solution)


def _planned(
    request: RunRequest,
    model: SplitModel,
    made: _Strategies,
    trace: BandwidthTrace | None,
    stretch: Stretch,
    records: Mapping[str, StrategyRecord],
) -> dict[str, float | None]:
    """Mean seconds by the replay of the same link; nothing where the link is a real one."""
    if not request.emulate:
        return dict.fromkeys(records)
    link = trace if trace is not None else BandwidthTrace(1.0, (made.nominal,))
    instance = model.instance
    if request.latency is not None:
        instance = instance.changed(link=instance.link.model_copy(update={"latency_s": request.latency}))
    found: dict[str, float | None] = {}
    for name, strategy in made.replayed.items():
        length = stretch.seconds or max(records[name].began_s[-1], 1e-3)
        setup = Setup(
            Requests(seconds=length, gap_s=stretch.gap_s), request.estimator, request.window,  # type: ignore[arg-type]
            hysteresis=request.hysteresis,
        )  # fmt: skip
        replayed = replay_strategies(instance, {name: strategy}, link, setup)[name]
        found[name] = float(replayed.latency_s.mean())
    return found


def _report(
    request: RunRequest,
    model: SplitModel,
    made: _Strategies,
    records: Mapping[str, StrategyRecord],
    planned: Mapping[str, float | None],
) -> dict[str, Any]:
    ready = made.ready
    return {
        "kind": "intradp-run-strategies", "schema_version": 1, "instance": model.instance.name,
        "instance_hash": model.instance.instance_hash, "model_hash": model.fingerprint["model"],
        "mode": "emulate" if request.emulate else "connect", "slowdown": request.slowdown,
        "trace": None if request.trace is None else str(request.trace), "seconds": request.seconds,
        "plans": len(made.plans),
        "table": None
        if ready is None
        else {"ready": len(ready.plans), "left_out": ready.left_out, "bytes": ready.needed_bytes},
        "strategies": {
            name: record.summary()
            | {
                "planned_mean_s": planned[name],
                "latencies_s": list(record.latency_s),
                "began_s": list(record.began_s),
                "reasons": [reason for _, reason in record.alone],
                "plan_megabytes_per_s": [None if math.isnan(rate) else rate for rate in record.made_for],
            }
            for name, record in records.items()
        },
    }  # fmt: skip


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    rows: list[Sequence[str]] = [
        ("strategy", "requests", "planned ms", "mean ms", "p50", "p95", "worst", "alone", "switches")
    ]
    for name, told in report["strategies"].items():
        planned = "-" if told["planned_mean_s"] is None else f"{1e3 * told['planned_mean_s']:.2f}"
        ms = [f"{1e3 * told[f'{what}_s']:.2f}" for what in ("mean", "p50", "p95", "worst")]
        rows.append((name, str(told["requests"]), planned, *ms, str(told["alone"]), str(told["switches"])))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(
            text.rjust(width) if i else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        )
    deviation = max(told["deviation"] for told in report["strategies"].values())
    yield f"outputs equal the unsplit network's within {deviation:.1e}"
    if report["table"] is not None:
        table = report["table"]
        out = f", {table['left_out']} left out for want of memory" if table["left_out"] else ""
        yield f"table: {table['ready']} plans ready beside device-only, {table['bytes'] / 2**20:.0f} MiB{out}"
    for name, told in report["strategies"].items():
        if told["reasons"]:
            yield f"alone in {name}: {told['reasons'][0]}"
