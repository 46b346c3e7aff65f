"""Mutation testing of what decides: verifiers, objectives, bounds, verdicts, `check.py`.

    python scripts/mutate.py                       # all targets of tests/mutation/*.toml
    python scripts/mutate.py wnp.verify --again    # the survivors of the last run alone
    python scripts/mutate.py --list core.judge     # its mutants, without running anything

The mutants are those of cosmic-ray's operators (those of its replacements that say something, see OPERATORS) and of
four of our own. cosmic-ray's own runner rewrites the file and starts a Python for each mutant. Here no file is
touched, twice over. First pytest collects once and forks for each mutant of a function, whose new code is put in place.
What survives that, and what is not in a function, runs in a child of a process that has imported the libraries, but
nothing of ours: it imports the package with the mutated source in place of the module's, so constants and classes are
mutated too. Modules with compiled kernels are no targets: numba's cache goes by the file.

A survivor is a mutant that its target's tests pass. Each has to be in tests/mutation/*.toml as `equivalent`, with the
reason why it changes nothing that can be seen; exit code 1 if one is not, or if an entry there explains no survivor.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import importlib.abc
import importlib.util
import json
import os
import re
import resource
import signal
import sys
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "tests" / "mutation"
OURS = ("wnpopt", "tests", "instances")

# Of a comparison's seven replacements three tell it from all others; of an arithmetic operator's twelve, one or two do.
OPERATORS = [
    *(f"ReplaceComparisonOperator_{a}_{b}" for a, bs in {
        "Lt": ("LtE", "NotEq", "GtE"), "LtE": ("Lt", "Eq", "Gt"), "Gt": ("GtE", "NotEq", "LtE"),
        "GtE": ("Gt", "Eq", "Lt"), "Eq": ("LtE", "GtE", "NotEq"), "NotEq": ("Lt", "Gt", "Eq"),
        "Is": ("IsNot",), "IsNot": ("Is",),
    }.items() for b in bs),
    *(f"ReplaceBinaryOperator_{pair}" for pair in (
        "Add_Sub", "Sub_Add", "Mul_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "FloorDiv_Div", "Mod_FloorDiv",
        "Pow_Mul", "BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitOr", "BitXor_BitAnd",
    )),
    "ReplaceUnaryOperator_USub_UAdd", "ReplaceUnaryOperator_Delete_Not", "AddNot", "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer", "RemoveDecorator", "ZeroIterationForLoop",
]  # fmt: skip

ORDERED = re.compile("""[<>]=? ["']""")
"""A word that is compared by its place in the alphabet: no mutant that says anything."""


@dataclass(frozen=True)
class Target:
    """A file, the functions of it that are mutated (none named: all of it), and the tests that have to kill them."""

    name: str
    file: Path
    tests: tuple[str, ...]
    only: frozenset[str] = frozenset()

    @property
    def module(self) -> str:
        """The name by which the file is imported."""
        return ".".join(self.file.relative_to(ROOT).with_suffix("").parts)


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

    @property
    def key(self) -> str:
        """What identifies it as long as these lines stay as they are, wherever they stand."""
        return sha256(f"{self.operator}\0{self.function}\0{self.was}\0{self.now}".encode()).hexdigest()[:16]

    def to_data(self) -> dict[str, Any]:
        """JSON, without the source."""
        return {"function": self.function, "line": self.line, "was": self.was, "now": self.now, "by": self.operator}


# --- mutants ---


def own_operators() -> list[Any]:
    """What cosmic-ray lacks: a statement or operand left out, min for max, an empty text, ten times a number."""
    import parso
    from cosmic_ray.operators.operator import Operator
    from parso.tree import search_ancestor

    class Own(Operator):  # type: ignore[misc]
        def mutation_positions(self, node: Any) -> Iterator[Any]:
            for _ in self.changes(node):
                yield node.start_pos, node.end_pos

        def mutate(self, node: Any, index: int) -> Any:
            made = parso.parse(list(self.changes(node))[index])
            made.children.pop()  # the end of the file
            return made

        @classmethod
        def examples(cls) -> tuple[()]:
            return ()

        def changes(self, node: Any) -> Iterator[str]:
            raise NotImplementedError

    class LeaveOut(Own):
        def changes(self, node: Any) -> Iterator[str]:
            kept = ("import_name", "import_from", "pass_stmt", "assert_stmt", "string", "strings")
            if node.type == "simple_stmt" and node.children[0].type not in kept:
                yield node.get_first_leaf().prefix + "pass\n"

    class SwapExtremes(Own):
        def changes(self, node: Any) -> Iterator[str]:
            swap = {"min": "max", "max": "min", "any": "all", "all": "any", "ceil": "floor", "floor": "ceil",
                    "maximum": "minimum", "minimum": "maximum"}  # fmt: skip
            if node.type == "name" and node.value in swap:
                following = node.get_next_leaf()
                if following is not None and following.value == "(":
                    yield node.prefix + swap[node.value]

    class EmptyText(Own):
        def changes(self, node: Any) -> Iterator[str]:
            inside = node.parent is not None and node.parent.type in ("strings", "fstring", "simple_stmt")
            if node.type in ("string", "fstring", "strings") and not inside and search_ancestor(node, "funcdef"):
                yield node.get_first_leaf().prefix + '""'

    class TimesTen(Own):
        def changes(self, node: Any) -> Iterator[str]:
            if node.type == "number" and "." in node.value + str(ast.literal_eval(node.value)):
                value = ast.literal_eval(node.value)
                yield from (f"{node.prefix}{value * factor!r}" for factor in (0.1, 10.0) if value)

    class LeaveOutOperand(Own):
        def changes(self, node: Any) -> Iterator[str]:
            if node.type in ("and_test", "or_test"):
                for left_out in range(0, len(node.children), 2):
                    kept = [c for c in node.children[::2] if c is not node.children[left_out]]
                    word = f" {node.children[1].value} "
                    told = word.join(c.get_code().strip() for c in kept)
                    yield node.get_first_leaf().prefix + told

    return [LeaveOut(), SwapExtremes(), EmptyText(), TimesTen(), LeaveOutOperand()]


def mutants(target: Target) -> list[Mutant]:
    """All of a target's mutants, each once, without those that are the same program."""
    from cosmic_ray.plugins import get_operator

    source = target.file.read_text()
    lines = source.splitlines(keepends=True)
    operators: list[Any] = [get_operator(f"core/{name}")() for name in OPERATORS] + own_operators()
    made = []
    for node in ast.parse(source).body:  # one statement after the other: parsing all for each mutant takes a minute
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]) - 1
        before, part = "".join(lines[:first]), "".join(lines[first : node.end_lineno])
        for operator, changed in _changed(part, operators):
            line, was, now = _difference(part, changed)
            function, inside = _function_at(part, line)
            if not target.only or target.only & set(function.split(".")):
                whole = before + changed + "".join(lines[node.end_lineno :])
                made.append(Mutant(operator, function, first + line, was, now, whole, inside))
    return sorted(made, key=lambda m: (m.line, m.operator, m.now))


def _changed(part: str, operators: Sequence[Any]) -> Iterator[tuple[str, str]]:
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    seen = {_program(part)}
    for operator in operators:
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


# --- runs ---


class Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a text."""

    def __init__(self, target: Target, source: str) -> None:
        self.target, self.source = target, source

    def find_spec(self, name: str, path: object = None, wanted: object = None) -> Any:
        """The mutated module's spec, nothing for all others."""
        del path, wanted
        if name != self.target.module:
            return None
        return importlib.util.spec_from_file_location(name, self.target.file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the text."""
        exec(compile(self.source, str(self.target.file), "exec"), module.__dict__)


PYTEST = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]


def tested(target: Target, source: str) -> int:
    """The exit code of the target's tests in this process, with the source in place of the module's."""
    import pytest

    sys.meta_path.insert(0, Replaced(target, source))
    code = pytest.main([*PYTEST, "--rootdir", str(ROOT), *(str(ROOT / test) for test in target.tests)])
    if code == 0 and os.environ.get("MUTATE_MODULES"):
        Path(os.environ["MUTATE_MODULES"]).write_text("\n".join(sorted(sys.modules)))
    return int(code)


def run(work: Callable[[], int], limit_s: float) -> tuple[str, float]:
    """What tests in a child say, survived, killed, or out of time; and its CPU-seconds."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setpgid(0, 0)  # what the tests start ends with them
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit_s), int(limit_s)))
            told = os.open(os.environ.get("MUTATE_TOLD", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(told, 1)
            os.dup2(told, 2)
            code = work()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    ends, outcome = time.monotonic() + 20 * limit_s, ""  # other work may leave it a twentieth of a core
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if not done and time.monotonic() < ends:
            time.sleep(0.005)
            continue
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if not done:
            _, status, usage = os.wait4(child, 0)
        break
    if not outcome:
        over = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
        outcome = "time" if over else "survived" if os.waitstatus_to_exitcode(status) == 0 else "killed"
    return outcome, usage.ru_utime + usage.ru_stime


class InPlace:
    """A pytest plugin: after the collection it forks for each mutant, and puts the code of its functions in place.

    Ten times as quick as importing all anew. For functions alone: of other mutants, and of those that survive this,
    nothing is said.
    """

    def __init__(self, target: Target, todo: list[Mutant], tell: Callable[[Mutant, str, float], None]) -> None:
        self.target, self.todo, self.tell = target, todo, tell

    def pytest_runtestloop(self, session: Any) -> bool:
        """Instead of running the tests once."""
        module = importlib.import_module(self.target.module)

        def tests(source: str) -> int:
            put_in_place(module, source)
            session.config.pluginmanager.unregister(name="terminalreporter")
            for item, following in zip(session.items, [*session.items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.testsfailed:
                    return 1
            return 0

        outcome, base = run(partial(tests, self.target.file.read_text()), 200)
        if outcome != "survived":
            raise SystemExit(f"{self.target.name}: the tests fail without any mutation")
        print(f"{self.target.name}: {len(self.todo)} mutants in place, {base:.2f} CPU-s each", flush=True)
        for mutant in self.todo:
            outcome, seconds = run(partial(tests, mutant.source), 5 + 5 * base)
            if outcome != "survived":
                self.tell(mutant, outcome, seconds)
        return True


def put_in_place(module: ModuleType, source: str) -> None:
    """Give the module's functions, which others have imported by name, the code that they have in ``source``."""
    made: dict[str, Any] = {"__name__": module.__name__, "__file__": module.__file__, "__package__": module.__package__}
    exec(compile(source, str(module.__file__), "exec"), made)
    for name, value in made.items():
        _put(vars(module).get(name), value, module.__name__)


def _put(old: object, new: object, home: str) -> None:
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        if new.__module__ == home:
            old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
    elif isinstance(old, type) and isinstance(new, type) and new.__module__ == home:
        for name, value in vars(new).items():
            _put(vars(old).get(name), value, home)
    elif isinstance(old, property) and isinstance(new, property):
        _put(old.fget, new.fget, home)
    elif isinstance(old, staticmethod | classmethod) and isinstance(new, staticmethod | classmethod):
        _put(old.__func__, new.__func__, home)


def in_place(target: Target, todo: list[Mutant], tell: Callable[[Mutant, str, float], None]) -> None:
    """Run those mutants that are in the body of a function, in a process of their own, and tell of those killed."""
    todo = [m for m in todo if m.in_function]
    child = os.fork() if todo else 1
    if child == 0:
        import pytest

        plugin = InPlace(target, todo, tell)
        tests = [str(ROOT / test) for test in target.tests]
        os._exit(int(pytest.main([*PYTEST, "--rootdir", str(ROOT), *tests], plugins=[plugin])))
    if todo and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise SystemExit(f"{target.name}: the tests failed, or were not to be had")


def import_libraries(target: Target, folder: Path) -> float:
    """Import here what the unmutated tests import, but for what is ours; the CPU-seconds that they take after that."""
    source, told = target.file.read_text(), folder / f"{target.name}.modules"
    os.environ["MUTATE_MODULES"] = str(told)
    outcome, _ = run(partial(tested, target, source), 200)
    del os.environ["MUTATE_MODULES"]
    if outcome != "survived":
        raise SystemExit(f"{target.name}: the tests fail without any mutation")
    for name in told.read_text().split():
        if name.partition(".")[0] not in (*OURS, "__main__", "conftest") and "test" not in name.rpartition(".")[2]:
            with suppress(Exception):
                importlib.import_module(name)
    outcome, seconds = run(partial(tested, target, source), 200)
    if outcome != "survived":
        raise SystemExit(f"{target.name}: the tests fail once the libraries are there")
    return seconds


# --- what is known of mutants ---


def targets() -> list[Target]:
    """Those of the files in tests/mutation."""
    listed = entries("target")
    return [Target(t["name"], ROOT / t["file"], tuple(t["tests"]), frozenset(t.get("only", ()))) for t in listed]


def entries(kind: str) -> list[Any]:
    """The tables of a kind in all files of tests/mutation."""
    files = [tomllib.loads(path.read_text()) for path in sorted(HOME.glob("*.toml"))]
    return [entry for file in files for entry in file.get(kind, ())]


def explained(target: Target) -> list[dict[str, str]]:
    """The equivalent mutants of this target that are known, each with its reason."""
    return [entry for entry in entries("equivalent") if entry["target"] == target.name]


def explains(entry: dict[str, str], mutant: Mutant) -> bool:
    """True if the entry is of this mutant; without ``now``, of all mutants of a line."""
    same_place = entry["was"] == mutant.was and entry.get("function", mutant.function) == mutant.function
    return same_place and entry.get("now", mutant.now) == mutant.now


def examine(target: Target, journal: Path, again: bool) -> bool:
    """Run a target's mutants, those that are new to the journal or all survivors again; True if all is explained."""
    known = {}
    if journal.exists():
        known = {line["key"]: line for line in map(json.loads, journal.read_text().splitlines())}
    made = mutants(target)
    wanted = {"survived"} if again else set()
    todo = [m for m in made if m.key not in known or known[m.key]["outcome"] in wanted]

    def tell(mutant: Mutant, outcome: str, seconds: float) -> None:
        line = {"key": mutant.key, "outcome": outcome, "cpu_s": seconds, **mutant.to_data()}
        with journal.open("a") as lines:
            lines.write(json.dumps(line) + "\n")

    in_place(target, todo, tell)
    known |= (
        {line["key"]: line for line in map(json.loads, journal.read_text().splitlines())} if journal.exists() else {}
    )
    todo = [m for m in todo if m.key not in known or known[m.key]["outcome"] in wanted]
    if todo:
        base = import_libraries(target, journal.parent)
        print(f"{target.name}: {len(todo)} of {len(made)} mutants imported, {base:.2f} CPU-s each", flush=True)
        for mutant in todo:
            outcome, seconds = run(partial(tested, target, mutant.source), 5 + 5 * base)
            tell(mutant, outcome, seconds)
    known = {line["key"]: line for line in map(json.loads, journal.read_text().splitlines())}
    return report(target, made, known)


def report(target: Target, made: list[Mutant], known: dict[str, dict[str, Any]]) -> bool:
    """Print the counts, and each survivor that nothing explains."""
    known_ones = explained(target)
    survivors = [m for m in made if known[m.key]["outcome"] == "survived"]
    open_ones = [m for m in survivors if not any(explains(e, m) for e in known_ones)]
    stale = [e for e in known_ones if not any(explains(e, m) for m in survivors)]
    counts = Counter(known[m.key]["outcome"] for m in made)
    print(
        f"{target.name}: {len(made)} mutants, {counts['killed']} killed, {counts['time']} out of time, "
        f"{len(survivors) - len(open_ones)} equivalent, {len(open_ones)} unexplained survivors"
    )
    for m in open_ones:
        print(f"  {target.file.relative_to(ROOT)}:{m.line} {m.function} [{m.operator}]\n    - {m.was}\n    + {m.now}")
    for entry in stale:
        print(f"  no such survivor: {entry['was']} => {entry.get('now', 'any')}")
    return not open_ones and not stale


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="targets, or beginnings of their names")
    parser.add_argument("--list", action="store_true", help="list the mutants, run none")
    parser.add_argument("--again", action="store_true", help="run survivors of earlier runs again")
    parser.add_argument("--fresh", action="store_true", help="forget earlier runs")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "mutation")
    arguments = parser.parse_args()
    chosen = [t for t in targets() if not arguments.names or t.name.startswith(tuple(arguments.names))]
    if not chosen:
        parser.error(f"the targets are {', '.join(t.name for t in targets())}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    sys.path[:0] = [str(ROOT)]
    well = True
    for target in chosen:
        if arguments.list:
            for m in mutants(target):
                print(f"{target.name}:{m.line} {m.function} [{m.operator}]\n    - {m.was}\n    + {m.now}")
            continue
        journal = arguments.out / f"{target.name}.jsonl"
        if arguments.fresh:
            journal.unlink(missing_ok=True)
        # In a process of its own: what one target's tests import is no other's.
        child = os.fork()
        if child == 0:
            os._exit(0 if examine(target, journal, arguments.again) else 1)
        well &= os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
