"""OR-Tools' CP-SAT imported without pandas, which only its functions on series need: 0.2 s and 30 MB a process.

pandas is imported once one of them is called. Where this import does not do, the usual one follows.
"""

from __future__ import annotations

import contextlib
import sys
from importlib import import_module
from types import ModuleType

_CP_MODEL = "ortools.sat.python.cp_model"


class _Later(ModuleType):
    """A module that is imported when it is first looked into."""

    def __getattr__(self, name: str) -> object:
        return getattr(import_module(self.__name__), name)


def _without_pandas() -> None:
    names = ModuleType("pandas")
    for name in ("Index", "Series", "DataFrame"):  # they stand in annotations, which are evaluated
        setattr(names, name, type(name, (), {}))
    sys.modules["pandas"] = names
    try:
        module = import_module(_CP_MODEL)
    finally:
        del sys.modules["pandas"]
    if getattr(module, "pd", None) is names:
        module.__dict__["pd"] = _Later("pandas")


if "pandas" not in sys.modules and _CP_MODEL not in sys.modules:
    with contextlib.suppress(Exception):
        _without_pandas()
import_module(_CP_MODEL)
