"""Graphs: consistency, edges, totals, files."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from wnpopt.core.errors import InputError
from wnpopt.domain.files.graph import graph_from_data, graph_to_data, load_graph, save_graph
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph, Tensor, make_operator


def diamond() -> Graph:
    build = GraphBuilder("diamond")
    x = build.input("x", (1, 8))
    a = build.unary("a", "Relu", x)
    b = build.linear("b", a, 4)
    c = build.linear("c", a, 4)
    return build.build([build.binary("d", "Add", b, c)])


def test_totals_of_a_graph_by_hand() -> None:
    graph = diamond()
    # Two 8 x 4 products with biases, a ReLU of 8 and an addition of 4.
    assert graph.macs == 2 * 32
    assert graph.flop == 2 * (2 * 32 + 4) + 8 + 4
    assert graph.parameters == 2 * (32 + 4)
    assert graph.parameter_bytes == 4 * graph.parameters
    assert graph.input_bytes == 32


def test_edges_are_the_tensors_between_operators() -> None:
    graph = diamond()
    names = [operator.name for operator in graph.operators]
    edges = {(names[e.producer], names[e.consumer], e.bytes) for e in graph.edges}
    assert edges == {
        ("a", "b.matmul", 32),
        ("a", "c.matmul", 32),
        ("b.matmul", "b", 16),
        ("c.matmul", "c", 16),
        ("b", "d", 16),
        ("c", "d", 16),
    }
    assert all(e.producer < e.consumer for e in graph.edges)


def test_a_tensor_read_twice_counts_once() -> None:
    build = GraphBuilder("square")
    x = build.input("x", (1, 8))
    y = build.unary("y", "Relu", x)
    z = build.binary("z", "Mul", y, y)
    graph = build.build([z])
    assert graph.operators[1].inputs == ("y", "y")
    assert graph.operators[1].input_bytes == 32
    assert len(graph.edges) == 1


def test_shared_weights_count_once() -> None:
    build = GraphBuilder("tied")
    x = build.input("x", (1, 8))
    weight = build.weight("w", (8, 8))
    y = build.add("y", "MatMul", [x, weight], (1, 8))
    z = build.add("z", "MatMul", [y, weight], (1, 8))
    graph = build.build([z])
    assert graph.parameters == 64
    assert sum(operator.parameters for operator in graph.operators) == 128


def test_a_file_says_the_same_as_the_graph(tmp_path: Path, light: Callable[[str], Graph]) -> None:
    for graph in (diamond(), light("shufflenet")):
        save_graph(graph, tmp_path / "first.json")
        again = load_graph(tmp_path / "first.json")
        assert again == graph
        save_graph(again, tmp_path / "second.json")
        assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()


def test_a_slice_to_the_end_can_be_stored(tmp_path: Path) -> None:
    """ONNX says "to the end" with the largest integer of 64 bits, and "from the end" with the least."""
    x, y = Tensor.of("x", (1, 8), "float32"), Tensor.of("y", (1, 5), "float32")
    bounds = {"starts": (3, -(2**63)), "ends": (2**63 - 1, 2**63 - 1), "axes": (1, 0)}
    cut = make_operator("cut", "Slice", inputs=[x], outputs=[y], attributes=bounds, flop=0, macs=0)
    save_graph(Graph("cut", (cut,), (x, y), ("x",), ("y",)), tmp_path / "cut.json")
    (again,) = load_graph(tmp_path / "cut.json").operators
    assert dict(again.attributes) == {"starts": (3, -(2**53)), "ends": (2**53, 2**53), "axes": (1, 0)}


def test_a_graph_can_be_sent_to_another_process() -> None:
    graph = diamond()
    assert graph.edges
    assert pickle.loads(pickle.dumps(graph)) == graph


def mutate(change: Callable[[dict[str, object]], None]) -> InputError:
    data = json.loads(json.dumps(graph_to_data(diamond())))
    change(data)
    with pytest.raises(InputError) as caught:
        graph_from_data(data)
    assert "\n" not in str(caught.value)
    return caught.value


def at(data: object, *path: int | str) -> object:
    for step in path:
        data = data[step]  # type: ignore[index]
    return data


def put(value: object, *path: int | str) -> Callable[[dict[str, object]], None]:
    def change(data: dict[str, object]) -> None:
        at(data, *path[:-1])[path[-1]] = value  # type: ignore[index]

    return change


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (put("tree", "kind"), "kind", "graph"),
        (put(2, "schema_version"), "schema_version", "1"),
        (put([], "operators"), "operators", "at least one"),
        (put(["nothing"], "outputs"), "outputs[0]", "nothing"),
        (put([], "outputs"), "outputs", "at least one"),
        (put(["nothing"], "operators", 0, "inputs"), "operators[0].inputs[0]", "nothing"),
        (put(["d"], "operators", 0, "inputs"), "operators[0]", "without cycles"),
        (put(["a"], "operators", 1, "outputs"), "operators[1]", "exists already"),
        (put([], "operators", 1, "outputs"), "operators[1]", "no output"),
        (put(-1, "operators", 1, "flop"), "operators[1].flop", "at least 0"),
        (put(1.0, "operators", 1, "flop"), "operators[1].flop", "integer"),
        (put(2**54, "operators", 1, "flop"), "operators[1].flop", "9007199254740992"),
        (put(10**6, "operators", 1, "macs"), "operators[1].flop", "at least 2 each"),
        (put("b.matmul", "operators", 0, "name"), "operators[1].name", "names must differ"),
        (put("string", "tensors", 0, "dtype"), "tensors[0]", "no fixed size"),
        (put([2**30, 2**30], "tensors", 0, "shape"), "tensors[0]", "2^53"),
        (put([-1], "tensors", 0, "shape"), "tensors[0].shape[0]", "at least 0"),
        (put("a", "tensors", 0, "name"), "tensors[1].name", "names must differ"),
        (put("constant", "tensors", 0, "role"), "tensors[0].role", "weight"),
        (put(["a"], "operators", 3, "weights"), "operators[3]", "as a weight"),
        (put(["x", "x"], "inputs"), "inputs[1]", "names must differ"),
        (put(["q"], "inputs"), "inputs[0]", "not declared"),
        (put(True, "surprise"), "surprise", "unknown field"),
        (
            put({"kernel": [3], "strides": [1, 1], "pads_begin": [0], "pads_end": [0], "dilations": [1]},
                "operators", 0, "window"),
            "operators[0].window.strides", "1 are needed",
        ),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_at_its_place(
    change: Callable[[dict[str, object]], None], where: str, what: str
) -> None:
    error = mutate(change)
    assert error.where.startswith(where), str(error)
    assert what in str(error)


def test_totals_beyond_what_a_double_holds_are_refused() -> None:
    tensors = [Tensor.of("x", (1,)), Tensor.of("y", (1,)), Tensor.of("z", (1,))]
    x, y, z = tensors
    first = make_operator("y", "Relu", inputs=[x], outputs=[y], flop=2**53, macs=0)
    second = make_operator("z", "Relu", inputs=[y], outputs=[z], flop=1, macs=0)
    with pytest.raises(InputError, match=r"2\^53"):
        Graph("big", (first, second), tuple(tensors), ("x",), ("z",))
