"""Writes models/intradp/golden: MPS exports of tiny instances, the instances, and their optima by trying all plans."""

from __future__ import annotations

from pathlib import Path

from wnpopt.core.budget import Budget
from wnpopt.core.jsonio import write_json
from wnpopt.core.method import Context
from wnpopt.core.trace import Trace
from wnpopt.problems.intradp.formulations.milp import build, scale_of
from wnpopt.problems.intradp.generate import generate
from wnpopt.problems.intradp.methods import enumerate as every
from wnpopt.problems.intradp.verify import verify

FOLDER = Path(__file__).resolve().parents[1] / "models" / "intradp" / "golden"
CASES = {
    "chain": {"shape": "chain", "operators": 6, "units": 6, "bandwidth": 1.0},
    "residual": {"shape": "residual", "operators": 7, "units": 4, "bandwidth": 2.0},
    "encoder-decoder": {"shape": "encoder-decoder", "operators": 7, "units": 4, "bandwidth": 3.0},
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    optima = []
    for name, options in CASES.items():
        instance = generate({**options, "name": f"golden-{name}"}, 1)
        budget = Budget(None)
        outcome = every.solve(instance, Context(budget, Trace("min", budget), None, (), lambda _: None))
        assert outcome.solution is not None
        write_json(FOLDER / f"{name}.json", instance.to_data())
        build(instance).write(str(FOLDER / f"{name}.mps"), io_options={"symbolic_solver_labels": True})
        optima.append(
            {
                "file": f"{name}.mps",
                "instance": f"{name}.json",
                "optimum_s": verify(instance, outcome.solution).objective,
                "unit_s": scale_of(instance),
            }
        )
    write_json(FOLDER / "optima.json", optima)


if __name__ == "__main__":
    main()
