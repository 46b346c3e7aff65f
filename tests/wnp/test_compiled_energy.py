"""Whoever solves the compiled model as it is gets the optimum: no solver's default gap is wider than the energies."""

from __future__ import annotations

from pathlib import Path

import pytest

import wnpopt

INSTANCES = Path(__file__).resolve().parents[2] / "instances" / "wnp" / "tiny-fields"


@pytest.mark.parametrize("name", ["tiny-energy", "tiny-energy+energy-limit"])
def test_cpsat_with_its_defaults(name: str) -> None:
    """Of 1.85 mJ and 1.89 mJ it took the latter for optimal: they differ by less than its gap of 1e-4 J."""
    cp_model = pytest.importorskip("ortools.sat.python.cp_model")
    instance = wnpopt.load(INSTANCES / f"{name}.json")
    model = wnpopt.compile_model(instance, "cpsat")
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.status_name(solver.solve(model)) == "OPTIMAL"
    plan = wnpopt.decode(instance, "cpsat", model, solver)
    best = wnpopt.solve(instance, "cpsat", threads=1)
    assert best.status == "optimal"
    assert wnpopt.verify(instance, plan).objective == pytest.approx(best.objective, rel=1e-6)
