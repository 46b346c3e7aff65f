"""The interpreter computes what onnxruntime computes, whole and split; or says that it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.intradp.onnx_cases import KINDS, Case
from tests.intradp.onnx_random import random_model
from tests.intradp.onnx_rig import Read, run, session
from tests.intradp.tiny import random_solution
from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.executable import check_executable
from wnpopt.problems.intradp.execution.execute import run_split, run_whole

pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra measure is not installed")


def compare(read: Read, seed: int, plans: int) -> bool:
    """False if the interpreter refuses the model, or to split it.

    Its answer is onnxruntime's otherwise, and so is a split one's.
    """
    from onnx import numpy_helper

    rng = np.random.default_rng(seed)
    (source,) = read.graph.inputs
    base = rng.normal(size=read.graph.tensor(source).shape).astype(np.float32)
    tensors = {
        constant.name: numpy_helper.to_array(constant).astype(np.float64)
        for constant in read.model.graph.initializer
        if constant.name in {name for operator in read.graph.operators for name in operator.weights}
    } | {source: base.astype(np.float64)}
    name = read.graph.outputs[0]
    try:
        whole = run_whole(read.graph, tensors)[name]
    except InputError as error:
        if "cannot be executed here" not in str(error):
            raise
        return False
    expected = run(session(read.model, [name]), [name], {source: base})[name]
    close = {"rtol": 2e-3, "atol": 2e-4 * max(1.0, float(np.abs(whole[np.isfinite(whole)]).max(initial=0)))}
    np.testing.assert_allclose(whole, expected, **close)
    try:
        check_executable(read.graph, read.locality)
    except InputError:
        return False
    for _ in range(plans):
        plan = random_solution(read.instance, rng)
        (split,) = run_split(read.graph, tensors, read.instance, plan, locality=read.locality)
        np.testing.assert_allclose(split, whole, rtol=1e-9, atol=1e-9 * close["atol"] / 2e-4)
    return True


REFUSED = ("more elementwise", "arrangements", "more products")
"""Kinds whose cases the interpreter may refuse one and all; what it does not, it has to get right."""


def some(kind: str, count: int) -> Iterator[Case]:
    """About ``count`` cases of a kind, spread over it."""
    found = [case for case in KINDS[kind]() if not case.refused and case.dtype == 1 and case.outputs == 1]
    yield from found[:: max(1, len(found) // count)]


@pytest.mark.parametrize("kind", KINDS)
def test_cases(kind: str, tmp_path: Path) -> None:
    ran = 0
    for case in some(kind, 60):
        read = Read.of(case.model(), tmp_path)
        try:
            with np.errstate(all="ignore"):
                ran += compare(read, 1, 6)
        except AssertionError as error:
            raise AssertionError(f"{case}: {error}") from None
    least = {"resizes": 5, "norms": 5, "elementwise": 10, "forms": 10, "pads": 10, "normalisations": 1}
    if kind not in REFUSED:
        assert ran >= least.get(kind, 20)


def test_random_networks(tmp_path: Path) -> None:
    ran = 0
    for seed in range(110):
        try:
            read = Read.of(random_model(seed), tmp_path)
        except InputError:
            continue
        ran += compare(read, seed, 10)
    assert ran > 20
