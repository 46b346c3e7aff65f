"""A split is kept only where it is measurably better than the layer cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from wnpopt.core.errors import InputError
from wnpopt.execution.network import Array
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner

THRESHOLD = 0.03
"""Gain below which the layer cut stays: medians of a few inferences scatter by one or two per cent on a quiet machine,
and a split has more messages, each of which may be late."""

TRIALS = 9


@dataclass(frozen=True)
class MeasuredGain:
    """Median seconds of both plans, measured in turn on the same link."""

    layer_cut_s: float
    split_s: float
    threshold: float = THRESHOLD

    @property
    def gain(self) -> float:
        """What the split saves of the layer cut's time; negative where it is slower."""
        return 1 - self.split_s / self.layer_cut_s

    @property
    def keeps_split(self) -> bool:
        return self.gain >= self.threshold


def guard(
    runner: DeviceRunner,
    inputs: Mapping[str, Array],
    layer_cut: int,
    split: int,
    *,
    threshold: float = THRESHOLD,
    trials: int = TRIALS,
) -> MeasuredGain:
    """Run the runner's plans ``layer_cut`` and ``split`` in turn, ``trials`` times each after one that does not count.

    Inferences that the device had to finish alone count for neither. Raises :class:`InputError` where no others were.
    """
    spent: dict[int, list[float]] = {layer_cut: [], split: []}
    for turn in range(trials + 1):
        for plan, times in spent.items():
            made = runner.infer(inputs, plan)
            if turn and made.alone is None:
                times.append(made.latency_s)
    if not all(spent.values()):
        raise InputError("no inference was shared, so that nothing is known of the gain", where="--guard")
    return MeasuredGain(median(spent[layer_cut]), median(spent[split]), threshold)
