"""The mutants of a file: its source with one change."""

from __future__ import annotations

import ast
import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from tests.mutation.operators import operators
from tests.mutation.target import Target

ORDERED = re.compile("""[<>]=? ["']""")
"""A word that is compared by its place in the alphabet: no mutant that says anything."""


@dataclass(frozen=True)
class Mutant:
    """A source that differs from the target's in one place: ``was`` and ``now`` are the lines that differ."""

    operator: str
    function: str
    line: int
    was: str
    now: str
    source: str
    in_function: bool
    nth: int = 0

    @property
    def key(self) -> str:
        """What identifies it as long as these lines stay as they are, wherever they stand."""
        parts = [self.operator, self.function, self.was, self.now, *([str(self.nth)] if self.nth else [])]
        return sha256("\0".join(parts).encode()).hexdigest()[:16]

    def to_data(self) -> dict[str, Any]:
        """JSON, without the source."""
        return {"function": self.function, "line": self.line, "was": self.was, "now": self.now, "by": self.operator}


def mutants(target: Target) -> list[Mutant]:
    """All of a target's mutants, each once, without those that are the same program."""
    source = target.file.read_text()
    lines = source.splitlines(keepends=True)
    every, made = operators(), []
    for node in ast.parse(source).body:  # one statement after the other: parsing all for each mutant takes a minute
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]) - 1
        before, part = "".join(lines[:first]), "".join(lines[first : node.end_lineno])
        for operator, changed in _changed(part, every):
            line, was, now = _difference(part, changed)
            function, inside = _function_at(part, line)
            if not target.only or target.only & set(function.split(".")):
                whole = before + changed + "".join(lines[node.end_lineno :])
                made.append(Mutant(operator, function, first + line, was, now, whole, inside))
    made.sort(key=lambda m: (m.line, m.operator, m.now))
    met: Counter[str] = Counter()
    for index, mutant in enumerate(made):  # lines that are alike in one function are told apart by their order
        made[index] = replace(mutant, nth=met[mutant.key])
        met[mutant.key] += 1
    return made


def _changed(part: str, every: Sequence[Any]) -> Iterator[tuple[str, str]]:
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    seen = {_program(part)}
    for operator in every:
        for occurrence in range(sum(1 for n in ast_nodes(get_ast(part)) for _ in operator.mutation_positions(n))):
            changed = mutate_code(part, operator, occurrence)
            with suppress(SyntaxError):
                program = _program(changed)
                if program not in seen and not (ORDERED.search(changed) and not ORDERED.search(part)):
                    seen.add(program)
                    yield type(operator).__name__, changed


def _program(source: str) -> str:
    """What a source does: annotations and documentation do nothing in these modules."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
            for argument in [*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs]:
                argument.annotation = None
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            node.annotation = ast.Constant(None)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return ast.dump(tree)


def _difference(one: str, other: str) -> tuple[int, str, str]:
    left, right = one.splitlines(), other.splitlines()
    parts = [o for o in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes() if o[0] != "equal"]
    first, last = parts[0], parts[-1]
    was, now = left[first[1] : last[2]], right[first[3] : last[4]]
    return first[1] + 1, " ".join(map(str.strip, was)), " ".join(map(str.strip, now))


def _function_at(source: str, line: int) -> tuple[str, bool]:
    """The qualified name of what stands around a line, "" at the module's own level; and if it is a function's body."""
    names: list[str] = []
    inside: Sequence[ast.stmt] = ast.parse(source).body
    in_body = False
    while True:
        for node in inside:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0):
                names.append(node.name)
                in_body = in_body or (isinstance(node, ast.FunctionDef) and line >= node.body[0].lineno)
                inside = node.body
                break
        else:
            return ".".join(names), in_body
