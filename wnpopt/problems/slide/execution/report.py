"""What was measured of streamed models, beside what the plan and the recursion say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from wnpopt.core.text import one_line
from wnpopt.problems.slide.execution.layered import LayeredNetwork
from wnpopt.problems.slide.execution.prediction import arrivals, streamed
from wnpopt.problems.slide.execution.station import MODES, ClientPlan, ClientRun, Mode
from wnpopt.problems.slide.instance import SlideInstance


@dataclass
class StreamReport:
    """``costs`` are seconds of the processor by model, as :meth:`Station.calibrated` measures them."""

    instance: SlideInstance
    plans: tuple[ClientPlan, ...]
    networks: Mapping[str, LayeredNetwork]
    costs: Mapping[str, Mapping[str, Any]]
    loading: str
    slowdown: float = 1.0
    runs: dict[Mode, list[list[ClientRun]]] = field(default_factory=lambda: {mode: [] for mode in MODES})

    def add(self, mode: Mode, runs: Sequence[ClientRun]) -> None:
        """One run of all clients."""
        self.runs[mode].append(list(runs))

    def arrivals(self, number: int) -> list[float]:
        """When the link of a client brings each layer."""
        plan = self.plans[number]
        return arrivals([layer.bytes for layer in self.networks[plan.model].layers], plan.bytes_per_s)

    def layer_seconds(self, number: int) -> list[float]:
        """What each layer takes a client, as measured before, drawn out as the plan's frequency wants it."""
        plan = self.plans[number]
        return [plan.factor * float(time) for time in self.costs[plan.model][self.loading]]

    def recursion_s(self, number: int, mode: Mode) -> float:
        """What the recursion says of a client, with the seconds that were measured of its layers before."""
        there = self.arrivals(number)
        if mode == "stream":
            return streamed(there, self.layer_seconds(number))
        if mode == "late":
            return there[-1] + sum(self.layer_seconds(number))
        plan = self.plans[number]
        return there[-1] + plan.factor * float(sum(self.costs[plan.model]["whole"]))

    def waited_s(self, number: int, mode: Mode, run: ClientRun) -> float:
        """By how much a run was longer because its process waited for a processor: the recursion over what its layers
        took by the clock, less that over what they took of the processor."""
        plan = self.plans[number]
        there = self.arrivals(number)
        if mode != "stream":
            there = [there[-1]] * len(run.cpu)
        taken = [end - start for start, end in zip(run.start, run.end, strict=True)]
        return streamed(there, taken) - streamed(there, [plan.factor * spent for spent in run.cpu])

    def client(self, number: int) -> dict[str, Any]:
        plan = self.plans[number]
        told: dict[str, Any] = {
            "user": plan.user, "model": plan.model, "bytes_per_s": plan.bytes_per_s, "slowdown": plan.factor,
            "deadline_s": plan.deadline_s, "planned_s": plan.planned_s,
        }  # fmt: skip
        for mode in MODES:
            runs = [one[number] for one in self.runs[mode]]
            times = [run.latency_s for run in runs]
            told[mode] = {
                "recursion_s": self.recursion_s(number, mode), "median_s": median(times), "least_s": min(times),
                "worst_s": max(times), "latencies_s": times,
                "waited_s": median(self.waited_s(number, mode, run) for run in runs),
                "link_late_s": median(run.arrived[-1] - self.arrivals(number)[-1] for run in runs),
            }  # fmt: skip
        told["deviation"] = max(one[number].deviation for mode in MODES for one in self.runs[mode])
        return told

    def to_data(self) -> dict[str, Any]:
        clients = [self.client(number) for number in range(len(self.plans))]
        models = {
            name: {
                "file": layered.network.path.name, "layers": len(layered.layers), "bytes": layered.bytes,
                "seconds": dict(self.costs[name]),
            }
            for name, layered in self.networks.items()
        }  # fmt: skip
        return {
            "kind": "slide-run", "schema_version": 1, "instance": self.instance.name,
            "instance_hash": self.instance.instance_hash, "loading": self.loading, "models": models,
            "clients": clients, "deviation": max(client["deviation"] for client in clients),
        }  # fmt: skip

    def lines(self, load: float | None) -> Iterator[str]:
        for name, layered in self.networks.items():
            found = self.costs[name]
            told = []
            for way in ("inputs", "create"):
                known = found[way]
                told.append(f"{way} {'cannot run' if 'error' in known else _ms(sum(known))}")
            told.append(f"whole: session {_ms(found['whole'][0])} + run {_ms(found['whole'][1])}")
            size = f"{len(layered.layers)} layers, {layered.bytes / 1e6:.2f} MB"
            yield one_line(f"{name}: {size}; all layers by way of loading: {', '.join(told)} (of the processor)")
        yield f"ms, medians of {len(self.runs['stream'])}, layers loaded as {self.loading}:"
        columns = ("user", "KB/s", "slower", "plan", "recursion", "measured", "waited", "link late", "late", "whole")
        yield " ".join(f"{column:>9s}" for column in columns)
        for number, plan in enumerate(self.plans):
            told_of = self.client(number)
            stream = told_of["stream"]
            of_stream = ("recursion_s", "median_s", "waited_s", "link_late_s")
            times = [plan.planned_s, *(stream[what] for what in of_stream)]
            times += [told_of["late"]["median_s"], told_of["whole"]["median_s"]]
            head = f"{one_line(plan.user):>9s} {plan.bytes_per_s / 1e3:9.0f} {plan.factor:9.2f} "
            yield head + " ".join(f"{1e3 * time:9.1f}" for time in times)
        worst = max(self.client(number)["deviation"] for number in range(len(self.plans)))
        equal = f"outputs equal the unsplit network's within {worst:.1e}"
        yield equal if load is None else f"{equal}; load {load:.1f}"


def calibrated_instance(report: StreamReport) -> SlideInstance:
    """The instance with layers' FLOP in proportion to what they take on this machine as they are loaded here, and the
    users' FLOP a cycle such that at the greatest frequency they take as long as here, drawn out by the slowdown.

    Models that were not run keep their FLOP. A model's FLOP in all stay if it is the only one that ran; with several,
    their sum does, and so energies are those of the instance on the whole, not model by model.
    """
    data: dict[str, Any] = report.instance.to_data()
    ran = {
        name: [report.slowdown * float(time) for time in report.costs[name][report.loading]] for name in report.networks
    }
    flop = sum(model.flop for model in report.instance.models if model.name in ran)
    seconds = sum(map(sum, ran.values()))
    speed = (flop or 1.0) / seconds
    for model in data["models"]:
        for layer, time in zip(model["layers"], ran.get(model["name"], ()), strict=False):
            layer["flop"] = time * speed
    for user in data["users"]:
        user["flop_per_cycle"] = speed / user["frequency_hz"][1]
    data["source"] = f"{report.instance.source or report.instance.name}; layers measured, loading {report.loading}"
    return SlideInstance.from_data(data)


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:.1f} ms"
