"""The results of streams: a summary, data frames, the load at which each policy breaks, and what is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.versions import versions
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.stream.document import WnpStream
from wnpopt.problems.wnp.runtime.stream.measures import StreamMeasures
from wnpopt.problems.wnp.runtime.stream.requests import StreamRequests
from wnpopt.problems.wnp.runtime.stream.schedule import StreamSchedule
from wnpopt.problems.wnp.runtime.stream.templates import Template

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class StreamOutcome:
    """A policy at a load: the requests, when each was done (``end``, (R,) ticks), measures, seconds a plan.

    ``schedule`` is kept where one load was asked for.
    """

    policy: str
    load: float
    requests: StreamRequests
    end: IntArray
    measures: StreamMeasures
    breaks: bool
    seconds: tuple[float, ...]
    schedule: StreamSchedule | None


@dataclass(frozen=True)
class Break:
    """Where a policy breaks: the largest load below which every tested one ``holds``, and the first that ``breaks``.

    None is what was not met among the loads tested.
    """

    policy: str
    holds: float | None
    breaks: float | None


@dataclass(frozen=True)
class StreamSimulation:
    """What :func:`wnpopt.simulate` returns for a stream; every outcome was accepted by the stream's own judge.

    ``alone`` are the latencies in ticks of the templates alone, by pacs at time 0. ``capacity_per_s`` bounds the
    requests a second of any policy in the long run.
    """

    stream: WnpStream
    templates: tuple[Template, ...]
    seed: int
    alone: tuple[int, ...]
    capacity_per_s: float | None
    outcomes: tuple[StreamOutcome, ...]

    @property
    def loads(self) -> tuple[float, ...]:
        """The loads, in order."""
        return tuple(sorted({outcome.load for outcome in self.outcomes}))

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies' names, as they were asked for."""
        return tuple(dict.fromkeys(outcome.policy for outcome in self.outcomes))

    @property
    def breaking(self) -> tuple[Break, ...]:
        """For each policy where it breaks: loads above the first that breaks it are not looked at."""
        rows = []
        for policy in self.policies:
            mine = sorted((o for o in self.outcomes if o.policy == policy), key=lambda o: o.load)
            broken = next((o.load for o in mine if o.breaks), None)
            held = [o.load for o in mine if broken is None or o.load < broken]
            rows.append(Break(policy, held[-1] if held else None, broken))
        return tuple(rows)

    def outcome(self, policy: str, load: float = 1.0) -> StreamOutcome:
        """The outcome of ``policy`` at ``load``; raises KeyError where there is none."""
        return {(o.policy, o.load): o for o in self.outcomes}[policy, load]

    @property
    def frame(self) -> DataFrame:
        """A row a policy, load and request: template, arrival, end, latency, and whether its deadline was missed."""
        import pandas as pd

        due = np.array([np.nan if t.deadline_ticks is None else t.deadline_ticks for t in self.templates])
        names = np.array([template.name for template in self.templates], dtype=object)
        parts = []
        for outcome in self.outcomes:
            which = outcome.requests.template
            latency = outcome.end - outcome.requests.arrival
            parts.append(
                pd.DataFrame(
                    {
                        "policy": outcome.policy,
                        "load": outcome.load,
                        "request": np.arange(which.size),
                        "template": names[which],
                        "arrival_ticks": outcome.requests.arrival,
                        "end_ticks": outcome.end,
                        "latency_ticks": latency,
                        "missed": latency > due[which],
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    @property
    def summary(self) -> DataFrame:
        """A row a policy and load with all measures."""
        import pandas as pd

        return pd.DataFrame(
            [{"policy": o.policy, "load": o.load, **o.measures.to_data(), "breaks": o.breaks} for o in self.outcomes]
        )

    def to_data(self) -> dict[str, object]:
        """The JSON object of ``wnpopt simulate --stream -o``: the same for the same arguments, but for ``measured``."""
        return {
            "kind": "wnp-stream-runs",
            "schema_version": 1,
            "stream": self.stream.name,
            "templates": [
                {
                    "name": template.name,
                    "instance_hash": template.instance.instance_hash,
                    "alone_ticks": alone,
                    "deadline_ticks": template.deadline_ticks,
                }
                for template, alone in zip(self.templates, self.alone, strict=True)
            ],
            "seed": self.seed,
            "capacity_per_s": self.capacity_per_s,
            "limits": self.stream.limits.to_data(),
            "breaking": {row.policy: {"holds": row.holds, "breaks": row.breaks} for row in self.breaking},
            "runs": [
                {
                    "policy": outcome.policy,
                    "load": outcome.load,
                    "breaks": outcome.breaks,
                    "summary": outcome.measures.to_data(),
                    "requests": {
                        "template": [self.templates[j].name for j in outcome.requests.template.tolist()],
                        "arrival_ticks": outcome.requests.arrival.tolist(),
                        "end_ticks": outcome.end.tolist(),
                    },
                }
                for outcome in self.outcomes
            ],
            "versions": dict(versions()),
            "measured": {
                "planning_s": [
                    {
                        "policy": outcome.policy,
                        "load": outcome.load,
                        "plans": len(outcome.seconds),
                        "median_s": float(np.median(outcome.seconds)),
                        "worst_s": max(outcome.seconds),
                    }
                    for outcome in self.outcomes
                ]
            },
        }
