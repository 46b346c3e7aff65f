"""Linear models as files that any solver reads."""

from __future__ import annotations

from pathlib import Path

from wnpopt.backends.solvers.program import folder_of_run
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_atomic


def write_linear(model: object, path: Path, formulation: str) -> None:
    """Write a Pyomo ``model`` to ``path`` (.lp or .mps) with its own names; the same model gives the same bytes.

    Raises :class:`InputError` for a model that is not linear or not Pyomo's.
    """
    import pyomo.environ as pyo

    if not isinstance(model, pyo.ConcreteModel):
        raise InputError(f"the formulation {formulation} is not linear; only linear ones are written as .lp or .mps")
    with folder_of_run() as folder:
        draft = folder / f"model{path.suffix.lower()}"
        model.write(str(draft), io_options={"symbolic_solver_labels": True})
        write_atomic(path, draft.read_bytes())
