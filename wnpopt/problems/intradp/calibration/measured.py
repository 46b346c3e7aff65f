"""Measured latencies and energies: a CSV file, a line a measurement."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from wnpopt.core.errors import InputError, reason
from wnpopt.core.jsonio import read_json
from wnpopt.core.separated import require_commas
from wnpopt.core.text import short
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.planners import PLANNERS, check_plan
from wnpopt.problems.intradp.online.table import PlanTable, at_bandwidth
from wnpopt.problems.intradp.solution import IntradpSolution

PLAN, BANDWIDTH, LATENCY, ENERGY, NOTE = "plan", "bandwidth", "latency", "energy", "note"
COLUMNS: Mapping[str, tuple[str, float]] = {
    "plan": (PLAN, 1.0),
    "strategy": (PLAN, 1.0),
    "megabytes_per_s": (BANDWIDTH, 1.0),
    "bandwidth": (BANDWIDTH, 1.0),
    "bandwidth_megabytes_per_s": (BANDWIDTH, 1.0),
    "bandwidth_bytes_per_s": (BANDWIDTH, 1e-6),
    "latency_s": (LATENCY, 1.0),
    "latency": (LATENCY, 1.0),
    "latency_ms": (LATENCY, 1e-3),
    "energy_j": (ENERGY, 1.0),
    "energy": (ENERGY, 1.0),
    "energy_mj": (ENERGY, 1e-3),
    "note": (NOTE, 1.0),
}
"""What a column may be called, what it then is, and the unit of its values in MB/s, seconds or joules."""

NEEDED = (
    'plan or strategy; latency_s or latency_ms, energy_j or energy_mj, or both; bandwidth (MB/s, as "megabytes_per_s" '
    'or in bytes as "bandwidth_bytes_per_s"); note'
)


@dataclass(frozen=True)
class Measurement:
    """A plan at a bandwidth, and what was measured of it.

    ``megabytes_per_s`` is the nominal rate of both directions, None for the instance's own rates. One of ``latency_s``
    and ``energy_j`` may be None. ``where`` says where it comes from: "row 3" of a file.
    """

    plan: IntradpSolution
    megabytes_per_s: float | None
    latency_s: float | None = None
    energy_j: float | None = None
    where: str = ""


def read_measurements(instance: IntradpInstance, path: str | os.PathLike[str], seed: int = 0) -> list[Measurement]:
    """The measurements in a CSV file with a header, see :data:`COLUMNS`.

    A plan is a solution file or a table's (from the folder of the CSV file), or a method whose plan depends on instance
    and ``seed`` alone (:data:`~wnpopt.problems.intradp.online.planners.PLANNERS`): the one that it makes for the
    ``instance`` as it is, at the row's bandwidth. Raises :class:`InputError` with the file, the row (the header is
    row 1), the column, and what would be right.
    """
    file = os.fspath(path)
    try:
        return _Reader(instance, Path(path), seed).measurements()
    except InputError as error:
        raise error.in_file(file) from None


class _Reader:
    def __init__(self, instance: IntradpInstance, path: Path, seed: int) -> None:
        self.instance = instance.changed(deadline_s=None)  # what was measured may have missed it
        self.path, self.seed = path, seed
        self.plans: dict[tuple[str, float | None], IntradpSolution] = {}
        self.files: dict[str, IntradpSolution | PlanTable] = {}

    def measurements(self) -> list[Measurement]:
        lines = self._lines()
        if not lines:
            raise InputError(f"is empty; a header with the columns {NEEDED} is needed")
        columns = _columns(lines[0][1])
        rows = [self._measurement(columns, f"row {number}", values) for number, values in lines[1:]]
        if len(rows) < 2:
            raise InputError(f"found {len(rows)} measurements; at least 2 are needed")
        return rows

    def _lines(self) -> list[tuple[int, list[str]]]:
        """(row, values) of each row that is not blank."""
        try:
            with self.path.open(newline="", encoding="utf-8-sig") as stream:
                reader = csv.reader(stream, strict=True)
                return [(number, row) for number, row in enumerate(reader, 1) if any(value.strip() for value in row)]
        except FileNotFoundError:
            raise InputError("no such file") from None
        except UnicodeDecodeError as error:
            raise InputError(f"is not UTF-8: byte 0x{error.object[error.start]:02x}; a CSV file is needed") from None
        except (OSError, csv.Error) as error:
            raise InputError(f"cannot be read as CSV: {reason(error)}") from None

    def _measurement(self, columns: Sequence[str], row: str, values: Sequence[str]) -> Measurement:
        if len(values) != len(columns):
            where = f"{row}, column {min(len(values), len(columns)) + 1}"
            raise InputError(f"found {len(values)} values; {len(columns)}, one a column, are needed", where=where)
        given: dict[str, tuple[str, str]] = {}
        for column, value in zip(columns, values, strict=True):
            text = value.strip()
            kind = COLUMNS[column][0]
            if not text or kind == NOTE:
                continue
            if kind in given:
                told = f"found {short(repr(text), 80)} beside {given[kind][0]}; one of the two is needed"
                raise InputError(told, where=f"{row}, column {column}")
            given[kind] = (column, text)
        numbers = {kind: _number(row, *given[kind]) for kind in (BANDWIDTH, LATENCY, ENERGY) if kind in given}
        if PLAN not in given:
            told = f"found nothing; a solution file, a table or one of {', '.join(PLANNERS)} is needed"
            raise InputError(told, where=f"{row}, column {_of_kind(columns, PLAN)}")
        if LATENCY not in numbers and ENERGY not in numbers:
            told = "found nothing; a latency or an energy is needed"
            missing = _of_kind(columns, LATENCY) or _of_kind(columns, ENERGY)
            raise InputError(told, where=f"{row}, column {missing}")
        bandwidth = numbers.get(BANDWIDTH)
        column, text = given[PLAN]
        try:
            plan = self._plan(text, bandwidth)
        except InputError as error:
            told = str(error)
            raise InputError(told, where=f"{row}, column {column}", file=str(self.path)) from None
        return Measurement(plan, bandwidth, numbers.get(LATENCY), numbers.get(ENERGY), row)

    def _plan(self, text: str, bandwidth: float | None) -> IntradpSolution:
        key = text, bandwidth
        if key not in self.plans:
            here = _at(self.instance, bandwidth)
            plan = self._made(text, here) if text in PLANNERS else self._from_file(text, bandwidth)
            check_plan(here, plan, linked=bandwidth != 0)
            self.plans[key] = plan
        return self.plans[key]

    def _made(self, method: str, here: IntradpInstance) -> IntradpSolution:
        from wnpopt.backends.stopping import run_stoppable
        from wnpopt.core.budget import Budget
        from wnpopt.problems.intradp.kernels.problem import Problem

        problem = Problem.of(here)
        return run_stoppable(partial(PLANNERS[method], problem, self.seed), Budget(None)).solution(problem)

    def _from_file(self, name: str, bandwidth: float | None) -> IntradpSolution:
        if not name.lower().endswith(".json"):
            methods = ", ".join(PLANNERS)
            told = f"found {short(repr(name), 80)}; a solution file or a table (.json) or one of {methods} is needed"
            raise InputError(f"{told} (what other methods make depends on time: save their plan)")
        if name not in self.files:
            self.files[name] = _plans(self.path.parent / name)
        plans = self.files[name]
        if isinstance(plans, IntradpSolution):
            return plans
        if bandwidth is None:
            raise InputError(f"{name} is a table, which needs a bandwidth")
        return plans.at(bandwidth).solution(plans.instance)


def _at(instance: IntradpInstance, bandwidth: float | None) -> IntradpInstance:
    return instance if bandwidth is None else at_bandwidth(instance, bandwidth or 1.0)


def _plans(path: Path) -> IntradpSolution | PlanTable:
    data = read_json(path)
    read: Callable[[object], IntradpSolution | PlanTable]
    read = PlanTable.from_data if data.get("kind") == "intradp-table" else IntradpSolution.from_data
    try:
        return read(data)
    except InputError as error:
        raise error.in_file(str(path)) from None


def _columns(header: Sequence[str]) -> list[str]:
    require_commas(header)
    columns = [name.strip() for name in header]
    for position, name in enumerate(columns, 1):
        if name not in COLUMNS:
            told = f"found {short(repr(name), 80)}; the columns that are known are {', '.join(COLUMNS)}"
            raise InputError(told, where=f"row 1, column {position}")
        if name in columns[: position - 1]:
            raise InputError(f"found {name!r} a second time; one column of a name is needed", where="row 1")
    kinds = [COLUMNS[name][0] for name in columns]
    if PLAN not in kinds:
        raise InputError(f"found no column plan or strategy; the columns are {NEEDED}", where="row 1")
    if LATENCY not in kinds and ENERGY not in kinds:
        raise InputError(f"found no column of latencies or energies; the columns are {NEEDED}", where="row 1")
    return columns


def _of_kind(columns: Sequence[str], kind: str) -> str:
    return next((name for name in columns if COLUMNS[name][0] == kind), "")


def _number(row: str, column: str, text: str) -> float:
    kind, unit = COLUMNS[column]
    try:
        value = float(text) * unit
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0 or (value == 0 and kind != BANDWIDTH):
        wanted = "of at least 0 (0 is no link)" if kind == BANDWIDTH else "above 0"
        told = f"found {short(repr(text), 80)}; a finite number {wanted} is needed, with a point for decimals"
        raise InputError(told, where=f"{row}, column {column}")
    return value
