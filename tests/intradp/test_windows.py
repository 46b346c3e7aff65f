"""Windows and shapes against onnxruntime: what a row reads is found by perturbing rows, not by knowing operators."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from tests.intradp.executed import random_tensors
from tests.intradp.networks import ONNX_NINE, onnx_path
from tests.intradp.onnx_cases import KINDS, Case, cases, turned
from tests.intradp.onnx_random import random_model, token_model
from tests.intradp.onnx_rig import NotExecutableError, Read, leaks, observe, run, session, with_weights, wrong_shapes
from wnpopt.core.errors import InputError
from wnpopt.domain.files.graph import graph_from_data, graph_to_data
from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.problems.intradp.imports.row_rules import RULES
from wnpopt.problems.intradp.imports.row_window import RowWindow
from wnpopt.problems.intradp.instance import IntradpInstance

pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

BEFORE_ONNXRUNTIME = {("BatchNormalization", "is_test"), ("Dropout", "is_test"), ("Gemm", "broadcast")}
"""Attributes of opsets below 7, which onnxruntime does not run."""

OF_THE_READER = {(name, "coerced") for name in ("Softmax", "LogSoftmax", "Hardmax")}
"""What the reader says of opsets below 13, which are tried."""


def faults(case: Case, folder: Path) -> list[str]:
    """What is wrong with the windows and shapes of a case."""
    try:
        read = Read.of(case.model(), folder)
    except InputError as error:
        return [] if case.refused and case.op in str(error) else [f"refused: {error}"]
    if case.refused:
        return ["is not refused"]
    stored = graph_from_data(json.loads(json.dumps(graph_to_data(read.graph))))
    if stored != read.graph:
        return ["is not the same from a file"]
    found = observe(read)
    wrong = list(found.wrong)
    if case.spare is not None and not wrong:
        if found.read is None:
            wrong.append("is global")
        elif found.spare() > case.spare:
            wrong.append(f"reads up to {found.spare()} rows too many")
    return wrong


def check(chosen: Iterable[Case], folder: Path) -> int:
    told, count = [], 0
    for case in chosen:
        count += 1
        told += [f"{case}: {what}" for what in faults(case, folder)]
    assert not told, "\n".join(told)
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_what_changes_lies_in_the_window(kind: str, tmp_path: Path) -> None:
    """And a window is no larger than it has to be, where a case says so; and shapes are those that come out.

    A sixth of the cases where there are many; all of them take half a minute.
    """
    step = 6 if sum(1 for _ in KINDS[kind]()) > 300 else 1
    assert check(islice(KINDS[kind](), 0, None, step), tmp_path) > 25


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_changes_lies_in_the_window_in_all_cases(kind: str, tmp_path: Path) -> None:
    check(KINDS[kind](), tmp_path)


@pytest.mark.parametrize("step", [23, pytest.param(1, marks=pytest.mark.slow)])
def test_rows_may_lie_along_any_dimension(step: int, tmp_path: Path) -> None:
    """The same cases where the local dimension is channels, columns or the batch of what the operator sees."""
    told, local = [], 0
    for number, case in enumerate(islice(cases(), 0, None, step)):
        model = None if case.refused else turned(case, number % len(case.shape))
        if model is None:
            continue
        found = observe(Read.of(model, tmp_path))
        local += found.read is not None
        told += [f"{case}, dimension {number % len(case.shape)}: {what}" for what in found.wrong]
    assert not told, "\n".join(told)
    assert local > 700 / step


def test_everything_that_a_rule_accounts_for_is_tried() -> None:
    """Every operator that may be local has to be so in some case; every attribute that its rule names occurs."""
    from onnx import defs

    local, tried = set(), set()
    for case in cases():
        if case.refused:
            continue
        if case.spare is not None:
            local.add(case.op)
        tried |= {(case.op, name) for name in case.attributes}
        names = [argument.name for argument in defs.get_schema(case.op, case.opset, "").inputs]
        for place, argument in enumerate(case.arguments):
            if isinstance(argument, np.ndarray):
                tried.add((case.op, names[min(place, len(names) - 1)]))
    assert sorted(set(RULES) - local) == []
    named = {(name, attribute) for name, rule in RULES.items() for attribute in rule.accounted}
    assert sorted(named - tried - BEFORE_ONNXRUNTIME - OF_THE_READER) == []


@pytest.mark.parametrize("seeds", [range(40), pytest.param(range(40, 1000), marks=pytest.mark.slow)])
def test_windows_compose(seeds: range, tmp_path: Path) -> None:
    """Random networks of odd layers: rows of every tensor, from rows of the input."""
    local, spare = 0, []
    for seed in seeds:
        try:
            read = Read.of(random_model(seed), tmp_path)
        except InputError as error:
            if "implementations" not in str(error):
                raise
            continue
        found = observe(read, seed)
        assert found.wrong == [], seed
        if found.read is not None:
            local += 1
            spare.append(found.spare())
    assert local > 0.5 * len(seeds)
    assert np.median(spare) <= 1


@pytest.mark.parametrize("seed", range(6))
def test_sequences_with_a_class_token(seed: int, tmp_path: Path) -> None:
    read = Read.of(token_model(seed), tmp_path)
    assert observe(read, seed).wrong == []
    token = read.locality.operators[0]
    assert token == ("element-wise", {"x": RowWindow(padding=1 if seed % 2 else 2)})
    assert read.locality.counts()[0] >= 5


def network(name: str, folder: Path) -> tuple[Read, dict[str, np.ndarray]]:
    """A network of the onnx package with seeded random weights (its own are constant, which hides rows), and the values
    of all its tensors."""
    import onnx

    model = onnx.load(onnx_path(name))
    tensors = random_tensors(read_onnx(onnx_path(name)), 1)
    read = Read.of(with_weights(model, tensors), folder)
    (source,) = read.graph.inputs
    names = [name for node in read.model.graph.node for name in node.output if name]
    base = tensors[source].astype(np.float32)
    values = run(session(read.model, names), names, {source: base})
    assert wrong_shapes(read, {name: values[name] for name in read.names()}) == []
    return read, {source: base, **values}


def check_network(name: str, folder: Path, cuts: int, rows: int) -> None:
    """Rows of everything behind the input, and behind ``cuts`` tensors spread over the network."""
    read, values = network(name, folder)
    chain = [*read.graph.inputs, *(n for n in read.names() if read.locality.axis[n] is not None)]
    still = 0
    for place in np.linspace(0, len(chain) - 1, cuts).astype(int):
        source = chain[place]
        where = read.locality.rows[source]
        assert where is not None
        units = where.units(values[source].shape)
        chosen = sorted({int(row) for row in np.linspace(0, units - 1, rows)})
        wrong, same = leaks(read, source, chosen, values)
        assert wrong == []
        still += same
    assert still > 1000  # rows that a perturbation leaves alone: windows are not all of a tensor


@pytest.mark.parametrize("name", ["squeezenet", "shufflenet"])
def test_networks_of_the_onnx_package(name: str, tmp_path: Path) -> None:
    check_network(name, tmp_path, cuts=4, rows=3)


@pytest.mark.slow
@pytest.mark.parametrize("name", ONNX_NINE)
def test_all_networks_of_the_onnx_package(name: str, tmp_path: Path) -> None:
    check_network(name, tmp_path, cuts=7, rows=5)


def test_a_window_that_is_a_row_short_is_noticed(tmp_path: Path) -> None:
    read, values = network("squeezenet", tmp_path)
    short = 0
    for i, operator in enumerate(read.instance.operators[1:-1]):
        window = operator.inputs[0].window
        if window == "all" or window.kernel < 3 or operator.units < 10 or short == 3:
            continue
        short += 1
        data = read.instance.to_data()
        data["operators"][i + 1]["inputs"][0]["window"]["kernel"] -= 1  # type: ignore[index]
        wrong = replace(read, instance=IntradpInstance.from_data(data))
        start = read.graph.operators[i].inputs[0]
        found, _ = leaks(wrong, start, [4, 5, 6], values)
        assert found
        assert read.graph.operators[i].outputs[0] in found[0]
        assert leaks(read, start, [4, 5, 6], values)[0] == []
    assert short == 3


def test_what_cannot_be_run_is_no_evidence(tmp_path: Path) -> None:
    """The rig tells what onnxruntime does not run from what it runs and nothing changes in."""
    case = Case("LRN", ("x",), {"size": 4})
    with pytest.raises(NotExecutableError):
        observe(Read.of(case.model(), tmp_path))
