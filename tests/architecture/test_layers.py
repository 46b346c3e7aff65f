"""Who may import whom."""

from __future__ import annotations

import ast
import sys

from tests.architecture.sources import MODULES, Module, layer

SOLVERS = {"pyomo", "highspy", "ortools", "cvxpy", "clarabel"}
PLOTTING = {"matplotlib", "plotly"}
HEAVY = SOLVERS | PLOTTING | {"pandas", "distributed", "numba", "scipy", "networkx", "onnx", "onnxruntime"}

ALLOWED = {
    "core": {"core"},
    "plotting": {"core", "plotting"},
    "domain": {"core", "domain"},
    "backends": {"core", "backends"},
    "execution": {"core", "domain", "execution"},
    "problems": {"core", "plotting", "domain", "backends", "execution", "problems"},
    "solving": {"core", "backends", "solving"},
    "api": {"core", "solving", "api"},
    "bench": {"core", "plotting", "domain", "backends", "solving", "api", "bench"},
    "testing": {"core", "plotting", "api", "testing"},
    "cli": {"core", "plotting", "domain", "backends", "api", "bench", "cli", "__main__"},
    "__main__": {"cli", "solving"},  # the server of workers begins before the command line is imported
    "__init__": {"core"},
}
"""What the modules of a layer may import: ``problems`` is in no list but its own."""

BLIND = ("core", "plotting", "domain", "backends", "execution", "solving", "api", "bench", "cli")
"""Layers that know families through the registry alone."""


# Each test goes over all modules and tells of all that is wrong: a test a module were two thousand, and cost more in
# pytest than in looking.


def test_layers() -> None:
    assert not [f"{m.name}: {m.rooms[0]} is no layer" for m in MODULES if m.rooms[0] not in ALLOWED]
    assert not [
        f"{module.name} imports {entry.name}"
        for module in MODULES
        for entry in module.imports
        if (target := layer(entry.name)) in ALLOWED and target not in ALLOWED[module.rooms[0]]
    ]


def test_families_are_known_through_the_registry_alone() -> None:
    """No reference to a family's modules hides in a text either."""
    assert not [
        f"{module.name}: {node.value}"
        for module in MODULES
        if module.rooms[0] in BLIND
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("wnpopt.problems.")
    ]


def test_families_do_not_know_each_other() -> None:
    of_families = [module for module in MODULES if module.rooms[0] == "problems"]
    assert len(of_families) > 100
    for module in of_families:
        for entry in module.imports:
            other = entry.name.split(".")
            if other[:2] == ["wnpopt", "problems"] and len(other) > 2:
                assert other[2] == module.rooms[1], f"{module.name} imports {entry.name}"


def _may_have_solvers(module: Module) -> bool:
    return module.rooms[0] == "backends" or "formulations" in module.rooms


def _may_plot(module: Module) -> bool:
    return "plots" in module.rooms or module.rooms[0] == "plotting" or module.rooms[:2] == ("bench", "report")


def test_libraries_stay_in_their_rooms() -> None:
    assert not [
        f"{module.name} imports {entry.name}"
        for module in MODULES
        for entry in module.imports
        if (entry.library in SOLVERS and not _may_have_solvers(module))
        or (entry.library in PLOTTING and not _may_plot(module))
    ]


def test_heavy_libraries_are_imported_lazily() -> None:
    """numba, which compiled kernels need at import, is the exception: its modules are imported lazily themselves."""
    eager = {
        (module, entry)
        for module in MODULES
        for entry in module.imports
        if entry.at_import and not entry.typing and entry.library in HEAVY
    }
    assert eager, "the exception"
    for module, entry in eager:
        needs_it = entry.library == "numba" and module.rooms[:1] == ("backends",)
        assert needs_it, f"{module.name} imports {entry.name} when it is imported"
        assert module.rooms[1] in ("compiled", "loaded", "machine_code", "stop_flag"), module.name


def test_core_needs_numpy_and_pydantic_only() -> None:
    known = {"wnpopt", "numpy", "pydantic", "pydantic_core", *sys.stdlib_module_names}
    for module in MODULES:
        if module.rooms[0] == "core":
            assert {entry.library for entry in module.imports} <= known, module.name
