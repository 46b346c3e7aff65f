"""CBC, by its program: a file in, a file out. Its log tells bounds as they come; solutions it writes at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from wnpopt.backends.ending import Ending, stopped
from wnpopt.backends.linear import FloatArray, LinearModel
from wnpopt.backends.solvers.catalogue import cbc_program
from wnpopt.backends.solvers.job import LinearJob, SolverAnswer
from wnpopt.backends.solvers.model_file import columns_of, number_of, sign_of, write_mps
from wnpopt.backends.solvers.program import folder_of_run, run_program
from wnpopt.core.errors import InputError, SolverError
from wnpopt.core.result import WarmStart

TOLERANCE = 2e-5
"""Its integers hold to 1e-6, and a solution that is better by less than 1e-5 is none to it."""

_NAMES = """
clique combine combine2 costStrategy crash cutDepth cutLength cuts depthMiniBab Dins DivingSome
DivingCoefficient DivingFractional DivingGuided DivingLineSearch DivingPseudoCost DivingVectorLength
dwHeuristic feasibilityPump flowCoverCuts GMICuts gomoryCuts greedyHeuristic heuristicsOnOff idiotCrash
knapsackCuts lagomoryCuts latwomirCuts liftAndProjectCuts localTreeSearch maxNodes mixedIntegerRoundingCuts
nodeStrategy passCuts passFeasibilityPump passTreeCuts perturbation pivotAndComplement pivotAndFix preprocess
presolve probingCuts proximitySearch pumpTune randomizedRounding reduceAndSplitCuts reduce2AndSplitCuts
residualCapacityCuts Rens Rins roundingHeuristic scaling slowcutpasses sprintCrash strategy strongBranching
trustPseudoCosts twoMirCuts VndVariableNeighborhoodSearch zeroHalfCuts
"""
OPTIONS = frozenset(_NAMES.split())
"""What may be set: how it searches, not what it holds to be a solution, an optimum or the end."""

_SHARE = 0.95  # of the time that is left: CBC writes its solution after that
_NUMBER = r"(-?[0-9.]+(?:[eE][-+]?[0-9]+)?)"
_POSSIBLE = re.compile(rf"best possible {_NUMBER}")
_LOWER = re.compile(rf"^Lower bound:\s+{_NUMBER}", re.MULTILINE)
_HEAD = re.compile(rf"^(?P<how>.*?) - objective value {_NUMBER}")
_DIGITS = 1e-7  # bounds are printed with eight digits, "best possible" with five to eight


def solve(job: LinearJob) -> SolverAnswer:
    """See :class:`.LinearSolver`."""
    linear, budget = job.linear, job.budget
    sign, program = sign_of(linear), cbc_program()
    if program is None:
        raise SolverError("CBC's program is gone")
    seen: list[float] = []

    def hear(line: str) -> None:
        job.hear(line.rstrip("\n"))
        for bound in possible(line):
            seen.append(bound)
            job.watch.bounded(sign * bound + linear.offset)

    with folder_of_run() as folder:
        write_mps(linear, folder / "model.mps")
        command = [program, "model.mps", "-timeMode", "elapsed", "-log", "1", "-ratioGap", "0", "-allowableGap", "0",
                   "-randomCbcSeed", str(budget.seed % 2**31 or 1), "-threads",
                   str(budget.threads if budget.threads > 1 and not budget.deterministic else 0)]  # fmt: skip
        if budget.remaining() < 1e7:
            command += ["-sec", f"{max(0.05, _SHARE * budget.remaining()):.3f}"]
        for name, value in job.options:
            if name not in OPTIONS:
                known = ", ".join(sorted(OPTIONS, key=str.lower))
                raise InputError(f"is none of CBC's that may be set: {known}", where=f"solver_options[{name}]")
            command += [f"-{name}", {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)]
        if job.start is not None:
            write_start(job.start, folder / "start.sol")
            command += ["-mips", "start.sol"]
        log = run_program([*command, "-solve", "-solution", "answer.sol"], folder, budget, hear, gentle=True)
        ending, columns, objective = _answer(linear, folder / "answer.sol", log, budget.exhausted(), stopped(budget))
    told = lower_bound(log)
    bound = max(seen, default=None) if told is None else told
    if ending is Ending.OPTIMAL and told is None and objective is not None:
        bound = objective
    return SolverAnswer(
        ending,
        columns,
        None if bound is None else sign * bound + linear.offset,
        _warm_start(job, log),
        log,
        "CBC ended without an answer" if ending is Ending.FAILED else "",
    )


def write_start(columns: FloatArray, path: Path) -> None:
    """A solution as CBC reads it."""
    lines = [f"{c} C{c} {value!r} 0" for c, value in enumerate(columns.tolist())]
    path.write_text("\n".join(["Feasible - objective value 0", *lines]) + "\n", encoding="ascii")


def possible(line: str) -> list[float]:
    """The bounds that a line of the log tells, weakened by the digits that it leaves out."""
    return [_lowered(number) for number in map(number_of, _POSSIBLE.findall(line)) if number is not None]


def lower_bound(log: str) -> float | None:
    """The bound that the log tells at the end, weakened likewise; None where it tells none."""
    told = _LOWER.search(log)
    number = None if told is None else number_of(told[1])
    return None if number is None else _lowered(number)


def _lowered(bound: float) -> float:
    return bound - _DIGITS * abs(bound)


def _answer(
    linear: LinearModel, path: Path, log: str, over: bool, cut: Ending
) -> tuple[Ending, FloatArray | None, float | None]:
    """How it ended, its columns, and the objective as the file has it."""
    # Presolve finds out before there is a solution to write.
    infeasible = "infeasible" in log.lower() and "integer solution" not in log.lower()
    if not path.exists():
        return (cut if over else Ending.INFEASIBLE if infeasible else Ending.FAILED), None, None
    head, *lines = path.read_text(encoding="ascii", errors="replace").splitlines() or [""]
    found = _HEAD.match(head)
    how = found["how"].lower() if found else head.lower()
    if "infeasible" in how:
        return Ending.INFEASIBLE, None, None
    if "unbounded" in how:
        return Ending.UNBOUNDED, None, None
    if found is None:
        return (cut if over else Ending.FAILED), None, None
    if "continuous" in how:  # values of the relaxation
        return cut, None, None
    columns = columns_of(linear, _values(lines))
    if how.startswith("optimal"):
        return Ending.OPTIMAL, columns, float(linear.cost @ columns) * sign_of(linear)
    return cut, columns, None


def _values(lines: list[str]) -> Mapping[str, float]:
    words = (line.replace("**", " ").split() for line in lines)
    read = ((parts[1], number_of(parts[2])) for parts in words if len(parts) >= 3)
    return {name: value for name, value in read if value is not None}


def _warm_start(job: LinearJob, log: str) -> WarmStart:
    if job.start is None:
        return WarmStart.NONE
    said = log.lower()
    # Presolve may be done with the model before CBC says what the start is worth.
    taken = "mipstart values read" in said and "could not be used" not in said
    return WarmStart.ACCEPTED if taken else WarmStart.REJECTED
