"""Who may import whom, read from the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "wnpopt"
FILES = sorted(ROOT.rglob("*.py"))
SOLVERS = {"pyomo", "highspy", "ortools", "cvxpy", "clarabel"}
PLOTTING = {"matplotlib", "plotly"}
HEAVY = SOLVERS | PLOTTING | {"pandas", "distributed", "numba", "scipy", "networkx", "onnx", "onnxruntime"}
LAYERS = ("core", "plotting", "domain", "backends", "problems", "solving", "api", "bench", "cli")


def module(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, *, top_only: bool = False) -> Iterator[str]:
    """Modules that a file imports; ``top_only``: when it is imported itself, not in functions, not for typing."""
    tree = ast.parse(path.read_text())
    nodes: list[ast.AST] = list(tree.body) if top_only else list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{path}: relative import"
            yield node.module
            if node.module.startswith("wnpopt"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "wnpopt" and len(parts) > 1 else None


ALLOWED = {
    "core": {"core"},
    "plotting": {"core", "plotting"},
    "domain": {"core", "domain"},
    "backends": {"core", "backends"},
    "problems": {"core", "plotting", "domain", "backends", "problems"},
    "solving": {"core", "backends", "solving"},
    "api": {"core", "solving", "api"},
    "bench": {"core", "plotting", "domain", "backends", "solving", "api", "bench"},
    "testing": {"core", "api"},
    "cli": {"core", "plotting", "domain", "backends", "api", "bench", "cli", "__main__"},
    "__main__": {"cli"},
}


@pytest.mark.parametrize("path", FILES, ids=module)
def test_layers(path: Path) -> None:
    own = layer(module(path)) or ""
    if own not in ALLOWED:
        return
    for name in imports(path):
        target = layer(name)
        if target is not None and target in LAYERS:
            assert target in ALLOWED[own], f"{module(path)} imports {name}"


@pytest.mark.parametrize("path", [p for p in FILES if "problems" in p.parts], ids=module)
def test_families_do_not_know_each_other(path: Path) -> None:
    parts = module(path).split(".")
    if len(parts) < 3:
        return
    for name in imports(path):
        other = name.split(".")
        if other[:2] == ["wnpopt", "problems"] and len(other) > 2:
            assert other[2] == parts[2], f"{module(path)} imports {name}"


@pytest.mark.parametrize("path", [p for p in FILES if p.name == "verify.py" and "problems" in p.parts], ids=module)
def test_verifiers_stand_alone(path: Path) -> None:
    """A verifier imports the core and its family's instance and solution, and nothing that finds solutions."""
    family = ".".join(module(path).split(".")[:3])
    for name in imports(path):
        if name.startswith("wnpopt."):
            own = ("instance", "solution", "verify", "columnar.columns", "columnar.allocation")
            allowed = name.startswith(("wnpopt.core", *(f"{family}.{part}" for part in own)))
            assert allowed, f"{module(path)} imports {name}"
        assert name.split(".")[0] not in HEAVY


@pytest.mark.parametrize("path", FILES, ids=module)
def test_solver_libraries_stay_in_their_places(path: Path) -> None:
    for name in imports(path):
        library = name.split(".")[0]
        inside = path.relative_to(ROOT).parts
        if library in SOLVERS:
            assert inside[0] == "backends" or "formulations" in inside, f"{module(path)} imports {name}"
        if library in PLOTTING:
            assert "plots" in inside or inside[0] == "plotting" or inside[:2] == ("bench", "report"), name


@pytest.mark.parametrize("path", FILES, ids=module)
def test_heavy_libraries_are_imported_lazily(path: Path) -> None:
    """numba, which compiled kernels need at import, is the exception: its modules are imported lazily themselves."""
    for name in imports(path, top_only=True):
        library = name.split(".")[0]
        assert library not in HEAVY - {"numba"}, f"{module(path)} imports {name} when it is imported"
        if library == "numba":
            assert module(path).removeprefix("wnpopt.backends.") in ("compiled", "machine_code", "stop_flag")


def test_core_needs_numpy_and_pydantic_only() -> None:
    import sys

    for path in (ROOT / "core").glob("*.py"):
        for name in imports(path):
            library = name.split(".")[0]
            known = library in {"wnpopt", "numpy", "pydantic", "pydantic_core"} or library in sys.stdlib_module_names
            assert known, f"{module(path)} imports {name}"


def test_modules_stay_short() -> None:
    """A few hundred lines: longer ones hold more than one noun."""
    long = {module(p): n for p in FILES if (n := len(p.read_text().splitlines())) > 560}
    assert not long
