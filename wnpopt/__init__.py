"""wnpopt: exact and heuristic optimisation of edge inference over wireless links.

``__init__.pyi`` says what there is and what type it has.
"""

from __future__ import annotations

from wnpopt.core.lazy import attributes

_HOMES = {
    "Bound": "core.bound",
    "Candidate": "core.trace",
    "Certificate": "core.certificate",
    "InputError": "core.errors",
    "Instance": "core.document",
    "MissingDependencyError": "core.errors",
    "Result": "core.result",
    "Solution": "core.document",
    "SolverError": "core.errors",
    "Status": "core.status",
    "Store": "bench.store.store",
    "Termination": "core.status",
    "TracePoint": "core.trace",
    "UnsupportedError": "core.errors",
    "Violation": "core.certificate",
    "WarmStart": "core.status",
    "WnpoptError": "core.errors",
    "analyse": "bench.analysis.analysis",
    "batch": "bench.batch.run",
    "compile_model": "api",
    "decode": "api",
    "example": "bench.suites.packaged",
    "examples": "bench.suites.packaged",
    "explain": "api",
    "families": "api",
    "intradp": "problems.intradp.construct",
    "layer_schedule": "api",
    "load": "api",
    "load_layers": "api",
    "load_solution": "api",
    "load_state": "api",
    "methods": "api",
    "pareto": "api",
    "plot": "plotting.plot",
    "save": "api",
    "simulate": "problems.wnp.runtime.simulate",
    "slide": "problems.slide.construct",
    "solve": "api",
    "verify": "api",
    "warmup": "backends.warmup",
    "wnp": "problems.wnp.construct",
}
"""The public names and their modules, which are imported when a name is first used: until then they cost nothing."""

_MODULES = ("intradp", "slide", "wnp")
"""The names of those that are the module itself: the constructors of a family's instances."""

__all__ = sorted([*_HOMES, "__version__"])  # noqa: PLE0605 -- the same names are spelt out for type checkers

_attribute = attributes(__name__, _HOMES, _MODULES)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from wnpopt.core.versions import versions

        return versions().get("wnpopt", "0+unknown")
    return _attribute(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
