"""Every operator that may be local, executed by rows: what onnxruntime makes of the whole comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.intradp.executed import model_of, written
from tests.intradp.onnx_blocks import BLOCKS
from tests.intradp.onnx_cases import KINDS, Case
from tests.intradp.onnx_random import random_model
from tests.intradp.onnx_rig import usual
from tests.samples import ordinarily
from wnpopt.core.errors import InputError
from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.execution.unsplit import OutputsDifferError, check_equal
from wnpopt.problems.intradp.execution.check import execute_plans
from wnpopt.problems.intradp.execution.network import ExecutableNetwork

if TYPE_CHECKING:
    from onnx import ModelProto

pytest.importorskip("onnx", reason="the extra run is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

UNKNOWN = (
    "onnxruntime cannot open the model", "onnxruntime cannot run the network", "cannot be sent from side to side here",
    "Dropout 'operator' draws random numbers",
)  # fmt: skip
"""What onnxruntime itself does not execute, whole or split, elements that are refused by name (float8, 4 bits), and
the one operator among the cases whose outputs are no function of its inputs."""


def some(kind: str, count: int) -> Iterator[Case]:
    """About ``count`` cases of a kind, spread over it."""
    found = [case for case in KINDS[kind]() if not case.refused]
    yield from found[:: max(1, len(found) // count)]


def check_cases(kind: str, count: int, folder: Path) -> None:
    ran = 0
    for case in some(kind, count):
        path = written(case.model(), folder)
        try:
            network = ExecutableNetwork.read(path, along=usual(read_onnx(path)))
            done = execute_plans(network, 4, 1, optimise=False)
        except InputError as error:
            if not any(what in str(error) for what in UNKNOWN):
                raise AssertionError(f"{case}: {error}") from None
            continue
        assert done.worst < 1e-4, str(case)
        ran += 1
    assert ran >= 10


@pytest.mark.parametrize("kind", KINDS)
def test_cases(kind: str, tmp_path: Path) -> None:
    check_cases(kind, 30, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_all_cases(kind: str, tmp_path: Path) -> None:
    check_cases(kind, 10_000, tmp_path)


@pytest.mark.parametrize("first", ordinarily(1, range(0, 60, 15)))
def test_random_networks(first: int, tmp_path: Path) -> None:
    ran, blank = 0, 0
    for seed in range(first, first + 15):
        try:
            network = ExecutableNetwork.read(written(random_model(seed), tmp_path))
        except InputError:
            continue
        done = execute_plans(network, 6, seed)
        assert done.worst < 1e-4, seed
        ran += 1
        blank += len(done.blank)
    assert ran > 4


@pytest.mark.parametrize("name", BLOCKS)
def test_small_networks_of_exporters(name: str, tmp_path: Path) -> None:
    network = ExecutableNetwork.read(written(BLOCKS[name][0](), tmp_path))
    done = execute_plans(network, 8)
    # Half precision rounds to 1/2048. In 8 bits a rounding that tips, because onnxruntime merges other operators, is
    # 1/16 of what the last convolution makes; where it merges none, nothing differs.
    assert done.worst < {"half precision": 5e-3, "quantised": 0.1}.get(name, 1e-4)
    assert done.shifted > 1e-2
    if name == "quantised":
        assert execute_plans(network, 8, optimise=False).worst < 1e-6


def pool(op_type: str, outputs: str, **attributes: Any) -> ModelProto:
    """A pool, and what reads the last of its ``outputs``."""
    from onnx import helper

    made = outputs.split()
    reader = helper.make_node("Cast", [made[-1]], ["y"], to=1)
    return model_of([helper.make_node(op_type, ["x"], made, **attributes), reader], {"x": (1, 4, 16, 12)}, ["y"])


def test_indices_of_a_pool_count_the_entries_of_the_whole_tensor(tmp_path: Path) -> None:
    """Its values are read by nobody, so that the operator has one output: it is not the one with rows of its own."""
    model = pool("MaxPool", "m i", kernel_shape=[2, 2], strides=[2, 2])
    done = execute_plans(ExecutableNetwork.read(written(model, tmp_path)), 8)
    assert done.worst == 0
    assert done.shifted > 1e-2


@pytest.mark.parametrize(
    ("op_type", "attributes"),
    [
        ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2], "pads": [0, 0, 1, 1]}),
        ("MaxPool", {"kernel_shape": [2, 2], "strides": [3, 3]}),
        ("MaxPool", {"kernel_shape": [2, 2], "strides": [3, 3], "dilations": [2, 2]}),
        ("MaxPool", {"kernel_shape": [3, 3], "strides": [3, 3], "pads": [1, 0, 1, 0], "dilations": [2, 2]}),
        ("AveragePool", {"kernel_shape": [2, 2], "strides": [2, 2], "pads": [0, 0, 1, 1], "count_include_pad": 1}),
        ("AveragePool", {"kernel_shape": [2, 2], "strides": [3, 3]}),
    ],
)
def test_windows_that_hang_over_or_are_left_out(op_type: str, attributes: dict[str, Any], tmp_path: Path) -> None:
    """With ceil_mode. onnxruntime infers the shape with a window more than it makes, and pads by less than a kernel."""
    model = pool(op_type, "m", ceil_mode=1, **attributes)
    done = execute_plans(ExecutableNetwork.read(written(model, tmp_path)), 8)
    assert done.worst < 1e-6
    assert done.shifted > 1e-2


def test_outputs_that_differ_say_what_may_be_the_reason() -> None:
    check_equal(1e-5, 1e-4)
    for deviation in (0.04, float("nan"), float("inf")):
        with pytest.raises(
            OutputsDifferError, match=r"differ .* where 0\.0001 is taken; in a quantised .* --tolerance"
        ):
            check_equal(deviation, 1e-4)
