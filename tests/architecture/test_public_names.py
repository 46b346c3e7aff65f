"""``import wnpopt``: what it offers, to people and to type checkers, and what it costs."""

from __future__ import annotations

import ast
import subprocess
import sys

import wnpopt
from tests.architecture.sources import ROOT

STUB = ast.parse((ROOT / "__init__.pyi").read_text(encoding="utf-8"))


def test_type_checkers_see_the_same_names() -> None:
    homes = {
        alias.asname or alias.name: node.module if alias.asname is None else f"{node.module}.{alias.name}"
        for node in STUB.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    annotated = [
        node.target.id for node in STUB.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    assert annotated == ["__version__"]
    assert homes == {name: f"wnpopt.{home}" for name, home in wnpopt._HOMES.items()}
    (listed,) = [ast.literal_eval(node.value) for node in STUB.body if isinstance(node, ast.Assign)]
    assert listed == wnpopt.__all__
    assert sorted([*homes, *annotated]) == sorted(listed)


def test_every_name_is_where_its_home_says() -> None:
    for name, home in wnpopt._HOMES.items():
        offered = getattr(wnpopt, name)
        if name in wnpopt._MODULES:
            assert offered.__name__ == f"wnpopt.{home}"
        else:
            assert (offered.__module__, offered.__name__) == (f"wnpopt.{home}", name)
        assert offered.__doc__
    assert wnpopt.__version__[0].isdigit()
    assert set(wnpopt.__all__) <= set(dir(wnpopt))
    assert not hasattr(wnpopt, "nonsense")


def test_the_list_is_short() -> None:
    # 40 until `example` and `examples` came: without them a user of the wheel has no instance to begin with.
    assert len(wnpopt.__all__) <= 42


def test_importing_wnpopt_imports_next_to_nothing() -> None:
    program = "import sys; before = set(sys.modules); import wnpopt; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    ours = {"wnpopt", "wnpopt.core", "wnpopt.core.lazy"}
    new = set(done.stdout.split())
    assert ours <= new
    assert {name.partition(".")[0] for name in new - ours} <= sys.stdlib_module_names
