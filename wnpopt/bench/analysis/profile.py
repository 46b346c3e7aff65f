"""Performance profiles: how often a method is within a factor of the best one (Dolan and More, 2002).

E. D. Dolan, J. J. More, "Benchmarking optimization software with performance profiles", Mathematical Programming 91
(2002), 201-213. A problem is an instance with a seed. The ratio of a method on a problem is its cost over the least
cost of all methods there; a method that fails has the ratio r_M, above all others: it is never within any factor. A
problem that no method solves stays in the denominator. Methods that tie for the least have the ratio 1, each of them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from wnpopt.bench.analysis.primal import incumbents
from wnpopt.bench.analysis.runs import Runs, StoredRun, ties
from wnpopt.bench.analysis.table import Cell, Column, Table
from wnpopt.core.errors import InputError
from wnpopt.core.verdict import GAP_OPTIMAL, INTEGER_SLACK

Target = Literal["proved"] | float
"""What a time is measured to: the proof, or the first incumbent within this share of the best known value."""

CLOCK_S = 1e-6
"""Times below this are equal: a clock says nothing about them, and a ratio of them less."""


@dataclass(frozen=True, slots=True)
class ProfileCurve:
    """A method's profile, a step function: from ``taus[i]`` on (the first is 1), ``shares[i]`` of the problems.

    Both are empty if there is no problem. ``solved`` counts the problems that have a ratio at all.
    """

    label: str
    taus: tuple[float, ...]
    shares: tuple[float, ...]
    solved: int

    def at(self, tau: float) -> float | None:
        """The share of the problems on which the ratio is at most ``tau``; None if there is no problem."""
        if not self.taus:
            return None
        position = bisect_right(self.taus, tau)
        return self.shares[position - 1] if position else 0.0


@dataclass(frozen=True, slots=True)
class PerformanceProfile:
    """The curves of all labels over the same ``problems``; ``name`` becomes the name of its files.

    ``left_out`` counts the problems (an instance with a seed) that not every label was run on.
    """

    name: str
    title: str
    family: str
    x_label: str
    problems: int
    left_out: int
    curves: tuple[ProfileCurve, ...]

    @property
    def note(self) -> str:
        """What the curves are of, in a sentence or two."""
        text = f"Over {self.problems} {'problem' if self.problems == 1 else 'problems'} (an instance with a seed)."
        if self.left_out:
            text += f" Left out: {self.left_out} that not every method was run on, with that seed."
        return text


def target_of(given: str | float, where: str = "target") -> Target:
    """``proved``, or a share of at least 0 as a number; raises :class:`InputError` naming ``where`` for all else."""
    if given == "proved":
        return "proved"
    try:
        share = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        share = math.nan
    if not 0 <= share < math.inf:
        raise InputError(f'found {given}; "proved", or a share of the best value such as 0.01, is needed', where=where)
    return share


def time_profile(
    runs: Runs, family: str, *, target: Target = "proved", labels: Sequence[str] | None = None
) -> PerformanceProfile:
    """The profile of the times (s) until ``target``, of the ``labels`` (None: all that the family has).

    With "proved" it is the run time of runs that proved their answer. With a number t it is the time at which the
    incumbent first was within ``t |best|`` of the best known value, or at which the instance was proved infeasible.
    Raises :class:`InputError` for a t that is negative or not finite, and for labels that are not there.
    """
    if target == "proved":
        return _profile(
            runs, family, labels, _time_until_proved, _least_time,
            f"profile-proved-{family}", f"{family}: time until proved", "time over the least time",
        )  # fmt: skip
    share = float(target_of(target))

    def reached(run: StoredRun) -> float | None:
        return _time_until_within(run, share)

    return _profile(
        runs, family, labels, reached, _least_time,
        f"profile-within-{share:g}-{family}", f"{family}: time until within {100 * share:g} % of the best known",
        "time over the least time",
    )  # fmt: skip


def quality_profile(runs: Runs, family: str, *, labels: Sequence[str] | None = None) -> PerformanceProfile:
    """The profile of the values found, over the best that any of the ``labels`` (None: all) found on the problem.

    The ratio is that of the larger to the smaller absolute value, so that for a maximum, too, worse is more; equal
    values (integers exactly, others within 1e-6) tie; where one is zero or the signs differ it is infinite. A proof of
    infeasibility has ratio 1.
    Raises :class:`InputError` for labels that are not there.
    """
    return _profile(
        runs, family, labels, _value, _best_value,
        f"profile-quality-{family}", f"{family}: value found", "value over the best (for a maximum: best over value)",
    )  # fmt: skip


def profile_labels(runs: Runs, family: str) -> tuple[str, ...]:
    """The labels that can be compared: those that ran on at least half of the family's instances, with any seed.

    One that ran on a few instances only would leave a profile of those few. Instances count, not seeds: a method
    without anything random runs once, and is compared on that seed.
    """
    instances: dict[str, set[str]] = {}
    for run in runs.of_family(family):
        instances.setdefault(run.label, set()).add(run.record.key.instance_hash)
    total = len(set().union(*instances.values()))
    return tuple(sorted(label for label, own in instances.items() if 2 * len(own) >= total))


def profile_table(profile: PerformanceProfile, taus: Sequence[float] = (1, 1.1, 2, 5, 10)) -> Table:
    """The shares at some factors, and of the problems that have any ratio; a row a label."""
    columns = [
        Column("label", "method"),
        *(Column(f"tau_{tau:g}", f"≤ {tau:g}x", "percent", f"Share within {tau:g} times the best.") for tau in taus),
        Column("solved", "solved", "percent", "Share that the method solved at all."),
    ]
    rows: list[tuple[Cell, ...]] = [
        (curve.label, *(curve.at(tau) for tau in taus), curve.at(math.inf)) for curve in profile.curves
    ]
    return Table(profile.name, profile.title, tuple(columns), tuple(rows), profile.note)


def steps_table(profile: PerformanceProfile) -> Table:
    """All steps of all curves, exact, for drawing elsewhere."""
    rows = tuple(
        (curve.label, tau, share)
        for curve in profile.curves
        for tau, share in zip(curve.taus, curve.shares, strict=True)
    )
    return Table(f"{profile.name}-steps", f"{profile.title} (steps)", steps_columns("tau"), rows, profile.note)


def steps_columns(factor: str) -> tuple[Column, ...]:
    """The columns of a table of steps; ``factor`` is the key of the second."""
    return Column("label", "method"), Column(factor, "factor", "number"), Column("share", "share", "number")


Cost = Callable[[StoredRun], float | None]
Ratios = Callable[[Sequence[float | None], Sequence[StoredRun]], Sequence[float]]


def _profile(
    runs: Runs,
    family: str,
    labels: Sequence[str] | None,
    cost: Cost,
    ratios: Ratios,
    name: str,
    title: str,
    x_label: str,
) -> PerformanceProfile:
    own = runs.of_family(family)
    present = sorted({run.label for run in own})
    chosen = present if labels is None else sorted(set(labels))
    unknown = [label for label in chosen if label not in present]
    if unknown:
        known = ", ".join(present) or "none"
        raise InputError(f"found {unknown[0]!r}; the labels of {family} are {known}", where="labels")
    problems: dict[tuple[str, int], dict[str, StoredRun]] = {}
    for run in own:
        if run.label in chosen:
            key = run.record.key
            problems.setdefault((key.instance_hash, key.seed), {})[run.label] = run
    shared = [group for group in problems.values() if len(group) == len(chosen)]
    found: dict[str, list[float]] = {label: [] for label in chosen}
    for group in shared:
        row = [group[label] for label in chosen]
        for label, ratio in zip(chosen, ratios([cost(run) for run in row], row), strict=True):
            found[label].append(ratio)
    curves = tuple(_curve(label, found[label]) for label in chosen)
    return PerformanceProfile(name, title, family, x_label, len(shared), len(problems) - len(shared), curves)


def _curve(label: str, ratios: Sequence[float]) -> ProfileCurve:
    if not ratios:
        return ProfileCurve(label, (), (), 0)
    finite = sorted(ratio for ratio in ratios if ratio < math.inf)
    taus, counts = [1.0], [0]
    for tau, equal in groupby(finite):
        count = counts[-1] + sum(1 for _ in equal)
        if tau == 1:
            counts[0] = count
        else:
            taus.append(tau)
            counts.append(count)
    return ProfileCurve(label, tuple(taus), tuple(count / len(ratios) for count in counts), len(finite))


def _time_until_proved(run: StoredRun) -> float | None:
    return run.record.result.runtime_s if run.proved else None


def _time_until_within(run: StoredRun, share: float) -> float | None:
    result = run.record.result
    if run.proved and result.status == "infeasible":
        return result.runtime_s
    if run.known is None or run.known.best is None:
        return None
    best = run.known.best
    least = INTEGER_SLACK if run.known.integral else GAP_OPTIMAL * max(abs(best), 1e-12)
    reach = max(share * abs(best), least)
    return next((time for time, value in incumbents(run.record) if abs(value - best) <= reach), None)


def _least_time(costs: Sequence[float | None], _: Sequence[StoredRun]) -> list[float]:
    times = [None if cost is None else max(cost, CLOCK_S) for cost in costs]
    least = min((time for time in times if time is not None), default=CLOCK_S)
    return [math.inf if time is None else time / least for time in times]


def _value(run: StoredRun) -> float | None:
    # Nothing has a value where one method proves that there is none: all proofs tie.
    return 0.0 if run.proved and run.record.result.status == "infeasible" else run.objective


def _best_value(costs: Sequence[float | None], row: Sequence[StoredRun]) -> list[float]:
    known = row[0].known
    sign = -1.0 if known is not None and known.sense == "max" else 1.0
    best = min((sign * cost for cost in costs if cost is not None), default=0.0) * sign
    integral = known is not None and known.integral
    return [math.inf if cost is None else _value_ratio(cost, best, integral) for cost in costs]


def _value_ratio(value: float, best: float, integral: bool) -> float:
    if ties(value, best, integral):
        return 1.0
    if value == 0 or best == 0 or (value > 0) != (best > 0):
        return math.inf
    return max(abs(value), abs(best)) / min(abs(value), abs(best))
