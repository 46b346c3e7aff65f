"""Names of networks and of groups of operators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wnpopt.core.document import Instance
from wnpopt.domain.files.names import is_generic, network_name
from wnpopt.domain.network.graph import Graph, Tensor, make_operator
from wnpopt.domain.network.scopes import group_names, unique


@pytest.mark.parametrize(
    "name",
    [
        "main_graph", "main", "torch-jit-export", "torch_jit", "torch_jit_export", "tf2onnx", "graph", "Graph_0",
        "model", "onnx-model", "OnnxModel", "subgraph", "main_graph_1", "mxnet_converted_model", "paddle-onnx",
        "paddle", "Model from PaddlePaddle.", "skl2onnx", "untitled", "0", "3f2b7c1e9a0d4c55b1e2aa0134cd77ef",
        "123e4567-e89b-12d3-a456-426614174000", "tf_model_optimized", "",
    ],
)  # fmt: skip
def test_a_generic_name_gives_way_to_the_files(name: str) -> None:
    assert network_name(name, "yolo-v8n") == "yolo-v8n"


@pytest.mark.parametrize(
    "name",
    ["squeezenet", "resnet50", "mainframe", "graphsage", "modelnet40", "torchvision_resnet", "tfidf", "networkx"],
)
def test_a_name_of_its_own_is_kept(name: str) -> None:
    assert not is_generic(name)
    assert network_name(f" {name} ", "file") == name


def test_a_name_that_cannot_be_printed_gives_way() -> None:
    assert network_name("a\nb", "file") == "file"


def test_the_reader_names_a_network_after_its_file(tmp_path: Path) -> None:
    helper = pytest.importorskip("onnx", reason="the extra onnx is not installed").helper
    from wnpopt.domain.files.onnx.reader import read_onnx

    names = {"main_graph": "mine", "squeezenet": "squeezenet"}
    for own, wanted in names.items():
        values = [helper.make_tensor_value_info(name, 1, [2]) for name in "xy"]
        graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"], name="r")], own, values[:1], values[1:])
        opset = [helper.make_opsetid("", 17)]
        path = tmp_path / "mine.onnx"
        path.write_bytes(helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString())
        assert read_onnx(path).name == wanted


def chain(names: list[str]) -> Graph:
    tensors = [Tensor.of(f"t{i}", (1,)) for i in range(len(names) + 1)]
    operators = [
        make_operator(name, "Relu", inputs=[tensors[i]], outputs=[tensors[i + 1]], flop=1, macs=0)
        for i, name in enumerate(names)
    ]
    return Graph("chain", tuple(operators), tuple(tensors), ("t0",), (f"t{len(names)}",))


DOTS = ["stem", *(f"stages.{s}.blocks.{b}.{o}" for s in range(2) for b in range(3) for o in ("conv", "relu")), "head"]
SLASHES = ["/stem/Conv", "/stages.0/blocks.0/Conv", "/stages.0/blocks.0/Relu", "/stages.0/blocks.1/Conv", "Relu_7"]


@pytest.mark.parametrize(
    ("names", "cuts", "wanted"),
    [
        (DOTS, [1, 7, 11, 13], ["stem", "stages.0", "stages.1.blocks.0..1", "stages.1.blocks.2", "head"]),
        (DOTS, [2], ["stem..stages.0.blocks.0.conv", "stages.0.blocks.0.relu..head"]),
        (DOTS, [3, 4], ["stem..stages.0.blocks.0", "stages.0.blocks.1.conv", "stages.0.blocks.1.relu..head"]),
        (SLASHES, [1, 3, 4], ["stem/Conv", "stages.0/blocks.0", "stages.0/blocks.1/Conv", "Relu_7"]),
        (SLASHES, [1, 4], ["stem/Conv", "stages.0", "Relu_7"]),
        (["Conv_12", "Relu_13", "Conv_14", "Relu_15"], [], ["Conv_12..Relu_15"]),
        (["a->b", "c\nd"], [1], ["a-b", "cd"]),
        (["b.1", "a", "b.2"], [1, 2], ["b.1", "a", "b.2"]),
    ],
)
def test_groups_are_named_by_their_layers(names: list[str], cuts: list[int], wanted: list[str]) -> None:
    groups = [list(part) for part in np.split(np.arange(len(names)), cuts)]
    assert group_names(chain(names), groups) == wanted


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text("ab./->\n é", min_size=1, max_size=12) | st.just("x" * 300), min_size=1, max_size=8, unique=True),
    st.integers(0, 255),
)
def test_names_are_what_a_document_may_hold(names: list[str], mask: int) -> None:
    groups: list[list[int]] = [[]]
    for i in range(len(names)):
        if groups[-1] and mask >> i & 1:
            groups.append([])
        groups[-1].append(i)
    made = group_names(chain(names), groups)
    assert len(set(made)) == len(groups)
    for name in made:
        assert Instance.from_data({"kind": "x", "schema_version": 1, "name": name}).name == name


def test_a_name_that_was_there_gets_a_number() -> None:
    assert unique(["a", "b", "a", "a", "a#2"]) == ["a", "b", "a#2", "a#3", "a#2#2"]
    long = unique(["y" * 500, "y" * 500])
    assert [len(name) for name in long] == [200, 200]
    assert long[0] != long[1]
