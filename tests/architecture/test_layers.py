"""Who may import whom."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.architecture.sources import MODULES, Module, layer, name_of

SOLVERS = {"pyomo", "highspy", "ortools", "cvxpy", "clarabel"}
PLOTTING = {"matplotlib", "plotly"}
HEAVY = SOLVERS | PLOTTING | {"pandas", "distributed", "numba", "scipy", "networkx", "onnx", "onnxruntime"}

ALLOWED = {
    "core": {"core"},
    "plotting": {"core", "plotting"},
    "domain": {"core", "domain"},
    "backends": {"core", "backends"},
    "problems": {"core", "plotting", "domain", "backends", "problems"},
    "solving": {"core", "backends", "solving"},
    "api": {"core", "solving", "api"},
    "bench": {"core", "plotting", "domain", "backends", "solving", "api", "bench"},
    "testing": {"core", "plotting", "api", "testing"},
    "cli": {"core", "plotting", "domain", "backends", "api", "bench", "cli", "__main__"},
    "__main__": {"cli", "solving"},  # the server of workers begins before the command line is imported
    "__init__": {"core"},
}
"""What the modules of a layer may import: ``problems`` is in no list but its own."""

BLIND = ("core", "plotting", "domain", "backends", "solving", "api", "bench", "cli")
"""Layers that know families through the registry alone."""


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_layers(module: Module) -> None:
    own = module.rooms[0]
    assert own in ALLOWED, f"{own} is no layer"
    for entry in module.imports:
        target = layer(entry.name)
        if target in ALLOWED:
            assert target in ALLOWED[own], f"{module.name} imports {entry.name}"


@pytest.mark.parametrize("module", [m for m in MODULES if m.rooms[0] in BLIND], ids=name_of)
def test_families_are_known_through_the_registry_alone(module: Module) -> None:
    """No reference to a family's modules hides in a text either."""
    texts = [node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant)]
    assert not [text for text in texts if isinstance(text, str) and text.startswith("wnpopt.problems.")]


@pytest.mark.parametrize("module", [m for m in MODULES if m.rooms[0] == "problems"], ids=name_of)
def test_families_do_not_know_each_other(module: Module) -> None:
    for entry in module.imports:
        other = entry.name.split(".")
        if other[:2] == ["wnpopt", "problems"] and len(other) > 2:
            assert other[2] == module.rooms[1], f"{module.name} imports {entry.name}"


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_libraries_stay_in_their_rooms(module: Module) -> None:
    for entry in module.imports:
        if entry.library in SOLVERS:
            at_home = module.rooms[0] == "backends" or "formulations" in module.rooms
            assert at_home, f"{module.name} imports {entry.name}"
        if entry.library in PLOTTING:
            at_home = (
                "plots" in module.rooms or module.rooms[0] == "plotting" or module.rooms[:2] == ("bench", "report")
            )
            assert at_home, f"{module.name} imports {entry.name}"


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_heavy_libraries_are_imported_lazily(module: Module) -> None:
    """numba, which compiled kernels need at import, is the exception: its modules are imported lazily themselves."""
    for entry in module.imports:
        if entry.at_import and not entry.typing and entry.library in HEAVY:
            needs_it = entry.library == "numba" and module.rooms[:1] == ("backends",)
            assert needs_it, f"{module.name} imports {entry.name} when it is imported"
            assert module.rooms[1] in ("compiled", "machine_code", "stop_flag")


def test_core_needs_numpy_and_pydantic_only() -> None:
    known = {"wnpopt", "numpy", "pydantic", "pydantic_core", *sys.stdlib_module_names}
    for module in MODULES:
        if module.rooms[0] == "core":
            assert {entry.library for entry in module.imports} <= known, module.name
