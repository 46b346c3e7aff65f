"""What was measured, as arrays, and what the model says of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.calibration.measured import Measurement
from wnpopt.problems.intradp.calibration.parameters import fitted_arrays, link_of
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.planners import check_plan
from wnpopt.problems.intradp.online.table import at_bandwidth
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Observed:
    """The measurements, each setting once."""

    def __init__(self, instance: IntradpInstance, measurements: Sequence[Measurement]) -> None:
        from wnpopt.problems.intradp.kernels.problem import Problem

        self.instance, self.measurements = instance, measurements
        settings: dict[tuple[tuple[int, ...], tuple[int, ...], float | None], int] = {}
        self.setting = np.zeros(len(measurements), np.int64)
        for i, one in enumerate(measurements):
            if one.latency_s is None and one.energy_j is None:
                raise InputError("has neither latency nor energy", where=one.where or f"measurements[{i}]")
            for value in (one.latency_s, one.energy_j):
                if value is not None and not 0 < value < np.inf:
                    told = f"found {value}; a finite number above 0 is needed"
                    raise InputError(told, where=one.where or f"measurements[{i}]")
            if one.megabytes_per_s is not None and not 0 <= one.megabytes_per_s < np.inf:
                told = f"found {one.megabytes_per_s} MB/s; a finite number of at least 0 is needed"
                raise InputError(told, where=one.where or f"measurements[{i}]")
            key = one.plan.device_end, one.plan.server_begin, one.megabytes_per_s
            if key not in settings:
                try:
                    check_plan(instance, one.plan, linked=one.megabytes_per_s != 0)
                except InputError as error:
                    raise InputError(error.what, where=one.where or f"measurements[{i}]") from None
            self.setting[i] = settings.setdefault(key, len(settings))
        self.settings = tuple(settings)
        ends, begins = ([key[side] for key in settings] for side in (0, 1))
        self._plans = np.array(ends, np.int32), np.array(begins, np.int32)
        self._bandwidths = [key[2] for key in settings]
        self.timed = np.array([i for i, m in enumerate(measurements) if m.latency_s is not None], np.int64)
        self.weighed = np.array([i for i, m in enumerate(measurements) if m.energy_j is not None], np.int64)
        self.owner: IntArray = self.setting[np.concatenate([self.timed, self.weighed])]  # the setting of each error
        self.seconds = np.array([measurements[i].latency_s for i in self.timed], np.float64)
        self.joules = np.array([measurements[i].energy_j for i in self.weighed], np.float64)
        self._arrays = Problem.of(instance).arrays
        expected = self.predict({})
        for kind, rows, values in (("latency", self.timed, expected[0]), ("energy", self.weighed, expected[1])):
            for i in rows:
                if not values[self.setting[i]] > 0:
                    where = measurements[i].where or f"measurements[{i}]"
                    raise InputError(
                        f"the {kind} of its plan is 0 by the instance; costs above 0 are needed", where=where
                    )
        self.typical_s = float(np.median(self.seconds if len(self.seconds) else expected[0]))

    def predict(self, values: dict[str, float]) -> tuple[FloatArray, FloatArray]:
        """Latency (s) and energy (J) of each setting."""
        from wnpopt.problems.intradp.kernels.evaluate import scratch
        from wnpopt.problems.intradp.kernels.settings import evaluate_settings

        count, operators = len(self.settings), len(self.instance.operators)
        links = np.array([link_of(self.instance, values, bandwidth) for bandwidth in self._bandwidths])
        link = np.empty(3)
        seen = link.view()
        seen.setflags(write=False)
        arrays = fitted_arrays(self.instance, self._arrays, values)._replace(link=seen)
        plan = np.empty(operators, np.int32), np.empty(operators, np.int32)
        made = np.zeros((2, count))
        evaluate_settings(
            arrays, link, links, self._plans, plan, scratch(operators), len(self.joules) > 0, made
        )  # fmt: skip
        return made[0], made[1]

    def errors(self, values: dict[str, float]) -> FloatArray:
        """Logarithms of predicted / measured: all latencies, then all energies."""
        return self._compared(*self.predict(values))

    def verified_errors(self, calibrated: IntradpInstance) -> FloatArray:
        """:meth:`errors` of a ``calibrated`` instance, by the verifier's replay and not by compiled code."""
        made = []
        for a, b, bandwidth in self.settings:
            here = calibrated if bandwidth is None else at_bandwidth(calibrated, bandwidth or 1.0)
            plan = IntradpSolution(instance=here.name, device_end=a, server_begin=b)
            replayed = replay(here, plan)
            made.append((replayed.latency_s, replayed.energy_j))
        return self._compared(*np.array(made, dtype=np.float64).T)

    def _compared(self, latency: FloatArray, energy: FloatArray) -> FloatArray:
        parts = (latency[self.setting[self.timed]] / self.seconds, energy[self.setting[self.weighed]] / self.joules)
        return np.log(np.maximum(np.concatenate(parts), 1e-300))
