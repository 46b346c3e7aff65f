"""GLPK, by its program glpsol: no start, one thread; it writes its best solution when its own clock is over."""

from __future__ import annotations

import re
from pathlib import Path

from wnpopt.backends.ending import Ending, stopped
from wnpopt.backends.linear import FloatArray, LinearModel
from wnpopt.backends.solvers.job import LinearJob, SolverAnswer
from wnpopt.backends.solvers.model_file import columns_of, number_of, sign_of, write_mps
from wnpopt.backends.solvers.program import folder_of_run, run_program
from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError

TOLERANCE = 1e-5
"""Of its integers; rows hold to 1e-7."""

_NAMES = """
adv alien bestb bestp bfs bib binarize btf cbg cgr clique cover cuts dfs drtom dual first flip fpump gomory
intopt last luf mir mostf noflip nointopt nopresol norelax noscale nosteep pcost presol primal proxy relax
scale std steep
"""
OPTIONS = frozenset(_NAMES.split())
"""What may be set: how it searches. A flag is set by true, and not by false."""

_MIP = re.compile(r"(?:mip =|>>>>>)\s+\S.*?>=\s+(-?[0-9.]+e[-+][0-9]+)")
_DIGITS = 1e-8  # ten are printed
_LONGEST_LINE = 1000  # its lines of progress have some hundred characters
_WHOLE_S = 1.0  # its clock counts whole seconds


def solve(job: LinearJob) -> SolverAnswer:
    """See :class:`.LinearSolver`."""
    linear, budget = job.linear, job.budget
    sign = sign_of(linear)
    seen: list[float] = []

    def hear(line: str) -> None:
        job.hear(line.rstrip("\n"))
        for bound in possible(line):
            seen.append(bound)
            job.watch.bounded(sign * seen[-1] + linear.offset)

    command = ["glpsol", "--freemps", "model.mps", "--write", "answer.sol", *_limit(budget)]
    for name, value in job.options:
        if name not in OPTIONS:
            known = ", ".join(sorted(OPTIONS))
            raise InputError(f"is none of GLPK's that may be set: {known}", where=f"solver_options[{name}]")
        if not isinstance(value, bool) and value not in (0, 1):
            raise InputError(f"found {value!r}; true or false is needed", where=f"solver_options[{name}]")
        command += [f"--{name}"] if value else []
    with folder_of_run() as folder:
        write_mps(linear, folder / "model.mps")
        log = run_program(command, folder, budget, hear, gentle=False)
        ending, columns = _answer(linear, folder / "answer.sol", log, budget)
    bound = max(seen, default=None)
    if ending is Ending.OPTIMAL and columns is not None:
        bound = float(linear.cost @ columns) * sign
    told = "GLPK ended without an answer" if ending is Ending.FAILED else ""
    return SolverAnswer(ending, columns, None if bound is None else sign * bound + linear.offset, log=log, message=told)


def possible(line: str) -> list[float]:
    """The bounds that a line of the log tells, weakened by the digits that it leaves out."""
    numbers = map(number_of, _MIP.findall(line[:_LONGEST_LINE]))
    return [number - _DIGITS * abs(number) for number in numbers if number is not None]


def _limit(budget: Budget) -> list[str]:
    """GLPK ends by itself within the limit, to write what it has; under a second it is ended."""
    left = budget.remaining() - 0.1
    return ["--tmlim", str(int(left))] if _WHOLE_S <= left < 1e7 else []


def _answer(linear: LinearModel, path: Path, log: str, budget: Budget) -> tuple[Ending, FloatArray | None]:
    """How it ended, and its columns, of a file in GLPK's plain format."""
    values: dict[str, float] = {}
    status = ""
    integer = False
    text = path.read_text(encoding="ascii", errors="replace") if path.exists() else ""
    for words in map(str.split, text.splitlines()):
        if words[:1] == ["s"] and len(words) > 5:
            integer = words[1] == "mip"
            status = words[4] if integer else "".join(words[4:6])
        elif words[:1] == ["j"] and len(words) > (2 if integer else 3):
            place, value = number_of(words[1]), number_of(words[2] if integer else words[3])
            if place is not None and value is not None:
                values[f"C{int(place) - 1}"] = value
    said = log.upper()
    if "HAS NO PRIMAL FEASIBLE" in said or "HAS NO INTEGER FEASIBLE" in said or status == "n":
        return Ending.INFEASIBLE, None
    if status in ("o", "ff"):
        return Ending.OPTIMAL, columns_of(linear, values)
    if status == "f":
        return stopped(budget), columns_of(linear, values)
    if "UNBOUNDED" in said or "NO DUAL FEASIBLE" in said:
        return Ending.UNBOUNDED, None
    return (stopped(budget) if budget.exhausted() or "TIME LIMIT" in said else Ending.FAILED), None
