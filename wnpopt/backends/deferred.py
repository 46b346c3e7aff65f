"""Modules that others import to see that they are there, loaded when somebody uses them."""

from __future__ import annotations

import contextlib
import sys
import threading
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class _Deferred(ModuleType):
    """Loads itself at the first access to what it does not have yet.

    Not :class:`importlib.util.LazyLoader`: that loads at the next ``import`` already, which looks at ``__spec__``.
    """

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        self.__spec__, self.__loader__, self.__package__ = spec, spec.loader, spec.parent
        self.__dict__["_wnpopt_lock"] = threading.RLock()

    def __getattr__(self, name: str) -> Any:
        lock = self.__dict__.get("_wnpopt_lock")
        if lock is not None:
            with lock:
                if "__file__" not in self.__dict__:  # else this thread loads it, or another one has
                    _load(self)
        try:
            return self.__dict__[name]
        except KeyError:
            inner = self.__dict__.get("__getattr__")  # a module's own, PEP 562
            if inner is not None:
                return inner(name)
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}") from None


def _load(module: _Deferred) -> None:
    spec = module.__spec__
    assert spec is not None
    assert spec.loader is not None
    module.__file__ = spec.origin
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del module.__file__
        raise


def defer(name: str, part: str) -> None:
    """Have the package ``name`` loaded at the first access to something in it; ``part``, a module of it, is loaded now.

    ``part`` shall need nothing of the package. numba imports ``scipy.linalg.cython_blas`` to learn whether there is a
    BLAS, and with it all of ``scipy.linalg``, a fifth of a second; compiled code that calls NumPy's linear algebra
    still finds both. Nothing is done if the package is loaded already, or not installed.
    """
    if name in sys.modules:
        return
    try:
        spec = find_spec(name)
    except ImportError:
        return
    if spec is None or spec.loader is None or spec.submodule_search_locations is None:
        return
    module = _Deferred(spec)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
    module.__path__ = spec.submodule_search_locations
    with contextlib.suppress(ImportError):
        import_module(f"{name}.{part}")
    if "__file__" not in module.__dict__:
        del module.__path__  # whoever imports another part gets the whole
