"""wnpopt: exact and heuristic optimisation of edge inference over wireless links."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wnpopt.api import (
        compile_model as compile_model,
    )
    from wnpopt.api import (
        families as families,
    )
    from wnpopt.api import (
        load as load,
    )
    from wnpopt.api import (
        load_solution as load_solution,
    )
    from wnpopt.api import (
        methods as methods,
    )
    from wnpopt.api import (
        save as save,
    )
    from wnpopt.api import (
        solve as solve,
    )
    from wnpopt.api import (
        verify as verify,
    )
    from wnpopt.backends.warmup import warmup as warmup
    from wnpopt.bench.analysis.analysis import analyse as analyse
    from wnpopt.bench.batch.run import batch as batch
    from wnpopt.bench.store.store import Store as Store
    from wnpopt.core.errors import InputError as InputError
    from wnpopt.core.errors import WnpoptError as WnpoptError
    from wnpopt.core.result import Result as Result

    __version__: str

_HOME = {
    **dict.fromkeys(
        ["compile_model", "families", "load", "load_solution", "methods", "save", "solve", "verify"], "wnpopt.api"
    ),
    "Store": "wnpopt.bench.store.store",
    "analyse": "wnpopt.bench.analysis.analysis",
    "batch": "wnpopt.bench.batch.run",
    "InputError": "wnpopt.core.errors",
    "WnpoptError": "wnpopt.core.errors",
    "Result": "wnpopt.core.result",
    "warmup": "wnpopt.backends.warmup",
}

__all__ = [
    "InputError",
    "Result",
    "Store",
    "WnpoptError",
    "__version__",
    "analyse",
    "batch",
    "compile_model",
    "families",
    "load",
    "load_solution",
    "methods",
    "save",
    "solve",
    "verify",
    "warmup",
]


def __getattr__(name: str) -> object:
    """Public names are imported when they are first used: ``import wnpopt`` costs next to nothing."""
    if name == "__version__":
        from wnpopt.core.versions import versions

        globals()[name] = versions().get("wnpopt", "0+unknown")
        return globals()[name]
    if name not in _HOME:
        raise AttributeError(f"module 'wnpopt' has no attribute {name!r}")
    found: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
