"""The benchmark library that comes with the package: its instances by name, and its suites as folders.

A wheel has it inside the package, a checkout beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from wnpopt import api
from wnpopt.core import registry
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.near import near

_PACKAGE = Path(__file__).resolve().parents[2]
_PLACES = (_PACKAGE / "instances", _PACKAGE.parent / "instances")
_REFEREE = "check.py"
_NO_FAMILIES = ("graphs", "solutions")


def library() -> Path:
    """The folder of the library: ``FAMILY/SUITE/NAME.json``; raises :class:`InputError` where there is none."""
    for place in _PLACES:
        if (place / _REFEREE).is_file():
            return place
    raise InputError("this installation of wnpopt has no instances; a wheel of wnpopt has them", file=str(_PLACES[0]))


@cache
def library_suites() -> dict[str, Path]:
    """The folders of the library's suites by ``FAMILY/SUITE``."""
    folders = sorted(index.parent for index in library().glob("*/*/index.json"))
    return {f"{f.parent.name}/{f.name}": f for f in folders if f.parent.name not in _NO_FAMILIES}


def suites_called(name: str) -> tuple[Path, ...]:
    """The folders of the suite ``FAMILY/SUITE``, or of the suites ``SUITE`` of every family; () for another name."""
    return tuple(folder for suite, folder in library_suites().items() if name in (suite, folder.name))


def methods_of(folders: Iterable[Path]) -> tuple[str, ...]:
    """What a suite of the library is run with unless told otherwise: the heuristics of its families, then ``auto``."""
    families = dict.fromkeys(folder.parent.name for folder in folders)
    return (*dict.fromkeys(registry.family(name).warm_start for name in families), "auto")


def examples(suite: str | None = None) -> tuple[str, ...]:
    """The names of the instances that come with wnpopt, for :func:`example`: ``FAMILY/NAME``.

    ``suite`` (as "wnp/tiny", or "tiny" for that of every family) names a part of them. Raises :class:`InputError` for a
    suite that there is not.
    """
    if suite is None:
        return tuple(name for folder in library_suites() for name in _files(folder))
    if not isinstance(suite, str) or not suites_called(suite):
        known = library_suites()
        raise InputError(f"found {suite!r}; the suites are {', '.join(known)}{near(suite, known)}", where="suite")
    return tuple(name for folder in suites_called(suite) for name in _files(_name_of(folder)))


def example(name: str) -> Instance:
    """The instance called ``name``, as in "wnp/inspection-drone".

    Raises :class:`InputError` for a name that none of :func:`examples` has.
    """
    files = {name: file for suite in library_suites() for name, file in _files(suite).items()}
    if not isinstance(name, str) or name not in files:
        what = f"found {name!r}{near(name, files)}; wnpopt.examples() lists all {len(files)} names"
        raise InputError(what, where="name")
    return api.load(files[name])


def _name_of(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


@cache
def _files(suite: str) -> dict[str, Path]:
    folder = library_suites()[suite]
    paths = sorted(path for path in folder.glob("*.json") if path.name != "index.json")
    return {f"{folder.parent.name}/{path.stem}": path for path in paths}
