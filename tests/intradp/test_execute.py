"""Plans executed on real tensors give what the unsplit network gives in onnxruntime."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.intradp.executed import model_of, random_tensors, written
from tests.intradp.networks import ONNX_NINE, onnx_path
from tests.intradp.onnx_rig import with_weights
from wnpopt.core.errors import InputError
from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.execution.unsplit import UnsplitNetwork
from wnpopt.problems.intradp.execution.check import execute_plans, instance_of, random_plans
from wnpopt.problems.intradp.execution.execute import SplitNetwork, difference
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution

if TYPE_CHECKING:
    from onnx import ModelProto

pytest.importorskip("onnx", reason="the extra run is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

RNG = np.random.default_rng(3)


def real(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def node(op: str, arguments: str, results: str, **attributes: object) -> object:
    from onnx import helper

    return helper.make_node(op, arguments.split(), results.split(), **attributes)


def conv(arguments: str, results: str, **attributes: object) -> object:
    return node("Conv", arguments, results, **attributes)


IMAGE = {"x": (1, 3, 14, 6)}

SMALL: dict[str, Callable[[], ModelProto]] = {
    "Sub, the constant first": lambda: model_of(
        [conv("x w", "a", pads=[1, 1, 1, 1]), node("Sub", "c a", "y")], IMAGE, ["y"],
        {"w": real(4, 3, 3, 3), "c": real(1, 4, 14, 1)},
    ),
    "Div, both ways": lambda: model_of(
        [node("Exp", "x", "e"), node("Div", "c e", "a"), node("Div", "a d", "y")], IMAGE, ["y"],
        {"c": real(14, 6), "d": real(3, 1, 1)},
    ),
    "MatMul with the constant first": lambda: model_of(
        [node("MatMul", "c x", "a"), conv("a w", "y", pads=[0, 1, 0, 1])], IMAGE, ["y"],
        {"c": real(14, 14), "w": real(3, 3, 1, 3)},
    ),
    "MatMul of batches with a constant": lambda: model_of(
        [node("MatMul", "c x", "a"), node("Relu", "a", "y")], {"x": (2, 9, 5, 4)}, ["y"], {"c": real(9, 5, 5)}
    ),
    "Gemm with alpha and beta": lambda: model_of(
        [node("Gemm", "x w c", "a", alpha=0.3, beta=1.7, transB=1), node("Relu", "a", "y")], {"x": (12, 5)}, ["y"],
        {"w": real(7, 5), "c": real(12, 7)},
    ),
    "Gemm of the transposed": lambda: model_of(
        [node("Transpose", "x", "t", perm=[1, 0]), node("Gemm", "t w c", "y", alpha=2.0, beta=0.5, transA=1)],
        {"x": (12, 5)}, ["y"], {"w": real(5, 7), "c": real(7)},
    ),
    "Softmax of opset 11 over the last two": lambda: model_of(
        [conv("x w", "a", pads=[1, 1, 1, 1]), node("Softmax", "a", "y", axis=3)], IMAGE, ["y"],
        {"w": real(4, 3, 3, 3)}, 11,
    ),
    "Softmax of opset 11 over all, and 13": lambda: model_of(
        [node("Softmax", "x", "y", axis=1)], IMAGE, ["y"], {}, 11
    ),
    "linear Resize": lambda: model_of(
        [node("Resize", "x  s".replace("  ", " r "), "a", mode="linear"), conv("a w", "y", pads=[1, 1, 1, 1])],
        IMAGE, ["y"], {"r": real(0), "s": np.array([1, 1, 2, 2], np.float32), "w": real(2, 3, 3, 3)},
    ),
    "cubic Resize by a fraction": lambda: model_of(
        [node("Resize", "x r s", "y", mode="cubic")], IMAGE, ["y"],
        {"r": real(0), "s": np.array([1, 1, 1.5, 0.5], np.float32)},
    ),
    "Concat with constants": lambda: model_of(
        [node("Concat", "c x", "a", axis=1), node("Concat", "a d", "b", axis=2), conv("b w", "y", pads=[1, 0, 1, 0])],
        IMAGE, ["y"], {"c": real(1, 2, 14, 6), "d": real(1, 5, 3, 6), "w": real(2, 5, 3, 1)},
    ),
    "1-D convolution": lambda: model_of(
        [conv("x w", "a", pads=[2, 1], strides=[2]), node("Tanh", "a", "b"), conv("b v", "y", auto_pad="SAME_UPPER")],
        {"x": (1, 3, 31)}, ["y"], {"w": real(4, 3, 5), "v": real(2, 4, 3)},
    ),
    "3-D convolution and pools": lambda: model_of(
        [conv("x w", "a", pads=[1] * 6), node("MaxPool", "a", "b", kernel_shape=[2] * 3, strides=[2, 1, 1]),
         node("AveragePool", "b", "y", kernel_shape=[3] * 3, pads=[1] * 6, count_include_pad=1)],
        {"x": (1, 2, 12, 4, 5)}, ["y"], {"w": real(3, 2, 3, 3, 3)},
    ),
    "transposed and dilated convolutions": lambda: model_of(
        [node("ConvTranspose", "x w", "a", strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 0]),
         conv("a v", "y", dilations=[3, 1], pads=[3, 0, 3, 0])],
        IMAGE, ["y"], {"w": real(3, 2, 3, 3), "v": real(2, 2, 3, 1)},
    ),
    "two inputs, three outputs": lambda: model_of(
        [node("Add", "x z", "s"), conv("s w", "a", pads=[1, 1, 1, 1]), node("Split", "a n", "b c", axis=1),
         node("Mul", "b c", "y"), node("ReduceMean", "a", "m", axes=[3], keepdims=0), node("Sigmoid", "z", "q")],
        {"x": (1, 3, 14, 6), "z": (1, 3, 14, 1)}, ["y", "m", "q"], {"w": real(4, 3, 3, 3), "n": [2, 2]},
    ),
    "rows that become one dimension of pixels": lambda: model_of(
        [conv("x w", "a", pads=[1, 1, 1, 1]), node("Reshape", "a n", "b"), node("Transpose", "b", "t", perm=[0, 2, 1]),
         node("LayerNormalization", "t g", "l"), node("MatMul", "l v", "y")],
        {"x": (2, 3, 10, 4)}, ["y"], {"w": real(4, 3, 3, 3), "n": [2, 4, -1], "g": real(4), "v": real(4, 5)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_small_networks(name: str, tmp_path: Path) -> None:
    network = ExecutableNetwork.read(written(SMALL[name](), tmp_path))
    done = execute_plans(network, 20)
    assert done.from_file
    assert done.worst < 1e-5
    assert done.messages >= 10
    if name != "Softmax of opset 11 over all, and 13":  # its output does not change when its rows are rolled
        assert done.shifted > 1e-3


def test_it_is_computed_by_rows(tmp_path: Path) -> None:
    """Not whole with blanks: of all kinds above but a Resize, at most at a border where nothing real is read."""
    for name, build in SMALL.items():
        done = execute_plans(ExecutableNetwork.read(written(build(), tmp_path)), 12, 5)
        if "Resize" not in name and "over all" not in name:
            assert done.blank == (), name


def test_rows_that_are_sent_wrong_are_noticed(tmp_path: Path) -> None:
    """The comparison fails when the rows of messages are one row off, and only then."""
    network = ExecutableNetwork.read(written(SMALL["1-D convolution"](), tmp_path))
    instance, inputs = instance_of(network), network.random_inputs(1)
    outputs = UnsplitNetwork(network).outputs(inputs)
    noticed = 0
    for plan in random_plans(instance, 20, 4):
        split = SplitNetwork(network, instance, plan)
        assert difference(network, split.run(inputs), outputs, {}) < 1e-5
        run = split.run(inputs, shift=1)
        noticed += run.messages > 0 and difference(network, run, outputs, {}) > 1e-2
    assert noticed >= 10


def test_logits_are_compared(tmp_path: Path) -> None:
    """A softmax that saturates makes equal outputs of logits that differ."""
    model = model_of(
        [conv("x w", "a"), node("Mul", "a k", "b"), node("Softmax", "b", "y", axis=3)], {"x": (1, 2, 8, 6)}, ["y"],
        {"w": np.abs(real(1, 2, 1, 1)), "k": np.array([1e-3], np.float32)},
    )  # fmt: skip
    network = ExecutableNetwork.read(written(model, tmp_path))
    assert network.logits == ("b",)
    instance = instance_of(network)
    inputs = network.random_inputs(2)
    unsplit = UnsplitNetwork(network)
    outputs, inner = unsplit.outputs(inputs), unsplit.tensors(network.logits, inputs)
    half = IntradpSolution(instance=instance.name, device_end=(8, 4, 4, 4, 8), server_begin=(8, 4, 4, 4, 8))
    run = SplitNetwork(network, instance, half, watch=network.logits).run(inputs, shift=1)
    assert {tensor for tensor, _, _ in run.watched} == {"b"}
    assert difference(network, run, outputs, inner) > 0.1


def test_a_missing_row_is_an_error(tmp_path: Path) -> None:
    """A window that claims too little is noticed: a row that the operator reads is not there."""
    network = ExecutableNetwork.read(written(SMALL["1-D convolution"](), tmp_path))
    inputs = network.random_inputs(0)
    outputs = UnsplitNetwork(network).outputs(inputs)
    data = instance_of(network).to_data()
    for operator in data["operators"]:  # type: ignore[attr-defined]
        for edge in operator["inputs"]:
            if edge["window"] != "all" and edge["window"]["kernel"] >= 3:
                edge["window"]["kernel"] -= 1
    wrong = IntradpInstance.from_data(data)
    failures = 0
    for plan in random_plans(wrong, 20, 0):
        try:
            run = SplitNetwork(network, wrong, plan).run(inputs)
            failures += difference(network, run, outputs, {}) > 1e-3
        except InputError:
            failures += 1
    assert failures > 5


def test_what_cannot_be_executed_is_refused(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    model = SMALL["1-D convolution"]()
    weight = model.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    entry = weight.external_data.add()
    entry.key, entry.value = "location", "weights.bin"
    with pytest.raises(InputError, match=r"weights\.bin.*'w' are not there"):
        ExecutableNetwork.read(written(model, tmp_path))
    half = model_of([node("Relu", "x", "y")], IMAGE, ["y"])
    half.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", TensorProto.BFLOAT16, IMAGE["x"]))
    with pytest.raises(InputError, match="bfloat16"):
        ExecutableNetwork.read(written(half, tmp_path))
    network = ExecutableNetwork.read(written(SMALL["Div, both ways"](), tmp_path))
    with pytest.raises(InputError, match="float32"):
        UnsplitNetwork(network).outputs({"x": np.zeros((1, 3, 14, 6))})


def executed(name: str, folder: Path, plans: int) -> None:
    """A network of the onnx package with random weights: its own are constant, which hides rows."""
    import onnx

    tensors = {n: v.astype(np.float32) for n, v in random_tensors(read_onnx(onnx_path(name)), 1).items()}
    model = with_weights(onnx.load(onnx_path(name)), tensors)
    done = execute_plans(ExecutableNetwork.read(written(model, folder)), plans)
    assert done.worst < 1e-4
    assert done.shifted > 1e-3


@pytest.mark.parametrize("name", ["squeezenet"])
def test_a_network_of_the_onnx_package(name: str, tmp_path: Path) -> None:
    executed(name, tmp_path, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ONNX_NINE)
def test_all_networks_of_the_onnx_package(name: str, tmp_path: Path) -> None:
    executed(name, tmp_path, 20)
