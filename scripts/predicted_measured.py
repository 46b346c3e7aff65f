"""Runs networks under plans over an emulated link, and writes docs/predicted-measured.md: predicted beside measured.

    python scripts/predicted_measured.py [--network NAME:SLOWDOWN ...] [--rates 8,15,30,100] [--repeats 15]

A network is one of the onnx package (light_NAME.onnx, with random weights), "made" (the repository's own), or an ONNX
file. Each is calibrated by running it, then device-only, server-only, the layer cut and the search's split run at each
rate in turn, every output compared. On a quiet machine: chrt -r 1 python scripts/predicted_measured.py
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from recipes.light import write_made, write_network  # noqa: E402

from wnpopt.core.errors import WnpoptError  # noqa: E402
from wnpopt.execution.unsplit import UnsplitNetwork, largest_difference  # noqa: E402
from wnpopt.problems.intradp.execution.check import instance_of  # noqa: E402
from wnpopt.problems.intradp.execution.costs.bench import CostBench  # noqa: E402
from wnpopt.problems.intradp.execution.costs.calibrated import SIDES, at_rate, measure_costs  # noqa: E402
from wnpopt.problems.intradp.execution.costs.observed import over_a_link  # noqa: E402
from wnpopt.problems.intradp.execution.costs.plans import named_plan, split_plan  # noqa: E402
from wnpopt.problems.intradp.execution.network import ExecutableNetwork  # noqa: E402
from wnpopt.problems.intradp.execution.remote.connection import connect  # noqa: E402
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner  # noqa: E402
from wnpopt.problems.intradp.execution.remote.greeting import read_key  # noqa: E402
from wnpopt.problems.intradp.execution.remote.guard import THRESHOLD  # noqa: E402
from wnpopt.problems.intradp.execution.remote.job import Patience, SplitModel  # noqa: E402
from wnpopt.problems.intradp.execution.remote.overhead import runtime_overhead  # noqa: E402
from wnpopt.problems.intradp.execution.remote.pace import Pace  # noqa: E402
from wnpopt.problems.intradp.execution.remote.roles import EmulatedServer, emulated  # noqa: E402
from wnpopt.problems.intradp.imports.fuse import fuse  # noqa: E402
from wnpopt.problems.intradp.instance import IntradpInstance  # noqa: E402
from wnpopt.problems.intradp.verify import replay  # noqa: E402

NETWORKS = ("squeezenet:6", "shufflenet:6", "inception_v1:3", "resnet50:3")
DEFAULTS: dict[str, Any] = {"rates": "8,15,30,100", "repeats": 15, "bench": 5, "search": 2.0}
STRATEGIES = ("device-only", "server-only", "layer-cut", "split")
LATENCY_S = 1e-3
BASE = 15.0
WITHIN = 0.03
PATIENCE = Patience(4.0, 5.0)
"""Generous: what is measured here is how long a message takes, not when to give up."""


@dataclass(frozen=True)
class Measured:
    """A strategy at a rate: seconds predicted, and of each inference."""

    network: str
    rate: float
    strategy: str
    predicted_s: float
    latencies_s: tuple[float, ...]
    messages: int
    overheads_s: tuple[float, ...]
    deviation: float

    @property
    def median_s(self) -> float:
        return median(self.latencies_s)

    @property
    def error(self) -> float:
        return self.predicted_s / self.median_s - 1


def network_file(name: str, folder: Path) -> Path:
    """The file of a network, made here where it is no file; raises FileNotFoundError for one that there is not."""
    if name.endswith(".onnx"):
        if not Path(name).exists():
            raise FileNotFoundError(f"there is no file {name}")
        return Path(name)
    if name == "made":
        return write_made(folder / "made.onnx")
    try:
        return write_network(name, folder / f"{name}.onnx")
    except FileNotFoundError:
        raise FileNotFoundError(
            f"network {name!r} is not there: the onnx package that is installed has no light_{name}.onnx"
        ) from None


def measure(file: Path, name: str, slowdown: float, rates: Sequence[float], asked: argparse.Namespace) -> Any:
    """The network's part of the page: what calibrating came to, and each strategy at each rate."""
    network = ExecutableNetwork.read(file)
    instance = fuse(instance_of(network)).instance
    link = {"uplink_bytes_per_s": 1e6 * BASE, "downlink_bytes_per_s": 1e6 * BASE, "latency_s": LATENCY_S}
    instance = instance.changed(link=instance.link.model_copy(update=link))
    model = SplitModel(instance, network)
    began = time.perf_counter()
    with emulated(model) as server:
        device = partial(server.device, paces=_paces(BASE), slowdown=slowdown, patience=PATIENCE)
        costs_of_link, observe = over_a_link(device, named_plan(instance, "device-only"), asked.bench)
        calibrated, costs = measure_costs(
            CostBench(model, repeats=asked.bench), slowdown=slowdown, link=costs_of_link, observe=observe,
            rates=[rate / BASE for rate in rates], search_s=asked.search,
        )  # fmt: skip
        spent = time.perf_counter() - began
        rows = [row for rate in rates for row in strategies_at(server, model, calibrated, name, slowdown, rate, asked)]
    return {
        "name": name, "slowdown": slowdown, "operators": len(instance.operators) - 2, "calibration_s": spent,
        "sum_s": costs["server"].sum_s, "whole_s": [costs[side].whole_s for side in SIDES],
        "segment_s": [costs[side].segment_s for side in SIDES], "fit": [costs[side].error for side in SIDES],
        "latency_s": costs_of_link.latency_s - LATENCY_S, "rows": rows,
    }  # fmt: skip


def strategies_at(
    server: EmulatedServer,
    model: SplitModel,
    calibrated: IntradpInstance,
    name: str,
    slowdown: float,
    rate: float,
    asked: argparse.Namespace,
) -> Iterator[Measured]:
    """All strategies at a rate, in turn, so that what the machine does beside hits all alike."""
    here = at_rate(calibrated, rate / BASE)
    plans = [named_plan(here, strategy) for strategy in STRATEGIES[:-1]] + [split_plan(here, asked.search)]
    inputs = model.network.random_inputs(1)
    expected = UnsplitNetwork(model.network).outputs(inputs)
    spent: list[list[float]] = [[] for _ in plans]
    overheads: list[list[float]] = [[] for _ in plans]
    deviation = [0.0] * len(plans)
    with server.device(plans, _paces(rate), slowdown=slowdown, patience=PATIENCE) as runner:
        for turn in range(asked.repeats + 1):
            for i in range(len(plans)):
                made = runner.infer(inputs, i)
                if made.alone is not None:
                    raise WnpoptError(f"{name} at {rate:g} MB/s, {STRATEGIES[i]}: {made.alone}")
                deviation[i] = max(deviation[i], largest_difference(made.outputs, expected))
                if turn:
                    spent[i].append(made.latency_s)
                    took = runtime_overhead(model, plans[i], made, _paces(rate))
                    overheads[i] += [] if took is None else [took]
        messages = [len(one.side.program.sends) + len(one.side.program.receives) for one in runner.prepared]
    for i, strategy in enumerate(STRATEGIES):
        predicted = replay(here, plans[i]).latency_s
        row = Measured(name, rate, strategy, predicted, tuple(spent[i]), messages[i], tuple(overheads[i]), deviation[i])
        print(
            f"{name:14} {rate:6g} MB/s  {strategy:12} predicted {1e3 * predicted:8.2f} measured "
            f"{1e3 * row.median_s:8.2f} ms  {100 * row.error:+6.1f} %  {messages[i]} messages",
            flush=True,
        )
        yield row


def _paces(rate: float) -> tuple[Pace, Pace]:
    return Pace(1e6 * rate, LATENCY_S), Pace(1e6 * rate, LATENCY_S)


def recoveries(file: Path, slowdown: float) -> list[dict[str, float | str]]:
    """A served split whose server is killed, and one whose server is stopped, in the middle of an inference."""
    network = ExecutableNetwork.read(file)
    instance = fuse(instance_of(network)).instance
    model = SplitModel(instance, network)
    middle = len(instance.operators) // 2
    units = [operator.units for operator in instance.operators]
    ends = [u if i in (0, len(units) - 1) or i < middle else u // 2 for i, u in enumerate(units)]
    begins = [u if i in (0, len(units) - 1) or i < middle else u // 2 for i, u in enumerate(units)]
    plan = named_plan(instance, "device-only").model_copy(
        update={"device_end": tuple(ends), "server_begin": tuple(begins)}
    )
    found: list[dict[str, float | str]] = []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "instance.json").write_text(json.dumps(instance.to_data()))
        for what, number in (("killed", signal.SIGKILL), ("stopped", signal.SIGSTOP)):
            found.append({"what": what, **_recovery(model, plan, Path(folder), number, slowdown)})
    return found


def _recovery(model: SplitModel, plan: Any, folder: Path, number: signal.Signals, slowdown: float) -> dict[str, float]:
    key = folder / "key"
    process = subprocess.Popen(
        [sys.executable, "-m", "wnpopt", "serve", str(folder / "instance.json"), "--model", str(model.network.path),
         "--key", str(key), "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    patience = Patience(4.0, 0.05)
    try:
        port = int(process.stdout.readline().rpartition(":")[2])
        reach = partial(connect, ("127.0.0.1", port), None)
        inputs = model.network.random_inputs(1)
        expected = UnsplitNetwork(model.network).outputs(inputs)
        with DeviceRunner(
            model, plan, reach, read_key(key, make=False), patience=patience, slowdown=slowdown
        ) as runner:
            alone = median(runner.infer(inputs, None).latency_s for _ in range(5))
            usual = median(runner.infer(inputs).latency_s for _ in range(5))
            killer = threading.Timer(usual / 2, process.send_signal, [number])
            killer.start()
            made = runner.infer(inputs)
            killer.join()
            if largest_difference(made.outputs, expected) > 1e-4:
                raise WnpoptError("the outputs of the device alone differ")
            deadline = max(patience.until(0.0, at) for at in runner.prepared[0].arrivals.values())
        return {"latency_s": made.latency_s, "usual_s": usual, "allowed_s": deadline + alone}
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def figures(networks: Sequence[Any], recovered: Sequence[Any]) -> list[tuple[str, str, str, bool]]:
    """(what, wanted, got, met) of the figures that the page is for."""
    rows: list[Measured] = [row for network in networks for row in network["rows"]]
    errors = [abs(row.error) for row in rows]
    worst = max(rows, key=lambda row: abs(row.error))
    cells: dict[tuple[str, float], list[Measured]] = {}
    for row in rows:
        cells.setdefault((row.network, row.rate), []).append(row)
    hits = 0
    for cell in cells.values():
        named, best = min(cell, key=lambda row: row.predicted_s), min(row.median_s for row in cell)
        hits += named.median_s <= best * (1 + WITHIN)
    needed = -(-14 * len(cells) // 16)
    where = f"{worst.network}, {worst.rate:g} MB/s, {worst.strategy}"
    told = [
        ("error of the prediction, median", "10 %", f"{100 * median(errors):.1f} %", median(errors) <= 0.1),
        ("error of the prediction, worst", "20 %", f"{100 * max(errors):.1f} % ({where})", max(errors) <= 0.2),
        ("best named is best measured, or within 3 %", f"{needed} of {len(cells)}", f"{hits} of {len(cells)}",
         hits >= needed),
    ]  # fmt: skip
    for rate, wanted in ((30.0, 0.10), (8.0, 0.04)):
        medians = {row.strategy: row.median_s for row in cells.get(("squeezenet", rate), ())}
        if medians:
            gain = 1 - medians["split"] / medians["layer-cut"]
            told.append(
                (f"SqueezeNet at {rate:g} MB/s: gain of the split over the layer cut", f"{100 * wanted:.0f} %",
                 f"{100 * gain:.1f} %", gain >= wanted)
            )  # fmt: skip
    over = [(median(row.overheads_s), 5e-4 + 3e-4 * row.messages, row) for row in rows if row.overheads_s]
    if over:
        took, allowed, row = max(over, key=lambda one: one[0] / one[1])
        where = f"{row.network}, {row.rate:g} MB/s, {row.strategy}, {row.messages} messages"
        told.append(
            ("overhead of the runtime, where it is nearest to its limit", f"{1e3 * allowed:.2f} ms",
             f"{1e3 * took:.2f} ms ({where})", took <= allowed)
        )  # fmt: skip
    told += [
        (f"recovery from a server that is {one['what']}, deadline and device-only inference",
         f"{1e3 * one['allowed_s']:.0f} ms", f"{1e3 * one['latency_s']:.0f} ms", one["latency_s"] <= one["allowed_s"])
        for one in recovered
    ]  # fmt: skip
    deviation = max(row.deviation for row in rows)
    told.append(("outputs against the unsplit network's", "1e-4", f"{deviation:.1e}", deviation <= 1e-4))
    return told


def command(asked: argparse.Namespace) -> str:
    """What this was asked, but for its folders."""
    real_time = os.sched_getscheduler(0) == os.SCHED_RR
    priority = f"chrt -r {os.sched_getparam(0).sched_priority} " if real_time else ""
    said = [f"--network {one}" for one in asked.network or ()]
    for name, usual in DEFAULTS.items():
        if (given := getattr(asked, name)) != usual:
            said.append(f"--{name} {given}")
    return " ".join([f"{priority}python scripts/predicted_measured.py", *said])


def page(networks: Sequence[Any], recovered: Sequence[Any], about: Sequence[str], asked: argparse.Namespace) -> str:
    """The page as Markdown."""
    lines = [
        "# Predicted and measured", "",
        "Networks calibrated by running them ([run](run.md#calibration-by-running)), then run under four strategies",
        "over an emulated link, each side on one core of this machine, the device drawn out. `split` is what `search`",
        "makes for the calibrated instance. Medians; strategies take turns; every output was compared. Written by",
        "", f"    {command(asked)}", "", *about, "",
        "## Figures", "", "| what | wanted | got | |", "| --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [
        f"| {what} | {wanted} | {got} | {'met' if met else 'not met'} |"
        for what, wanted, got, met in figures(networks, recovered)
    ]
    for network in networks:
        lines += [
            "", f"## {network['name']}, device {network['slowdown']:g} times slower", "",
            f"{network['operators']} operators (fused): one by one {1e3 * network['sum_s']:.2f} ms; as a whole "
            f"{' and '.join(f'{1e3 * one:.2f}' for one in network['whole_s'])} ms (device, before it is drawn",
            f"out, and server), {' and '.join(f'{1e6 * one:.0f}' for one in network['segment_s'])} us a message; "
            f"{1e6 * network['latency_s']:.0f} us a message on the way beyond the link's {1e3 * LATENCY_S:g} ms;",
            f"segments are off by {' and '.join(f'{100 * one:.1f}' for one in network['fit'])} % (median). "
            f"Calibrated in {network['calibration_s']:.0f} s.", "",
            "| MB/s | strategy | messages | predicted ms | measured ms | least to worst | error |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]  # fmt: skip
        for rate in dict.fromkeys(row.rate for row in network["rows"]):
            cell = [row for row in network["rows"] if row.rate == rate]
            named, best = min(cell, key=lambda r: r.predicted_s), min(cell, key=lambda r: r.median_s)
            for row in cell:
                predicted, got = f"{1e3 * row.predicted_s:.2f}", f"{1e3 * row.median_s:.2f}"
                predicted = f"**{predicted}**" if row is named else predicted
                got = f"**{got}**" if row is best else got
                spread = f"{1e3 * min(row.latencies_s):.2f} to {1e3 * max(row.latencies_s):.2f}"
                lines.append(
                    f"| {rate:g} | {row.strategy} | {row.messages} | {predicted} | {got} | {spread} "
                    f"| {100 * row.error:+.1f} % |"
                )
        gains = []
        for rate in dict.fromkeys(row.rate for row in network["rows"]):
            cut, split = (
                next(row for row in network["rows"] if row.rate == rate and row.strategy == strategy)
                for strategy in ("layer-cut", "split")
            )
            gain = 1 - split.median_s / cut.median_s
            kept = "kept" if gain >= THRESHOLD else "not kept"
            gains.append(
                f"{rate:g} MB/s {100 * (1 - split.predicted_s / cut.predicted_s):.1f} % predicted, "
                f"{100 * gain:.1f} % measured ({kept})"
            )
        lines += ["", f"Split over layer cut (the guard keeps it from {100 * THRESHOLD:g} % on): {'; '.join(gains)}."]
    return "\n".join(lines) + "\n"


def machine(load_before: str, seconds: float, asked: argparse.Namespace) -> list[str]:
    """Where and how it was measured."""
    import onnx
    import onnxruntime

    processor = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [
            line.partition(":")[2].strip() for line in information.read_text().splitlines() if "model name" in line
        ]
        processor = names[0] if names else processor
    policies = {os.SCHED_OTHER: "ordinary priority", os.SCHED_RR: "real-time priority (round robin)",
                os.SCHED_FIFO: "real-time priority (FIFO)"}  # fmt: skip
    policy = policies.get(os.sched_getscheduler(0), "another scheduling policy")
    after = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    system, count = f"{platform.system()}", len(os.sched_getaffinity(0))
    versions = f"Python {platform.python_version()}, onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}"
    took = f"{seconds / 60:.1f} minutes in all, {time.strftime('%Y-%m-%d')}"
    return [
        f"- Machine: {processor}, {count} processors, {system}; {policy}.",
        f"- Load (1, 5, 15 minutes): {load_before} before, {after} after; {took}.",
        f"- {versions}; one thread a session; {asked.repeats} inferences of each strategy after one.",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", action="append", metavar="NAME:SLOWDOWN", help="repeatable; four by default")
    parser.add_argument("--rates", default=DEFAULTS["rates"], help="MB/s")
    parser.add_argument(
        "--repeats", type=int, default=DEFAULTS["repeats"], help="inferences of each strategy at each rate"
    )
    parser.add_argument("--bench", type=int, default=DEFAULTS["bench"], help="repetitions in calibrating")
    parser.add_argument("--search", type=float, default=DEFAULTS["search"], help="seconds of search for a split")
    parser.add_argument("--folder", type=Path, help="where networks that are made here are kept")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "predicted-measured.md")
    asked = parser.parse_args()
    rates = [float(rate) for rate in asked.rates.split(",")]
    load_before, began = ", ".join(f"{one:.2f}" for one in os.getloadavg()), time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        wanted = []
        for text in asked.network or NETWORKS:
            name, _, slowdown = text.rpartition(":")
            try:
                wanted.append((network_file(name or text, folder), name or text, float(slowdown) if name else 1.0))
            except FileNotFoundError as error:
                print(f"predicted_measured: {error}", file=sys.stderr)
                return 2
        try:
            networks = [measure(file, Path(name).stem, slowdown, rates, asked) for file, name, slowdown in wanted]
            recovered = recoveries(wanted[0][0], wanted[0][2])
        except WnpoptError as error:
            print(f"predicted_measured: {error}", file=sys.stderr)
            return 3
    about = machine(load_before, time.perf_counter() - began, asked)
    asked.page.write_text(page(networks, recovered, about, asked))
    for what, wanted_, got, met in figures(networks, recovered):
        print(f"{'met    ' if met else 'NOT met'}  {what}: {got} (wanted {wanted_})")
    print(asked.page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
