"""What draws random numbers cannot be compared with itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from wnpopt.core.errors import InputError

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

SHAPE = [1, 4, 16, 12]


def written(path: Path, nodes: list[object], constants: Sequence[object] = (), **inputs: object) -> Path:
    from onnx import TensorProto, helper

    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, SHAPE) for name in "xy")
    graph = helper.make_graph(nodes, "made", [x, *inputs.values()], [y], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def dropout(path: Path, *, training: bool) -> Path:
    import numpy as np
    from onnx import helper, numpy_helper

    mode = numpy_helper.from_array(np.array(training), "mode")
    ratio = numpy_helper.from_array(np.array(0.5, np.float32), "ratio")
    nodes = [
        helper.make_node("Relu", ["x"], ["r"]),
        helper.make_node("Dropout", ["r", "ratio", "mode"], ["d"]),
        helper.make_node("Relu", ["d"], ["y"]),
    ]
    return written(path, nodes, [ratio, mode])


@pytest.mark.parametrize("name", ["RandomNormalLike", "Bernoulli"])
def test_a_node_that_draws_is_refused(name: str, tmp_path: Path) -> None:
    from onnx import helper

    from wnpopt.execution.network import RunnableNetwork

    nodes = [helper.make_node(name, ["x"], ["n"], name="noise"), helper.make_node("Add", ["x", "n"], ["y"])]
    with pytest.raises(InputError, match=rf"graph.node: {name} 'noise' draws random numbers: no two runs are equal"):
        RunnableNetwork.read(written(tmp_path / "net.onnx", nodes))


def test_so_is_one_in_the_branch_that_is_taken(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    from wnpopt.execution.network import RunnableNetwork

    out = helper.make_tensor_value_info("o", TensorProto.FLOAT, SHAPE)
    noisy = [helper.make_node("RandomUniformLike", ["x"], ["n"]), helper.make_node("Add", ["x", "n"], ["o"])]
    drawn = helper.make_graph(noisy, "drawn", [], [out])
    plain = helper.make_graph([helper.make_node("Relu", ["x"], ["o"])], "plain", [], [out])
    nodes = [helper.make_node("If", ["k"], ["y"], then_branch=drawn, else_branch=plain)]
    file = written(tmp_path / "net.onnx", nodes, k=helper.make_tensor_value_info("k", TensorProto.BOOL, []))
    with pytest.raises(InputError, match=r"RandomUniformLike .* draws random numbers"):
        RunnableNetwork.read(file, values={"k": 1.0})
    RunnableNetwork.read(file, values={"k": 0.0})


def test_dropout_draws_where_it_trains(tmp_path: Path) -> None:
    from wnpopt.execution.network import RunnableNetwork

    with pytest.raises(InputError, match="Dropout 'd' draws random numbers"):
        RunnableNetwork.read(dropout(tmp_path / "trains.onnx", training=True))
    RunnableNetwork.read(dropout(tmp_path / "runs.onnx", training=False))
