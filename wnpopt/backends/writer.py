"""Linear models as files that any solver reads."""

from __future__ import annotations

from pathlib import Path

from wnpopt.backends.solvers.program import folder_of_run
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_atomic


def write_linear(model: object, path: Path, formulation: str) -> None:
    """Write a Pyomo ``model`` to ``path`` (.lp or .mps) with its own names; the same model gives the same bytes.

    An .mps file is always a minimisation, since solvers differ in how they read the section that says otherwise (CBC
    passes over it, GLPK ends there): the objective of a maximum has its sign changed, and a comment says so. Raises
    :class:`InputError` for a model that is not linear or not Pyomo's.
    """
    import pyomo.environ as pyo

    if not isinstance(model, pyo.ConcreteModel):
        raise InputError(f"the formulation {formulation} is not linear; only linear ones are written as .lp or .mps")
    with folder_of_run() as folder:
        draft = folder / f"model{path.suffix.lower()}"
        model.write(str(draft), io_options={"symbolic_solver_labels": True})
        written = draft.read_bytes()
        write_atomic(path, _minimised(written) if path.suffix.lower() == ".mps" else written)


def _minimised(mps: bytes) -> bytes:
    """A free MPS file of Pyomo's without its section OBJSENSE."""
    lines = mps.decode("utf-8").splitlines(keepends=True)
    at = lines.index("OBJSENSE\n")
    maximised = lines[at + 1].strip() == "MAX"
    del lines[at : at + 2]
    if maximised:
        objective = next(line.split()[1] for line in lines[at:] if line.startswith(" N "))
        lines = [_negated(line, objective) for line in lines]
        lines.insert(0, f"* The least {objective} here is the greatest of the model times -1\n")
    return "".join(lines).encode("utf-8")


def _negated(line: str, row: str) -> str:
    """A line of the columns or the right-hand sides with its number's sign changed, if it is one of ``row``."""
    words = line.split()
    if len(words) != 3 or words[1] != row or line.startswith(("*", " BV", " MARKER")):
        return line
    number = words[2][1:] if words[2].startswith("-") else f"-{words[2]}"
    return line[: line.rindex(words[2])] + number + "\n"
