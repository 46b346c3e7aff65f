"""Optional dependencies: imported when needed, with a message that tells what to install."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from wnpopt.core.errors import MissingDependencyError


def need(module: str, extra: str) -> ModuleType:
    """Import ``module``; raises :class:`MissingDependencyError` telling to install ``wnpopt[extra]``."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or module.split(".", maxsplit=1)[0] != error.name.split(".")[0]:
            raise
        raise MissingDependencyError(
            f"this needs {error.name}, which is not installed: pip install 'wnpopt[{extra}]'"
        ) from None


def installed(module: str) -> bool:
    """True if ``module`` can be imported (it is not)."""
    return find_spec(module.split(".", maxsplit=1)[0]) is not None
