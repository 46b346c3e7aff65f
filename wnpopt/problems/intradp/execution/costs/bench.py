"""Times on this machine, in seconds of its processor: operators of an instance at several row counts, the network as a
whole, and segments of plans."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.execution.unsplit import UnsplitNetwork
from wnpopt.problems.intradp.execution.costs.groups import fill, group_side
from wnpopt.problems.intradp.execution.remote.job import SplitModel
from wnpopt.problems.intradp.execution.segments import Side, SideProgram, program
from wnpopt.problems.intradp.execution.side import ReadySide, SharedConstants
from wnpopt.problems.intradp.solution import IntradpSolution

SHARES = (1.0, 0.5, 0.2)
"""Of an operator's rows: what it is measured with."""

PAUSE_S = 1e-3
"""Before each segment: a side waits for messages, and what it computed last leaves the caches meanwhile."""


@dataclass(frozen=True)
class OperatorTimes:
    """(rows, seconds) of an operator of the instance, all of its ``units`` rows first."""

    units: int
    points: tuple[tuple[int, float], ...]

    @property
    def full_s(self) -> float:
        return self.points[0][1]

    def line(self) -> tuple[float, float]:
        """(a, b): some but not all rows take a + b * rows / units seconds; both at least 0."""
        parts = [(rows / self.units, seconds) for rows, seconds in self.points[1:]]
        if not parts:
            return 0.0, self.full_s
        (high, most), (low, least) = parts[0], parts[-1]
        if len(parts) == 1:
            high, most = 1.0, self.full_s
        slope = max(0.0, (most - least) / (high - low))
        return max(0.0, sum(seconds - slope * share for share, seconds in parts) / len(parts)), slope


@dataclass(frozen=True)
class SegmentTime:
    """A segment of a plan: rows of each operator of the instance that it computes, its messages, its seconds.

    ``weight`` is what it counts where it says something else than others.
    """

    rows: tuple[tuple[int, int], ...]
    messages: int
    seconds: float
    weight: float = 1.0


class CostBench:
    """Measures a model here. ``clock`` is what the seconds are of: a thread's own, whatever else the machine does.

    Raises :class:`InputError` where the network or a part of it does not run.
    """

    def __init__(
        self,
        model: SplitModel,
        *,
        repeats: int = 7,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        if repeats < 1:
            raise InputError(f"found {repeats}; at least 1 is needed", where="repeats")
        self.model, self._repeats, self._pause_s, self._clock = model, repeats, pause_s, clock
        self._constants = SharedConstants(model.network)
        self._inputs = model.network.random_inputs()
        self._unsplit = UnsplitNetwork(model.network)
        self.groups: list[list[int]] = [[] for _ in model.instance.operators]
        for own in range(len(model.own.operators)):
            self.groups[model.operator(own)].append(own)

    def operators(self) -> list[OperatorTimes]:
        """Of each operator of the instance but the first and the last, one after the other as in the network."""
        sides = [
            [self._group(number, max(1, round(share * self._units(number)))) for share in SHARES]
            for number in range(1, len(self.groups) - 1)
        ]
        spent: dict[tuple[int, int], list[float]] = {}
        for turn in range(self._repeats + 1):  # the first does not count
            for column in range(len(SHARES)):
                for number, made in enumerate(sides):
                    rows, side = made[column]
                    seconds = self._timed(side.segments[0].run)
                    if turn:
                        spent.setdefault((number, rows), []).append(seconds)
        found = []
        for number, made in enumerate(sides):
            counts = dict.fromkeys(rows for rows, _ in made)
            points = tuple((rows, median(spent[number, rows])) for rows in counts)
            found.append(OperatorTimes(self._units(number + 1), points))
        return found

    def whole(self) -> float:
        """The unsplit network, with a pause before each inference."""
        self._unsplit.outputs(self._inputs)
        return median(self._after_pause(lambda: self._unsplit.outputs(self._inputs)) for _ in range(self._repeats))

    def segments(self, plan: IntradpSolution, side: Side) -> list[SegmentTime]:
        """The segments of one side of a plan, in sequence with pauses."""
        model = self.model
        made = program(model.network, model.own, model.plan(plan), side)
        ready = ReadySide(model.network, made, self._constants)
        fill(ready, np.random.default_rng(0))
        if side == "device":
            ready.put_inputs(self._inputs)
        spent: list[list[float]] = [[] for _ in ready.segments]
        for turn in range(self._repeats + 1):
            for number, bound in enumerate(ready.segments):
                seconds = self._after_pause(bound.run)
                if turn:
                    spent[number].append(seconds)
        return segment_times(model, plan, made, [median(times) for times in spent])

    def _units(self, number: int) -> int:
        return self.model.instance.operators[number].units

    def _group(self, number: int, rows: int) -> tuple[int, ReadySide]:
        units = self._units(number)
        first = 0 if rows == units else (units - rows) // 2
        model = self.model
        side = group_side(model.network, model.own, self.groups[number], (first, first + rows), self._constants)
        return rows, side

    def _after_pause(self, step: Callable[[], object]) -> float:
        time.sleep(self._pause_s)
        return self._timed(step)

    def _timed(self, step: Callable[[], object]) -> float:
        start = self._clock()
        step()
        return self._clock() - start


def segment_times(
    model: SplitModel, plan: IntradpSolution, made: SideProgram, seconds: Sequence[float]
) -> list[SegmentTime]:
    """The segments of a side's program with the seconds of each."""
    found = []
    for segment, spent in zip(made.segments, seconds, strict=True):
        numbers = dict.fromkeys(model.operator(own) for own in segment.operators)
        if made.side == "device":
            rows = tuple((number, plan.device_end[number]) for number in numbers)
        else:
            units = model.instance.operators
            rows = tuple((number, units[number].units - plan.server_begin[number]) for number in numbers)
        found.append(SegmentTime(rows, len(segment.waits) + (segment.sends is not None), spent))
    return found
