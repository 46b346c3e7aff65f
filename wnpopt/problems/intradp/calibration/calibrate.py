"""Calibration: the overheads, the link and the powers of an instance, from measured latencies and energies.

Fitted are logarithms of (predicted / measured): relative errors. Predictions are the contract's timing of the measured
plans at the measured bandwidth. Parameters that the measurements do not determine are taken out one by one, the least
significant first, and keep the value that they had.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.calibration.fit import Residuals, RobustFit, fitted, jacobian, spread
from wnpopt.problems.intradp.calibration.measured import Measurement
from wnpopt.problems.intradp.calibration.observed import Observed
from wnpopt.problems.intradp.calibration.outcome import Calibration, Errors, Estimate, Quality
from wnpopt.problems.intradp.calibration.parameters import Parameter, fitted_instance, parameters
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.refusals import refuse_size

FloatArray = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FOLDS = 100
"""Leave-one-out leaves out one of at most so many groups of settings."""

GROSS = 4.0
"""A measurement so many standard deviations off is told of, and left out of the fit if there are ..."""

LEAST_VARIANCE = 0.1
"""Of standardised residuals: exact data do not make anything certain."""

FIRST_NOISE = 0.1
"""The standard deviation of relative errors that the first fit assumes at most: what the instance is off by before it
(an instance of another machine by ten times) is no noise, and would leave the measurements nothing to tell."""

ENOUGH = 10
"""... so many measured values: of few, nobody knows which is wrong."""


def calibrate(
    instance: IntradpInstance, measurements: Sequence[Measurement], *, keep: Sequence[str] = ()
) -> Calibration:
    """``instance`` with what the ``measurements`` tell of its link, costs and powers; parameters in ``keep`` stay.

    At most half as many parameters as measured values are fitted. The instance keeps its name: its plans stay valid.
    Raises :class:`InputError` for a parameter that there is not, for fewer than two measurements, for plans that the
    instance has not, and where what was measured is 0 by the instance.
    """
    if len(measurements) < 2:
        raise InputError(f"found {len(measurements)}; at least 2 are needed", where="measurements")
    refused = refuse_size(instance)
    if refused is not None:
        raise InputError(refused[1], where=refused[0])
    data = Observed(instance, measurements)
    known = parameters(instance, data.typical_s, bool(len(data.joules)))
    names = [parameter.name for parameter in known]
    for name in keep:
        if name not in names:
            raise InputError(f"found {name!r}; one of {', '.join(names)} is needed", where="keep")
    return _Calibration(data, known, [name in keep for name in names]).run()


class _Calibration:
    """The choice of parameters and their fit. Coordinates are those of all parameters, of which some are active."""

    def __init__(self, data: Observed, known: tuple[Parameter, ...], kept: list[bool]) -> None:
        self.data, self.known, self.kept = data, known, kept
        self.start = np.array([p.coordinate(p.start) for p in known])
        limits = np.array([p.range for p in known])
        self.low, self.high = limits[:, 0], limits[:, 1]
        self.spread = np.array([p.spread for p in known])
        self.count = len(data.seconds) + len(data.joules)
        self.sigma: FloatArray = np.ones(self.count)
        self.trusted: Mask = np.ones(self.count, np.bool_)

    def run(self) -> Calibration:
        effective = [k for k in range(len(self.known)) if not self.kept[k] and self._has_effect(k)]
        active = effective
        self._measure_noise(self.start, 0, [])
        self.sigma = np.minimum(self.sigma, FIRST_NOISE)
        x, fit = self._refined(active, self.start, starts=2)
        while active:
            weakest = self._weakest(active, x, fit)
            if weakest is None:
                break
            active = [k for k in active if k != weakest]
            x[weakest] = self.start[weakest]
            x, fit = self._refined(active, x)
        return self._told(effective, active, x, fit)

    def values(self, active: Sequence[int], x: FloatArray) -> dict[str, float]:
        """What the active parameters are at x."""
        return {self.known[k].name: self.known[k].value(float(x[k])) for k in active}

    def _has_effect(self, k: int) -> bool:
        """True if some measurement depends on the parameter."""
        before = self.data.errors({})
        for away in (self.spread[k], -self.spread[k]):
            x = self.start.copy()
            x[k] = np.clip(x[k] + away, self.low[k], self.high[k])
            if np.abs(self.data.errors(self.values([k], x)) - before).max() > 1e-12:
                return True
        return False

    def _measure_noise(self, x: FloatArray, free: int, active: Sequence[int]) -> None:
        """A standard deviation for all latencies and one for all energies."""
        errors = self.data.errors(self.values(active, x))
        timed = len(self.data.seconds)
        inflated = (self.count / max(1, self.count - free)) ** 0.5
        self.sigma[:timed] = inflated * spread(errors[:timed])
        self.sigma[timed:] = inflated * spread(errors[timed:])
        # What is so far off would still pull, all of it perhaps to one side, and tells nothing.
        if free and self.count >= ENOUGH:
            self.trusted = np.abs(errors) <= GROSS * self.sigma

    def residuals(self, active: Sequence[int], x: FloatArray, used: Mask | None = None) -> Residuals:
        def residuals(own: FloatArray) -> FloatArray:
            here = x.copy()
            here[list(active)] = own
            left = self.data.errors(self.values(active, here)) / self.sigma
            return left[self.trusted if used is None else used]

        return residuals

    def _fit(
        self, active: Sequence[int], x: FloatArray, used: Mask | None = None, evaluations: int = 60
    ) -> tuple[FloatArray, RobustFit]:
        """The fit of the active parameters from x on, and where it ends; with the errors that are ``used`` alone."""
        chosen = list(active)
        limits = self.low[chosen], self.high[chosen]
        prior = self.start[chosen], self.spread[chosen]
        fit = fitted(self.residuals(active, x, used), x[chosen], limits, prior, evaluations=evaluations)
        end = x.copy()
        end[chosen] = fit.x
        return end, fit

    def _refined(self, active: Sequence[int], x: FloatArray, starts: int = 1) -> tuple[FloatArray, RobustFit]:
        """The fit with the noise that it leaves; from several ``starts``, as waits make the cost no bowl."""
        tries: list[FloatArray] = [x + 0.3 * i * self.spread for i in range(starts)]
        best, fit = min((self._fit(active, one) for one in tries), key=lambda made: made[1].cost)
        for _ in range(6):
            before = self.sigma.copy()
            self._measure_noise(best, len(active), active)
            best, fit = self._fit(active, best)
            if np.abs(self.sigma / before - 1).max() < 0.02:
                break
        return best, fit

    def covariance(self, slopes: FloatArray, chosen: Sequence[int], variance: float) -> FloatArray:
        """Of the ``chosen`` parameters; how far they may reasonably be from their start keeps it finite."""
        spread = self.spread[list(chosen)]
        scaled = slopes * spread / max(variance, LEAST_VARIANCE) ** 0.5
        values, vectors = np.linalg.eigh(scaled.T @ scaled)
        half = vectors / np.sqrt(1.0 + np.maximum(values, 0.0)) * spread[:, None]
        return np.asarray(half @ half.T, dtype=np.float64)

    def _weakest(self, active: Sequence[int], x: FloatArray, fit: RobustFit) -> int | None:
        """The parameter that the fit would miss least; None if it would miss each (Schwarz's criterion).

        Of those that it would miss about as much, one that stands for something special.
        """
        deviation = np.sqrt(np.diag(self.covariance(fit.jacobian, active, fit.variance())))
        chosen = list(active)
        score = np.abs(x[chosen] - self.start[chosen]) / deviation
        least = int(np.argmin(score * [self.known[k].weight for k in chosen]))
        if len(active) <= self.count // 2 and score[least] >= max(2.0, np.log(self.count) ** 0.5):
            return None
        return chosen[least]

    def _told(self, effective: Sequence[int], active: Sequence[int], x: FloatArray, fit: RobustFit) -> Calibration:
        from scipy.stats import t

        data, instance = self.data, self.data.instance
        quantile = float(t.ppf(0.975, max(1, self.count - len(active))))
        values = self.values(active, x)
        calibrated = fitted_instance(instance, values)
        freedom = _Freedom(self, effective, active, x, fit)
        estimates = []
        for k, parameter in enumerate(self.known):
            if k in active:
                ends = self.interval(k, float(x[k]), quantile * freedom.deviation[k])
                estimates.append(Estimate(parameter, values[parameter.name], True, *ends))
            else:
                estimates.append(self._left(k, freedom, x, quantile))
        errors = {
            "before": data.errors({}),
            "after": self.data.verified_errors(calibrated),
            "left_out": self._left_out(active, x),
        }
        timed = len(data.seconds)
        parts = [{name: found[part] for name, found in errors.items()} for part in (slice(timed), slice(timed, None))]
        return Calibration(
            calibrated,
            tuple(estimates),
            len(data.settings),
            _quality(parts[0]),
            _quality(parts[1]),
            self._gross(errors["after"]),
        )

    def interval(self, k: int, at: float, half: float) -> tuple[float, float]:
        parameter = self.known[k]
        ends = np.clip([at - half, at + half], self.low[k], self.high[k])
        return parameter.value(float(ends[0])), parameter.value(float(ends[1]))

    def _left(self, k: int, freedom: _Freedom, x: FloatArray, quantile: float) -> Estimate:
        """A parameter that keeps its value, why, and where it would have been fitted, if that can be told."""
        parameter = self.known[k]
        if self.kept[k]:
            return Estimate(parameter, parameter.start, False, None, None, "it was to be kept")
        if k not in freedom.deviation:
            return Estimate(parameter, parameter.start, False, None, None, "no measurement depends on it")
        if freedom.deviation[k] > 0.5 * self.spread[k]:
            other = freedom.related(k)
            reason = (
                "they hardly depend on it" if other is None else f"they do not tell it from {self.known[other].name}"
            )
            return Estimate(parameter, parameter.start, False, None, None, reason)
        ends = self.interval(k, float(x[k]) + freedom.step[k], quantile * freedom.deviation[k])
        within = ends[0] <= parameter.start <= ends[1]
        reason = "its value is within its interval" if within else "too few measurements, or too little gained by it"
        return Estimate(parameter, parameter.start, False, *ends, reason)

    def _left_out(self, active: Sequence[int], x: FloatArray) -> FloatArray:
        """The errors of each setting when its measurements are left out of the fit."""
        errors = np.zeros(self.count)
        fold = self.data.owner % min(FOLDS, len(self.data.settings))
        for left in range(int(fold.max()) + 1):
            used = self.trusted & (fold != left)
            end = self._fit(active, x, used, evaluations=20)[0] if used.any() else self.start
            errors[fold == left] = self.data.errors(self.values(active, end))[fold == left]
        return errors

    def _gross(self, errors: FloatArray) -> tuple[tuple[str, str, float, float], ...]:
        data, told = self.data, []
        names = ["latency_s"] * len(data.seconds) + ["energy_j"] * len(data.joules)
        measured = np.concatenate([data.seconds, data.joules])
        for i, position in enumerate([*data.timed, *data.weighed]):
            if abs(errors[i]) > GROSS * self.sigma[i]:
                where = data.measurements[position].where or f"measurements[{position}]"
                told.append((where, names[i], float(measured[i]), float(measured[i] * np.exp(errors[i]))))
        return tuple(told)


class _Freedom:
    """How far parameters may be off, those that keep their value included: all that measurements depend on at once."""

    def __init__(
        self, made: _Calibration, effective: Sequence[int], active: Sequence[int], x: FloatArray, fit: RobustFit
    ) -> None:
        self._made, self._effective, self._active = made, list(effective), active
        chosen = self._effective
        self._variance = fit.variance()
        self.deviation: dict[int, float] = {}
        self.step: dict[int, float] = {}
        if not chosen:
            return
        self._slopes = jacobian(made.residuals(chosen, x), x[chosen], made.low[chosen], made.high[chosen])
        self._covariance = made.covariance(self._slopes, chosen, self._variance)
        deviation = np.sqrt(np.diag(self._covariance))
        pull = self._slopes.T @ fit.pull() / max(self._variance, LEAST_VARIANCE)
        pull += (x[chosen] - made.start[chosen]) / made.spread[chosen] ** 2
        step = -self._covariance @ pull
        self.deviation = dict(zip(chosen, deviation.tolist(), strict=True))
        self.step = dict(zip(chosen, step.tolist(), strict=True))

    def related(self, k: int) -> int | None:
        """The fitted parameter that a parameter is hardest to tell from; None if it is hard to tell at all."""
        made, at = self._made, self._effective.index(k)
        alone = float(made.covariance(self._slopes[:, [at]], [k], self._variance)[0, 0]) ** 0.5
        if not self._active or alone > 0.5 * made.spread[k]:
            return None
        correlation = {a: abs(self._covariance[at, self._effective.index(a)]) / self.deviation[a] for a in self._active}
        return max(correlation, key=lambda a: correlation[a])


def _quality(errors: dict[str, FloatArray]) -> Quality | None:
    if not len(errors["before"]):
        return None
    return Quality(len(errors["before"]), *(_errors(errors[name]) for name in ("before", "after", "left_out")))


def _errors(logarithms: FloatArray) -> Errors:
    relative = np.abs(np.expm1(logarithms))
    return Errors(float(np.median(relative)), float(relative.mean()), float(relative.max()))
