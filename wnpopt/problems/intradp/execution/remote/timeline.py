"""What was planned beside what was measured, as a Gantt chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wnpopt.plotting.gantt import Bar, Gantt, Group, Lane, Mark
from wnpopt.plotting.palette import COLOURS
from wnpopt.problems.intradp.execution.remote.device import RunInference
from wnpopt.problems.intradp.execution.remote.job import SplitModel
from wnpopt.problems.intradp.solution import IntradpSolution

LANES = ("device", "uplink", "server", "downlink")


def measured(model: SplitModel, inference: RunInference) -> dict[str, list[dict[str, Any]]]:
    """By lane: operators of the instance, first and last, and seconds since the inference began.

    Each side's clock begins when it learns of the inference: what the server did is told without the way to it.
    """
    log: Mapping[str, Any] = inference.log or {}
    server: Mapping[str, Any] = log.get("server", {})
    found: dict[str, list[dict[str, Any]]] = {lane: [] for lane in LANES}
    computed, sent = "segments", "sent"
    sides = (("device", log, computed), ("server", server, computed), ("uplink", log, sent), ("downlink", server, sent))
    for lane, side, what in sides:
        begin = float(side.get("began", 0.0))
        for entry in side.get(what, ()):
            first, last = (entry[0], entry[1]) if what == computed else (entry[0], entry[0])
            names = [model.instance.operators[model.operator(int(own))].name for own in (first, last)]
            start, end = (float(time) - begin for time in entry[-2:])
            found[lane].append({"first": names[0], "last": names[1], "start_s": start, "end_s": end})
    return found


def planned(model: SplitModel, solution: IntradpSolution) -> dict[str, list[dict[str, Any]]]:
    """The same of the plan, operator by operator."""
    replayed = model.replay(solution)
    found: dict[str, list[dict[str, Any]]] = {}
    for lane in LANES:
        entries: Sequence[Any] = getattr(replayed, lane)
        names = [model.instance.operators[one.operator].name for one in entries]
        found[lane] = [
            {"first": name, "last": name, "start_s": one.start_s, "end_s": one.end_s}
            for name, one in zip(names, entries, strict=True)
        ]
    return found


def timeline(model: SplitModel, solution: IntradpSolution, inference: RunInference) -> Gantt:
    """The chart of one shared inference, in ms."""
    pairs = (("planned", planned(model, solution)), ("measured", measured(model, inference)))
    bars, lanes = [], []
    for group, lane in enumerate(LANES):
        for what, entries in pairs:
            lanes.append(Lane(f"{lane}, {what}"))
            for one in entries[lane]:
                if one["end_s"] > one["start_s"]:
                    name = one["first"] if one["first"] == one["last"] else f"{one['first']} to {one['last']}"
                    start, end = 1e3 * one["start_s"], 1e3 * one["end_s"]
                    bars.append(Bar(len(lanes) - 1, start, end, name, group, what))
    latency = 1e3 * model.replay(solution).latency_s
    marks = (Mark(latency, "planned"), Mark(1e3 * inference.latency_s, "measured", style="dotted"))
    return Gantt(
        title=f"planned {latency:.4g} ms, measured {1e3 * inference.latency_s:.4g} ms",
        unit="ms",
        end=max([latency, 1e3 * inference.latency_s, *(bar.end for bar in bars)]),
        lane_title="",
        lanes=tuple(lanes),
        groups=tuple(Group(name, paint) for name, paint in zip(LANES, COLOURS, strict=False)),
        bars=tuple(bars),
        marks=marks,
    )
