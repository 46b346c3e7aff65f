"""What a calibration says: parameters with intervals, and how well the calibrated instance predicts."""

from __future__ import annotations

from dataclasses import dataclass

from wnpopt.problems.intradp.calibration.parameters import Parameter
from wnpopt.problems.intradp.instance import IntradpInstance


@dataclass(frozen=True)
class Estimate:
    """A parameter after the fit.

    ``low`` and ``high`` are its 95 % interval (None where there is none). One that is not ``fitted`` has its old value,
    and ``reason`` says why: it changes no measurement, the measurements do not tell it from others, or its old value
    lies within what they allow.
    """

    parameter: Parameter
    value: float
    fitted: bool
    low: float | None
    high: float | None
    reason: str = ""


@dataclass(frozen=True)
class Errors:
    """Relative errors |predicted / measured - 1| over all measurements: median, mean and largest."""

    median: float
    mean: float
    largest: float


@dataclass(frozen=True)
class Quality:
    """How well one quantity is predicted: by the instance as it was, as it is now, and left out of the fit.

    For the last, all measurements of a setting (a plan at a bandwidth) are left out at once.
    """

    count: int
    before: Errors
    after: Errors
    left_out: Errors


@dataclass(frozen=True)
class Calibration:
    """The calibrated instance and how it came about; ``gross`` are the measurements that are far off."""

    instance: IntradpInstance
    estimates: tuple[Estimate, ...]
    settings: int
    latency: Quality | None
    energy: Quality | None
    gross: tuple[tuple[str, str, float, float], ...]
    """(where, "latency_s" or "energy_j", measured, predicted) of each."""

    @property
    def fitted(self) -> dict[str, float]:
        """The values of the fitted parameters, by name."""
        return {e.parameter.name: e.value for e in self.estimates if e.fitted}
