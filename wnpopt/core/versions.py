"""The versions that a result depends on."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = {
    "wnpopt": "wnpopt",
    "numpy": "numpy",
    "highspy": "highspy",
    "ortools": "ortools",
    "pyomo": "pyomo",
    "cvxpy": "cvxpy",
    "clarabel": "clarabel",
    "pyscipopt": "pyscipopt",
    "gurobipy": "gurobipy",
    "cbcbox": "cbcbox",
    "scs": "scs",
    "ecos": "ecos",
    "mosek": "mosek",
}


@cache
def _read() -> tuple[tuple[str, str], ...]:
    found = []
    for name, package in _PACKAGES.items():
        try:
            found.append((name, version(package)))
        except PackageNotFoundError:
            continue
    return tuple(found)


def versions() -> dict[str, str]:
    """Version of wnpopt and of each solver library that is installed; nothing is imported."""
    return dict(_read())
