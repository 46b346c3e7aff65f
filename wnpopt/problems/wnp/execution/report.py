"""What was measured of a plan that ran on processes, beside what was planned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from wnpopt.core.text import one_line
from wnpopt.problems.wnp.execution.emulation import ChipRun
from wnpopt.problems.wnp.execution.program import ChipProgram, SubgraphTask
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.layers import WnpLayers

OVER = 1.05
"""A subgraph that takes so many times what was planned, and :data:`OVER_S` more, counts as too long."""
OVER_S = 5e-4


@dataclass
class ChipReport:
    """``seconds`` are what each subgraph takes of a processor here, ``scale`` is what plan times are drawn out by."""

    program: ChipProgram
    seconds: Mapping[str, float]
    scale: float
    runs: list[ChipRun] = field(default_factory=list)

    @property
    def tick_s(self) -> float:
        """Seconds of a tick here."""
        return self.program.instance.tick_s * self.scale

    @property
    def planned_s(self) -> float:
        """The planned makespan, drawn out."""
        return self.program.makespan * self.tick_s

    def overruns(self, run: ChipRun) -> list[str]:
        """Subgraphs that took longer than planned here: no run can be as short as the plan then."""
        planned = {task.name: task.ticks * self.tick_s for tasks in self.program.cores.values() for task in tasks}
        return [name for name, one in run.subgraphs.items() if one.computed - one.start > OVER * planned[name] + OVER_S]

    def undisturbed_s(self, run: ChipRun) -> float:
        """The makespan of a run whose subgraphs take what they took of a processor (or what was planned, where that is
        longer), inputs in time: what is left of it when nothing else wants the processors."""
        program, ends = self.program, dict[str, float]()
        free = dict.fromkeys(program.cores, 0.0)
        edges = program.instance.edges
        # In the order in which they began every subgraph stands behind those that it waits for.
        for name in sorted(run.subgraphs, key=lambda name: (run.subgraphs[name].start, run.subgraphs[name].end)):
            task, one = self._tasks[name], run.subgraphs[name]
            waits = [ends[edges[edge].source] + program.delays[edge] * self.tick_s for edge in task.received]
            names = {program.modality[tensor] for tensor in task.inputs}
            waits += [program.arrivals[modality] * self.tick_s for modality in names if modality is not None]
            start = max(free[one.core], task.release * self.tick_s, *waits, 0.0)
            ends[name] = free[one.core] = start + max(one.cpu, task.ticks * self.tick_s)
        return max(ends.values())

    @property
    def _tasks(self) -> Mapping[str, SubgraphTask]:
        return {task.name: task for tasks in self.program.cores.values() for task in tasks}

    def subgraphs(self) -> list[dict[str, Any]]:
        """Medians over the runs."""
        told = []
        for core, tasks in self.program.cores.items():
            for task in tasks:
                runs = [run.subgraphs[task.name] for run in self.runs]
                told.append(
                    {
                        "name": task.name, "core": core, "planned_start_s": task.start * self.tick_s,
                        "planned_end_s": (task.start + task.ticks) * self.tick_s, "cpu_s": self.seconds[task.name],
                        "start_s": median(run.start for run in runs), "end_s": median(run.end for run in runs),
                    }
                )  # fmt: skip
        return told

    def arrivals(self) -> list[dict[str, Any]]:
        return [
            {"modality": name, "planned_s": self.program.arrivals[name] * self.tick_s,
             "measured_s": median(run.arrived[name] for run in self.runs)}
            for name in self.runs[0].arrived
        ]  # fmt: skip

    def to_data(self) -> dict[str, Any]:
        times = sorted(run.makespan_s for run in self.runs)
        instance = self.program.instance
        return {
            "kind": "wnp-run", "schema_version": 1, "instance": instance.name, "instance_hash": instance.instance_hash,
            "planned_ticks": self.program.makespan, "time_scale": self.scale, "planned_s": self.planned_s,
            "median_s": median(times), "least_s": times[0], "worst_s": times[-1], "makespans_s": times,
            "undisturbed_s": median(self.undisturbed_s(run) for run in self.runs),
            "cores": list(self.program.cores), "arrivals": self.arrivals(), "subgraphs": self.subgraphs(),
            "overruns": [len(self.overruns(run)) for run in self.runs],
            "deviation": max(run.deviation for run in self.runs),
        }  # fmt: skip

    def lines(self, load: float | None) -> Iterator[str]:
        told = self.to_data()
        median_s = told["median_s"]
        off = 100 * (median_s / self.planned_s - 1) if self.planned_s > 0 else 0.0
        scale = f"{told['planned_ticks']} ticks of {self.program.instance.tick_s:g} s, drawn out {self.scale:.4g} times"
        yield f"planned   {1e3 * self.planned_s:.2f} ms ({scale})"
        spread = f"median of {len(self.runs)}; {1e3 * told['least_s']:.2f} to {1e3 * told['worst_s']:.2f}"
        yield f"measured  {1e3 * median_s:.2f} ms ({off:+.1f} %; {spread})"
        yield f"alone     {1e3 * told['undisturbed_s']:.2f} ms, by what the subgraphs took of a processor"
        for one in told["arrivals"]:
            times = f"{1e3 * one['planned_s']:.2f} ms, {1e3 * one['measured_s']:.2f} measured"
            yield one_line(f"arrival   {one['modality']}: {times}")
        count = len(told["subgraphs"])
        yield f"cores     {len(told['cores'])}, {count} subgraphs; longer than planned: {median(told['overruns']):.0f}"
        equal = f"outputs   equal the unsplit network's within {told['deviation']:.1e}"
        yield equal if load is None else f"{equal}; load {load:.1f}"


def calibrated_instance(program: ChipProgram, seconds: Mapping[str, float]) -> WnpInstance:
    """The instance with what each subgraph takes here as its ticks, rounded up, on every core that can run it."""
    data: dict[str, Any] = program.instance.to_data()
    for entry in data["subgraphs"]:
        ticks = math.ceil(seconds[entry["name"]] / program.instance.tick_s)
        entry["ticks"] = [None if known is None else ticks for known in entry["ticks"]]
    data["source"] = f"{program.instance.source or program.instance.name}; subgraphs measured"
    return WnpInstance.from_data(data)


def calibrated_layers(layers: WnpLayers, instance: WnpInstance, seconds: Mapping[str, float]) -> WnpLayers:
    """The map of layers for the calibrated ``instance``: a subgraph's seconds are divided among its layers as they
    were."""
    totals: dict[tuple[str, int], list[float]] = {}
    for layer in layers.layers:
        for m, known in enumerate(layer.seconds):
            totals.setdefault((layer.subgraph, m), []).append(known or 0.0)
    data: dict[str, Any] = layers.to_data()
    data["instance_hash"] = instance.instance_hash
    for entry in data["layers"]:
        for m, known in enumerate(entry["seconds"]):
            if known is not None:
                parts = totals[entry["subgraph"], m]
                share = known / sum(parts) if sum(parts) > 0 else 1 / len(parts)
                entry["seconds"][m] = seconds[entry["subgraph"]] * share
    return WnpLayers.from_data(data)
