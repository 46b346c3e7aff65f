"""What pyproject.toml declares is what the sources import."""

from __future__ import annotations

import ast
import re
import tomllib

from tests.architecture.sources import MODULES, REPOSITORY, Module, is_foreign, read

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
IMPORTED_AS = {"anrg-saga": "saga", "cosmic-ray": "cosmic_ray"}
"""Libraries whose modules are called otherwise than they are."""

NOT_IMPORTED = {"clarabel": "CVXPY calls it by name"}
"""Declared libraries that no file of wnpopt imports, and why they are there all the same."""

BROUGHT_ALONG = {
    "llvmlite": "numba requires one certain version of it",
}
"""What is imported and not declared, and why it is there all the same."""

ELSEWHERE = {"torch", "torchvision"}
"""What scripts/exports_build.py makes models with, in an environment of its own."""


def libraries(requirements: list[str]) -> set[str]:
    """The modules that these requirements bring; extras of wnpopt itself included."""
    found: set[str] = set()
    for requirement in requirements:
        name, extras = re.match(r"([\w.-]+)(?:\[([\w,]+)\])?", requirement).groups()  # type: ignore[union-attr]
        if name == "wnpopt":
            found.update(*(EXTRAS[extra] for extra in extras.split(",")))
        else:
            found.add(IMPORTED_AS.get(name, name))
    return found


EXTRAS: dict[str, set[str]] = {}
for _name, _requirements in PROJECT["optional-dependencies"].items():  # `test` comes after those that it includes
    EXTRAS[_name] = libraries(_requirements)
RUNTIME = libraries(PROJECT["dependencies"])
TOOLS = {"test", "docs", "mutation", "fuzz"}
"""Extras of those who work on wnpopt: the package itself imports nothing of them."""

OPTIONAL = set[str]().union(*(EXTRAS[name] for name in EXTRAS if name not in TOOLS))


def foreign(modules: tuple[Module, ...]) -> set[str]:
    """The libraries that ``modules`` import; not for type checkers alone."""
    return {i.library for module in modules for i in module.imports if not i.typing and is_foreign(i.library)}


def test_what_is_declared_is_imported() -> None:
    imported = foreign(MODULES)
    assert imported >= RUNTIME - set(NOT_IMPORTED)
    for extra, brought in EXTRAS.items():
        if extra not in TOOLS:
            assert brought - set(NOT_IMPORTED) <= imported, f"the extra {extra}"
    assert not imported & set(NOT_IMPORTED)


def test_what_is_imported_is_declared() -> None:
    assert foreign(MODULES) - RUNTIME - OPTIONAL == set(BROUGHT_ALONG)
    tools = set[str]().union(*(EXTRAS[name] for name in TOOLS))
    declared = RUNTIME | OPTIONAL | tools | set(BROUGHT_ALONG) | ELSEWHERE
    declared |= {"singlemachine"}  # a package of tests/thirdparty
    assert foreign(read(REPOSITORY / "tests") + read(REPOSITORY / "scripts")) <= declared


def test_extras_bring_what_is_no_dependency() -> None:
    assert not OPTIONAL & RUNTIME


def test_what_is_optional_is_imported_in_functions() -> None:
    assert not [
        f"{module.name} imports {i.name}"
        for module in MODULES
        for i in module.imports
        if i.at_import and not i.typing and i.library in OPTIONAL
    ]


def test_users_are_told_of_the_right_extra() -> None:
    """Each ``need("library.module", "extra")`` names an extra that brings the library."""
    needs = [
        (module.name, node.args)
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "need"
    ]
    told = []
    for where, (library, extra) in needs:
        assert isinstance(extra, ast.Constant), where
        names = [node.value for node in ast.walk(library) if isinstance(node, ast.Constant)]
        told += [
            (where, name.partition(".")[0], extra.value) for name in names if name[:1].isalpha() and "." not in name[:1]
        ]
    assert len(told) >= 5
    assert not [entry for entry in told if entry[1] not in EXTRAS[entry[2]]]
