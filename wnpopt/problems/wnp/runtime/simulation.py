"""The results of a simulation: data frames, a summary, and what is written into a file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.core.versions import versions
from wnpopt.problems.wnp.instance import WnpInstance, objective_unit
from wnpopt.problems.wnp.runtime.scenario import WnpScenario
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from pandas import DataFrame

    from wnpopt.problems.wnp.runtime.episode import Asked
    from wnpopt.problems.wnp.runtime.execution import PlanExecution
    from wnpopt.problems.wnp.runtime.kernels.sampling import FloatArray
    from wnpopt.problems.wnp.runtime.measured import Measured
    from wnpopt.problems.wnp.runtime.setting import Setting

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}

MAKESPAN, BUSY, NOC_BUSY, NOC_FLIGHT, RB_SLOTS, RADIO, MASKED, GAPS, LONGEST_GAP, LAST_ARRIVAL = range(10)
"""As in :mod:`wnpopt.problems.wnp.runtime.kernels.measures`, which is compiled."""


@dataclass(frozen=True)
class PolicyRuns:
    """A policy in all worlds: its first ``plan``, that plan's own objective, the measures, how it was asked.

    The oracle has no plan before the world is known; its ``bounds`` are those of each world, NaN for none.
    ``examples`` are the executions of the first worlds.
    """

    name: str
    plan: WnpSolution | None
    planned: float | None
    measured: Measured
    asked: tuple[Asked, ...] = ()
    bounds: FloatArray | None = None
    examples: tuple[PlanExecution, ...] = ()


@dataclass(frozen=True)
class Simulation:
    """What :func:`wnpopt.simulate` returns.

    Times are in ticks of the instance, shares are fractions; objectives are in the instance's unit, and NaN in worlds
    in which some subgraph never ended. World w is the same for all policies.
    """

    instance: WnpInstance
    scenario: WnpScenario
    seed: int
    setting: Setting
    plan: WnpSolution
    policies: tuple[PolicyRuns, ...]
    planning_delay: int = 0

    @property
    def runs(self) -> int:
        """The number of worlds."""
        return int(self.policies[0].measured.makespan.size)

    @cached_property
    def yardstick(self) -> FloatArray | None:
        """The best objective that anybody reached in each world, shape (runs,); None where the oracle did not plan.

        The oracle's, unless a policy beat its heuristic plan.
        """
        if not any(entry.bounds is not None for entry in self.policies):
            return None
        values = np.array([entry.measured.objective(self.setting) for entry in self.policies])
        whole = np.where(np.isnan(values), np.inf, values).min(axis=0)
        return np.asarray(np.where(np.isinf(whole), np.nan, whole))

    @cached_property
    def bounds(self) -> FloatArray | None:
        """A lower bound of each world, shape (runs,), NaN where none is known; None without the oracle."""
        return next((entry.bounds for entry in self.policies if entry.bounds is not None), None)

    def columns(self, entry: PolicyRuns) -> dict[str, Any]:
        """The measures of a policy by name, each an array with a value a world."""
        measured, instance = entry.measured, self.instance
        rows, done = measured.rows, measured.finished
        end = np.where(done, measured.makespan, 0).astype(np.float64)
        cores = len(instance.chip.cores)

        def share(part: Any, whole: Any) -> FloatArray:
            return np.asarray(np.where(done & (whole > 0), part / np.where(whole > 0, whole, 1.0), np.nan))

        def known(values: Any) -> FloatArray:
            return np.asarray(np.where(done, values, np.nan))

        blocks = instance.resource_blocks
        columns: dict[str, Any] = {
            "objective": measured.objective(self.setting),
            "makespan_ticks": known(measured.makespan),
            "core_utilisation": share(rows[:, BUSY], cores * end),
            "idle_ticks": known(cores * end - rows[:, BUSY]),
            "idle_gaps": known(rows[:, GAPS]),
            "longest_gap_ticks": known(rows[:, LONGEST_GAP]),
            "noc_utilisation": share(rows[:, NOC_BUSY], end),
            "transfers_in_flight": share(rows[:, NOC_FLIGHT], end),
        }
        if blocks:
            slot = instance.radio.slot_ticks
            columns["rb_utilisation"] = share(rows[:, RB_SLOTS], blocks * np.ceil(end / slot))
            columns["masked_share"] = share(rows[:, MASKED], rows[:, RADIO])
            columns["last_arrival_ticks"] = np.where(rows[:, LAST_ARRIVAL] < 0, np.nan, rows[:, LAST_ARRIVAL])
        if instance.has_energy:
            columns["energy_j"] = measured.energy_j(self.setting)
        if instance.jobs:
            late = measured.late(self.setting)
            columns["weighted_latency_ticks"] = measured.weighted_latency(self.setting)
            columns["missed_deadlines"] = (late != 0).sum(axis=1).astype(np.float64)
        if self.yardstick is not None:
            columns["regret"] = columns["objective"] - self.yardstick
            columns["bound"] = self.bounds
        if entry.asked:
            columns["plans"] = np.array([asked.plans for asked in entry.asked], dtype=np.float64)
            columns["rejected_plans"] = np.array([asked.rejected for asked in entry.asked], dtype=np.float64)
        return columns

    @property
    def frame(self) -> DataFrame:
        """A row a policy and world, with all measures (docs/simulate.md)."""
        import pandas as pd

        parts = [
            pd.DataFrame({"policy": entry.name, "world": np.arange(self.runs), **self.columns(entry)})
            for entry in self.policies
        ]
        return pd.concat(parts, ignore_index=True)

    @property
    def modalities(self) -> DataFrame:
        """A row a policy, world and modality: arrival, and the slack from it to the first start that reads it."""
        import pandas as pd

        names = [m.name for m in self.instance.modalities]
        parts = []
        for entry in self.policies:
            measured = entry.measured
            parts.append(
                pd.DataFrame(
                    {
                        "policy": entry.name,
                        "world": np.repeat(np.arange(self.runs), len(names)),
                        "modality": names * self.runs,
                        "arrival_ticks": _known(measured.arrivals).ravel(),
                        "slack_ticks": _known(measured.slack).ravel(),
                        "rb_slots": measured.carrying.ravel(),
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    @property
    def cores(self) -> DataFrame:
        """A row a policy, world and core: how long it was busy, and its share of the makespan."""
        import pandas as pd

        names = [core.name for core in self.instance.chip.cores]
        parts = []
        for entry in self.policies:
            measured = entry.measured
            end = np.where(measured.makespan > 0, measured.makespan, np.nan)
            parts.append(
                pd.DataFrame(
                    {
                        "policy": entry.name,
                        "world": np.repeat(np.arange(self.runs), len(names)),
                        "core": names * self.runs,
                        "busy_ticks": measured.busy.ravel(),
                        "utilisation": (measured.busy / end[:, None]).ravel(),
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    @property
    def planning(self) -> DataFrame:
        """A row an answer of a policy that plans while it runs: how many seconds it took, on this machine."""
        import pandas as pd

        rows = [
            (entry.name, world, seconds)
            for entry in self.policies
            for world, asked in enumerate(entry.asked)
            for seconds in asked.seconds
        ]
        return pd.DataFrame(rows, columns=["policy", "world", "seconds"])

    @property
    def summary(self) -> DataFrame:
        """A row a policy: the distribution of its objective, regret, and means of the other measures."""
        import pandas as pd

        return pd.DataFrame([{"policy": entry.name, **self.summarised(entry)} for entry in self.policies])

    def summarised(self, entry: PolicyRuns) -> dict[str, float | None]:
        """The summary of one policy; None is what is not known.

        Quantiles are values that occurred (the least that so large a share does not exceed); a world in which
        something never ended counts as beyond all others, and in no mean.
        """
        columns = self.columns(entry)
        values = columns["objective"]
        whole = np.sort(np.where(np.isnan(values), np.inf, values))
        told: dict[str, float | None] = {
            "planned": entry.planned,
            "mean": _mean(values),
            **{name: _finite(whole[math.ceil(share * whole.size) - 1]) for name, share in QUANTILES.items()},
            "worst": _finite(whole[-1]),
            "unfinished": int((~entry.measured.finished).sum()),
        }
        for name in columns:
            if name not in ("objective", "makespan_ticks", "bound", "regret"):
                told[name] = _mean(columns[name])
        if self.yardstick is not None:
            regret = np.sort(np.where(np.isnan(values), np.inf, columns["regret"]))
            told["regret_mean"] = _mean(columns["regret"])
            told["regret_p95"] = _finite(regret[math.ceil(0.95 * regret.size) - 1])
            told["above_bound"] = _mean(values / np.where(columns["bound"] > 0, columns["bound"], np.nan) - 1.0)
        return told

    def slack(self, entry: PolicyRuns) -> dict[str, float | None]:
        """The mean slack of each modality in ticks, None for one that nobody reads."""
        means = _known(entry.measured.slack).T
        return {m.name: _mean(values) for m, values in zip(self.instance.modalities, means, strict=True)}

    def planning_s(self, entry: PolicyRuns) -> dict[str, float | None]:
        """How long the answers of a policy took in seconds, on this machine."""
        seconds = np.array([s for asked in entry.asked for s in asked.seconds])
        if not seconds.size:
            return {"answers": 0, "median_s": None, "p95_s": None, "worst_s": None}
        return {
            "answers": int(seconds.size),
            "median_s": float(np.median(seconds)),
            "p95_s": float(np.quantile(seconds, 0.95)),
            "worst_s": float(seconds.max()),
        }

    def to_data(self) -> dict[str, object]:
        """The JSON object of ``wnpopt simulate -o``: the same for the same arguments, but for ``measured``."""
        policies: dict[str, object] = {}
        timed: dict[str, object] = {}
        for entry in self.policies:
            worlds = {name: _list(values) for name, values in self.columns(entry).items() if values is not None}
            policies[entry.name] = {
                "summary": self.summarised(entry),
                "slack_ticks": self.slack(entry),
                "core_busy_ticks": {
                    core.name: float(busy)
                    for core, busy in zip(self.instance.chip.cores, entry.measured.busy.mean(axis=0), strict=True)
                },
                "worlds": worlds,
            }
            if entry.asked:
                timed[entry.name] = self.planning_s(entry)
        return {
            "kind": "wnp-runs",
            "schema_version": 1,
            "instance": self.instance.name,
            "instance_hash": self.instance.instance_hash,
            "unit": objective_unit(self.instance),
            "scenario": self.scenario.to_data(),
            "seed": self.seed,
            "runs": self.runs,
            "slots": self.setting.slots,
            "planning_delay_ticks": self.planning_delay,
            "versions": dict(versions()),
            "policies": policies,
            "measured": {"planning_s": timed},
        }

    def entry(self, name: str) -> PolicyRuns:
        """The policy ``name`` of this simulation."""
        return {entry.name: entry for entry in self.policies}[name]


def _known(values: Any) -> FloatArray:
    return np.asarray(np.where(values < 0, np.nan, values.astype(np.float64)))


def _mean(values: Any) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else None


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _list(values: FloatArray) -> list[float | int | None]:
    return [None if math.isnan(v) else int(v) if v == int(v) else float(v) for v in values.tolist()]
