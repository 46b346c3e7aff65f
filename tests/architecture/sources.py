"""The sources as the tests of the architecture see them: modules and what they import."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ROOT = REPOSITORY / "wnpopt"


@dataclass(frozen=True)
class Import:
    """A module that is imported, or a name in one, by its full name.

    ``at_import``: as soon as the importing module is (not in a function); ``typing``: only by type checkers.
    """

    name: str
    at_import: bool
    typing: bool

    @property
    def library(self) -> str:
        """The first part of the name."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Module:
    """A file, and the name by which it is imported."""

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """All imports, wherever in the file they stand; of ``from a import b`` both ``a`` and ``a.b``."""
        return tuple(_imports(self.tree, at_import=True, typing=False))

    @property
    def rooms(self) -> tuple[str, ...]:
        """The folders below ``wnpopt``, and the file without its ending."""
        return self.path.relative_to(ROOT).with_suffix("").parts


def _imports(node: ast.AST, *, at_import: bool, typing: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, at_import, typing) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative import"
        assert node.module is not None
        yield Import(node.module, at_import, typing)
        yield from (Import(f"{node.module}.{alias.name}", at_import, typing) for alias in node.names)
    elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        for child in node.body:
            yield from _imports(child, at_import=at_import, typing=True)
        for child in node.orelse:
            yield from _imports(child, at_import=at_import, typing=typing)
    else:
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.expr):  # most of a tree, with no import in it
                yield from _imports(child, at_import=at_import and not inside, typing=typing)


def read(folder: Path) -> tuple[Module, ...]:
    """The modules below ``folder``, which is itself in the repository."""
    modules = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        modules.append(Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return tuple(modules)


MODULES = read(ROOT)
BY_NAME = {module.name: module for module in MODULES}


def name_of(module: Module) -> str:
    """For the names of test cases."""
    return module.name


def layer(name: str) -> str | None:
    """The folder or file of wnpopt that a full name lies in; None for other packages' and for ``wnpopt`` itself."""
    parts = name.split(".")
    return parts[1] if parts[0] == "wnpopt" and len(parts) > 1 else None


def targets(module: Module) -> set[str]:
    """The modules of wnpopt that ``module`` needs at some time, in functions too; not what only type checkers see."""
    names = [i.name for i in module.imports if not i.typing]
    # Of `from a import b` with a module b, a itself is only the package that b is in.
    inner = {name.rpartition(".")[0] for name in names if name in BY_NAME}
    return {name for name in names if name in BY_NAME and not (name in inner and _is_package(name))} - {module.name}


def _is_package(name: str) -> bool:
    return BY_NAME[name].path.name == "__init__.py" and not _has_code(BY_NAME[name])


def _has_code(module: Module) -> bool:
    return any(not isinstance(node, ast.Expr | ast.ImportFrom) for node in module.tree.body)


def reached(module: Module) -> set[str]:
    """Every module of wnpopt that ``module`` needs, directly or through others; itself too."""
    seen, left = {module.name}, [module.name]
    while left:
        for name in targets(BY_NAME[left.pop()]) - seen:
            seen.add(name)
            left.append(name)
    return seen


_SCRIPTS = {path.stem for path in (REPOSITORY / "scripts").iterdir()}


def is_foreign(library: str) -> bool:
    """True for what neither Python nor this repository brings."""
    return library not in sys.stdlib_module_names and library not in {"wnpopt", "tests"} | _SCRIPTS
