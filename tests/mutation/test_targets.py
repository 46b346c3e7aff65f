"""What mutation testing is told: files, tests and lines that are there, and a reason for each mutant that survives."""

from __future__ import annotations

import ast
import re

import pytest

from tests.mutation.target import ROOT, entries, targets


def test_targets_are_there() -> None:
    names = [target.name for target in targets()]
    assert len(set(names)) == len(names)
    for target in targets():
        tree = ast.parse(target.file.read_text())
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        assert target.only <= defined, target.name
        assert target.tests
        assert all((ROOT / test.partition("::")[0]).is_file() for test in target.tests), target.name


def test_equivalent_mutants_are_of_lines_that_are_there_and_have_a_reason() -> None:
    files = {target.name: target.file for target in targets()}
    for entry in entries("equivalent"):
        source = re.sub(r"\s+", " ", files[entry["target"]].read_text())
        assert re.sub(r"\s+", " ", entry["was"]) in source, entry
        assert entry.get("now") != entry["was"]
        assert len(entry["reason"]) > 10, entry


def test_mutants_differ_from_the_source_in_one_place() -> None:
    pytest.importorskip("cosmic_ray")
    from tests.mutation.mutants import mutants

    (target,) = [target for target in targets() if target.name == "core.bound"]
    made = mutants(target)
    told = {(mutant.was, mutant.now) for mutant in made}
    assert ("best = bound", "pass") in told
    assert ("best: Bound | None = None", "pass") in told
    line = 'if best is None or (bound.value > best.value if sense == "min" else bound.value < best.value):'
    assert (line, line.replace("bound.value > best", "bound.value >= best")) in told
    assert (line, line.replace("best is None", "best is not None")) in told
    assert (line, line.replace("is None or", "is None and")) in told
    assert len({mutant.key for mutant in made}) == len(made)
    assert all(mutant.source != target.file.read_text() for mutant in made)
    assert {mutant.in_function for mutant in made if mutant.function == "best_bound"} == {True}
