"""Corrupt and hostile ONNX files: one clear line each, quickly, whatever is in them."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domain.onnx_models import FLOAT, integers, model, node, saved, zeros
from wnpopt.core.errors import InputError, MissingDependencyError
from wnpopt.domain.files.onnx.external import ExternalData
from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.domain.network.flop import known_operators

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")


def refused(path: Path, *words: str) -> str:
    with pytest.raises(InputError) as caught:
        read_onnx(path)
    line = str(caught.value)
    assert str(path) in line
    assert line.isprintable()
    for word in words:
        assert word in line, line
    return line


def small(**changes: object) -> onnx.ModelProto:
    return model([node("Conv", ["x", "w"], ["y"])], {"x": (1, 3, 8, 8)}, ["y"], {"w": zeros(4, 3, 3, 3)}, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ("no operators",)),
        (b"{}", ("not an ONNX model",)),
        (b"\xff" * 100, ("not an ONNX model",)),
        (b"PK\x03\x04" + b"\0" * 50, ("not an ONNX model",)),
        (b"ein Text, kein Modell", ("not an ONNX model",)),
    ],
)
def test_files_of_another_kind(tmp_path: Path, content: bytes, words: tuple[str, ...]) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    refused(path, *words)


def test_a_directory_and_a_missing_file(tmp_path: Path) -> None:
    refused(tmp_path, "directory")
    refused(tmp_path / "none.onnx", "no such file")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = saved(small(), tmp_path)
    path.chmod(0)
    refused(path, "cannot be read")


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    raw = small().SerializeToString()
    path = tmp_path / "model.onnx"
    for length in range(len(raw)):
        path.write_bytes(raw[:length])
        refused(path)


def test_random_damage_is_refused_or_read(tmp_path: Path) -> None:
    """Whatever bytes are changed: a graph or an InputError, nothing else."""
    raw = small().SerializeToString()
    path = tmp_path / "model.onnx"
    chance = random.Random(5)
    for _ in range(400):
        damaged = bytearray(raw)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(raw))] = chance.randrange(256)
        path.write_bytes(bytes(damaged))
        try:
            said = read_onnx(path).operators[0].name
        except InputError as error:
            said = str(error)
        assert said.isprintable()


def test_a_cycle(tmp_path: Path) -> None:
    nodes = [node("Add", ["x", "c"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["c"])]
    refused(saved(model(nodes, {"x": (2,)}, ["c"]), tmp_path), "graph.node[0]", "cycle")


def test_an_operator_that_feeds_itself(tmp_path: Path) -> None:
    refused(saved(model([node("Add", ["x", "a"], ["a"])], {"x": (2,)}, ["a"]), tmp_path), "cycle")


@pytest.mark.parametrize(
    "shape", [(2**40, 2**40), (2**62, 4), (2**31, 2**31), (1, 2**54)], ids=["2^80", "2^64", "2^62", "2^54"]
)
def test_huge_shapes(tmp_path: Path, shape: tuple[int, ...]) -> None:
    refused(saved(model([node("Relu", ["x"], ["y"])], {"x": shape}, ["y"]), tmp_path), "2^53")


def test_shapes_that_grow_huge_inside(tmp_path: Path) -> None:
    big = 2**26
    proto = model([node("MatMul", ["x", "t"], ["y"])], {"x": (big, 1), "t": (1, big)}, ["y"])
    refused(saved(proto, tmp_path), "graph.node[0]", "2^53")
    proto = model([node("Expand", ["x", "s"], ["y"])], {"x": (1, 1)}, ["y"], {"s": integers(2**40, 2**40)})
    refused(saved(proto, tmp_path))


def test_constants_that_grow_huge_inside(tmp_path: Path) -> None:
    nodes = [node("ConstantOfShape", ["s"], ["c"]), node("Add", ["x", "c"], ["y"])]
    refused(saved(model(nodes, {"x": (1,)}, ["y"], {"s": integers(2**40, 2**40)}), tmp_path), "2^53")
    nodes = [
        node("Range", ["zero", "end", "one"], ["r"]),
        node("Reshape", ["x", "r"], ["y"]),
    ]
    scalars = {k: np.array(v, dtype=np.int64) for k, v in (("zero", 0), ("end", 2**45), ("one", 1))}
    refused(saved(model(nodes, {"x": (4,)}, ["y"], scalars), tmp_path))


def test_a_total_that_overflows(tmp_path: Path) -> None:
    nodes = [node("MatMul", [f"a{i}", "w"], [f"a{i + 1}"]) for i in range(40)]
    proto = model(nodes, {"a0": (2**23, 2**13)}, ["a40"], {})
    weight = onnx.TensorProto(name="w", data_type=FLOAT, dims=[2**13, 2**13])
    proto.graph.initializer.append(weight)
    refused(saved(proto, tmp_path), "2^53")


@pytest.mark.parametrize(
    "location", ["/etc/passwd", "../weights.bin", "sub/../../weights.bin", "C:\\weights.bin", "..\\weights.bin", ""]
)
def test_external_data_outside_the_folder(tmp_path: Path, location: str) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "weights.bin").write_bytes(bytes(432))
    refused(saved(external(location), folder), "graph.initializer[0]", "the model's own folder")


def external(location: str) -> onnx.ModelProto:
    proto = small()
    weight = proto.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = onnx.TensorProto.EXTERNAL
    weight.external_data.append(onnx.StringStringEntryProto(key="location", value=location))
    return proto


def test_external_data_through_a_link(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "weights.bin").write_bytes(bytes(432))
    (folder / "link.bin").symlink_to(tmp_path / "weights.bin")
    refused(saved(external("link.bin"), folder), "the model's own folder")


def test_absent_external_weights_do_no_harm(tmp_path: Path) -> None:
    graph = read_onnx(saved(external("weights.bin"), tmp_path))
    assert graph.parameters == 108
    (tmp_path / "weights.bin").write_bytes(bytes(432))
    assert read_onnx(saved(external("weights.bin"), tmp_path)) == graph


def test_stripped_weights_do_no_harm_but_a_stripped_shape_does(tmp_path: Path) -> None:
    proto = small()
    proto.graph.initializer[0].ClearField("raw_data")
    assert read_onnx(saved(proto, tmp_path)).parameters == 108
    proto = model([node("Reshape", ["x", "s"], ["y"])], {"x": (2, 3)}, ["y"], {"s": integers(6)})
    proto.graph.initializer[0].ClearField("raw_data")
    refused(saved(proto, tmp_path), "graph.node[0]", "cannot be inferred")


def test_shapes_in_external_data_are_read(tmp_path: Path) -> None:
    proto = model([node("Reshape", ["x", "s"], ["y"])], {"x": (2, 3)}, ["y"], {"s": integers(3, 2)})
    shape = proto.graph.initializer[0]
    shape.ClearField("raw_data")
    shape.data_location = onnx.TensorProto.EXTERNAL
    for key, value in (("location", "shapes.bin"), ("offset", "8"), ("length", "16")):
        shape.external_data.append(onnx.StringStringEntryProto(key=key, value=value))
    (tmp_path / "shapes.bin").write_bytes(np.array([99, 3, 2, 99], dtype="<i8").tobytes())
    assert read_onnx(saved(proto, tmp_path)).tensor("y").shape == (3, 2)
    for offset in ("-1", "1e3", "1000", "9" * 30):
        shape.external_data[1].value = offset
        refused(saved(proto, tmp_path), "graph.initializer[0]", "'s'")


@pytest.mark.parametrize(("key", "value"), [("length", "17"), ("length", "-16"), ("length", "all"), ("offset", "24")])
def test_external_data_whose_place_is_wrong(key: str, value: str, tmp_path: Path) -> None:
    proto = model([node("Reshape", ["x", "s"], ["y"])], {"x": (2, 3)}, ["y"], {"s": integers(3, 2)})
    place = {"location": "shapes.bin", "offset": "8", key: value}
    proto.graph.initializer[0].CopyFrom(beside("s", (2,), place, onnx.TensorProto.INT64))
    (tmp_path / "shapes.bin").write_bytes(bytes(32))
    refused(saved(proto, tmp_path), "graph.initializer[0]", "'s'")


def beside(name: str, shape: tuple[int, ...], place: dict[str, str], kind: int = FLOAT) -> onnx.TensorProto:
    """A tensor whose data lie in another file."""
    external = onnx.TensorProto.EXTERNAL
    tensor = onnx.TensorProto(name=name, dims=shape, data_type=kind, data_location=external)
    tensor.external_data.extend(onnx.StringStringEntryProto(key=key, value=value) for key, value in place.items())
    return tensor


def test_of_external_data_no_more_is_read_than_a_tensor_needs(tmp_path: Path) -> None:
    """Without a length, too; onnxruntime takes such a file."""
    values = np.arange(100, dtype="<f4")
    (tmp_path / "weights.bin").write_bytes(values.tobytes())
    tensor = beside("w", (3, 2), {"location": "weights.bin", "offset": "8"})
    ExternalData(tmp_path, "this").load(tensor)
    assert tensor.raw_data == values[2:8].tobytes()
    assert tensor.data_location == onnx.TensorProto.DEFAULT


def test_a_small_file_of_external_data_is_no_large_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wnpopt.domain.files.onnx.external.FREE_BYTES", 100)
    (tmp_path / "weights.bin").write_bytes(bytes(400))
    data = ExternalData(tmp_path, "this")
    for number in range(4):  # 4 times 400 bytes of it, and the 100
        data.load(beside(f"w{number}", (10, 10), {"location": "weights.bin"}))
    with pytest.raises(InputError, match=r"weights\.bin: tensors take its 400 bytes more than 4 times.*'last'"):
        data.load(beside("last", (10, 10), {"location": "weights.bin"}))


def test_external_data_that_is_too_short(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(bytes(7))
    refused(saved(external("weights.bin"), tmp_path), "'w'")


def change_type(proto: onnx.ModelProto) -> None:
    proto.graph.input[0].type.tensor_type.elem_type = 0


def change_unknown_type(proto: onnx.ModelProto) -> None:
    proto.graph.input[0].type.tensor_type.elem_type = 99


def change_string(proto: onnx.ModelProto) -> None:
    proto.graph.input[0].type.tensor_type.elem_type = 8


def change_no_type(proto: onnx.ModelProto) -> None:
    proto.graph.input[0].ClearField("type")


def change_no_shape(proto: onnx.ModelProto) -> None:
    proto.graph.input[0].type.tensor_type.ClearField("shape")


def change_negative(proto: onnx.ModelProto) -> None:
    proto.graph.input[0].type.tensor_type.shape.dim[0].dim_value = -5


def change_weight_negative(proto: onnx.ModelProto) -> None:
    proto.graph.initializer[0].dims[0] = -4


def change_weight_short(proto: onnx.ModelProto) -> None:
    proto.graph.initializer[0].raw_data = b"12"


def change_weight_type(proto: onnx.ModelProto) -> None:
    proto.graph.initializer[0].data_type = 0


def change_opset(proto: onnx.ModelProto) -> None:
    del proto.opset_import[:]


def change_old_opset(proto: onnx.ModelProto) -> None:
    proto.opset_import[0].version = 0


def change_new_opset(proto: onnx.ModelProto) -> None:
    proto.opset_import[0].version = onnx.defs.onnx_opset_version() + 1


def change_operator(proto: onnx.ModelProto) -> None:
    proto.graph.node[0].op_type = "Convolution"


def change_unprintable_name(proto: onnx.ModelProto) -> None:
    proto.graph.node[0].name = "two\nlines"


def change_domain(proto: onnx.ModelProto) -> None:
    proto.graph.node[0].domain = "com.example"


def change_input(proto: onnx.ModelProto) -> None:
    proto.graph.node[0].input[1] = "absent"


def change_twice(proto: onnx.ModelProto) -> None:
    proto.graph.node.append(proto.graph.node[0])


def change_made_input(proto: onnx.ModelProto) -> None:
    proto.graph.node[0].output[0] = "x"


def change_output(proto: onnx.ModelProto) -> None:
    proto.graph.output[0].name = "absent"


def change_no_output(proto: onnx.ModelProto) -> None:
    del proto.graph.output[:]


def change_no_node_output(proto: onnx.ModelProto) -> None:
    del proto.graph.node[0].output[:]


def change_no_node(proto: onnx.ModelProto) -> None:
    del proto.graph.node[:]


def change_too_few_arguments(proto: onnx.ModelProto) -> None:
    del proto.graph.node[0].input[1:]


def change_channels(proto: onnx.ModelProto) -> None:
    proto.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 5


def change_small_image(proto: onnx.ModelProto) -> None:
    for axis in (2, 3):
        proto.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = 1


def change_strides(proto: onnx.ModelProto) -> None:
    proto.graph.node[0].attribute.append(onnx.helper.make_attribute("strides", [0, 1]))


def change_pads(proto: onnx.ModelProto) -> None:
    proto.graph.node[0].attribute.append(onnx.helper.make_attribute("pads", [1, 1, 1]))


def change_group(proto: onnx.ModelProto) -> None:
    proto.graph.node[0].attribute.append(onnx.helper.make_attribute("group", 0))


def change_constant_output(proto: onnx.ModelProto) -> None:
    proto.graph.node[0].CopyFrom(node("Relu", ["w"], ["y"]))


def change_control_flow(proto: onnx.ModelProto) -> None:
    branch = onnx.helper.make_graph([node("Relu", ["x"], ["b"])], "b", [], [onnx.ValueInfoProto(name="b")])
    proto.graph.node[0].CopyFrom(node("If", ["w"], ["y"], then_branch=branch, else_branch=branch))


CHANGES: list[tuple[Callable[[onnx.ModelProto], None], tuple[str, ...]]] = [
    (change_type, ("graph.input[0]", "element type")),
    (change_unknown_type, ("graph.input[0]", "99")),
    (change_string, ("string",)),
    (change_no_type, ("graph.input[0]", "'x'", "type")),
    (change_no_shape, ("graph.input[0]", "'x'", "shape")),
    (change_negative, ("graph.input", "x[0]")),
    (change_weight_negative, ("graph.initializer[0]", "not negative")),
    (change_weight_short, ("graph.initializer[0]", "2 bytes", "432")),
    (change_weight_type, ("graph.initializer[0]", "element type")),
    (change_opset, ("opset_import",)),
    (change_new_opset, ("opset_import", "a newer onnx")),
    (change_old_opset, ("opset",)),
    (change_operator, ("graph.node[0]", "Convolution", "not known", "Conv,")),
    (change_unprintable_name, ("does not print", "two\\nlines")),
    (change_domain, ("graph.node[0]", "com.example")),
    (change_input, ("graph.node[0]", "'absent'")),
    (change_twice, ("graph.node[1]", "made twice")),
    (change_made_input, ("'x'", "made twice")),
    (change_output, ("graph.output[0]", "'absent'")),
    (change_no_output, ("graph.output",)),
    (change_no_node_output, ("graph.node[0]", "no output")),
    (change_no_node, ("no operators",)),
    (change_too_few_arguments, ("graph.node[0]", "Conv")),
    (change_channels, ("graph.node[0]", "Conv")),
    (change_small_image, ("graph.node[0]", "Conv")),
    (change_strides, ("graph.node[0]", "Conv")),
    (change_pads, ("graph.node[0]", "Conv")),
    (change_group, ("graph.node[0]", "Conv")),
    (change_constant_output, ("graph.output", "depends on an input")),
    (change_control_flow, ("graph.node[0]", "condition", "108 elements")),
]


@pytest.mark.parametrize(("change", "words"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_wrong_contents(change: Callable[[onnx.ModelProto], None], words: tuple[str, ...], tmp_path: Path) -> None:
    proto = small()
    change(proto)
    refused(saved(proto, tmp_path), *words)


def test_a_shape_that_contradicts_itself(tmp_path: Path) -> None:
    proto = model([node("Reshape", ["x", "s"], ["y"])], {"x": (2, 3)}, ["y"], {"s": integers(7, 1)})
    refused(saved(proto, tmp_path), "graph.node[0]", "Reshape")


def test_a_shape_that_depends_on_data(tmp_path: Path) -> None:
    nodes = [node("NonZero", ["x"], ["n"]), node("Cast", ["n"], ["y"], to=FLOAT)]
    refused(saved(model(nodes, {"x": (2, 3)}, ["y"]), tmp_path), "NonZero", "cannot be inferred")


def test_functions_that_contain_themselves(tmp_path: Path) -> None:
    proto = model([node("Relu", ["x"], ["r"])], {"x": (2,)}, ["y"])
    opset = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("own", 1)]
    for name, other in (("Ping", "Pong"), ("Pong", "Ping")):
        body = [onnx.helper.make_node(other, ["a"], ["b"], domain="own")]
        proto.functions.append(onnx.helper.make_function("own", name, ["a"], ["b"], body, opset))
    proto.graph.node.append(onnx.helper.make_node("Ping", ["r"], ["y"], domain="own"))
    proto.opset_import.append(onnx.helper.make_opsetid("own", 1))
    refused(saved(proto, tmp_path), "contains itself")


ATTRIBUTES: dict[str, st.SearchStrategy[object]] = {
    "axis": st.integers(-5, 5),
    "axes": st.lists(st.integers(-4, 4), min_size=1, max_size=3),
    "kernel_shape": st.lists(st.integers(-1, 4), min_size=1, max_size=3),
    "strides": st.lists(st.integers(-1, 3), min_size=1, max_size=3),
    "dilations": st.lists(st.integers(-1, 3), min_size=1, max_size=3),
    "pads": st.lists(st.integers(-2, 3), min_size=1, max_size=6),
    "output_shape": st.lists(st.integers(-1, 9), min_size=1, max_size=3),
    "auto_pad": st.sampled_from(["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET", "NONSENSE"]),
    "group": st.integers(-1, 4),
    "perm": st.lists(st.integers(-2, 4), min_size=1, max_size=4),
    "mode": st.sampled_from(["nearest", "linear", "cubic", "nonsense"]),
    "equation": st.sampled_from(["ij,jk->ik", "i,i->", "bij->bji", "", "i...,j", "->"]),
    "q_num_heads": st.integers(-1, 3),
    "kv_num_heads": st.integers(-1, 3),
    "hidden_size": st.integers(-1, 3),
    "to": st.integers(0, 24),
    "size": st.integers(-1, 5),
    "num_outputs": st.integers(-1, 4),
    "blocksize": st.integers(-1, 3),
    "transA": st.integers(0, 1),
}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_operator_on_any_shapes_is_refused_or_read(tmp_path: Path, data: st.DataObject) -> None:
    shapes = st.lists(st.integers(0, 5), max_size=4)
    op_type = data.draw(st.sampled_from([*known_operators(), "Loop", "SequenceAt", "RandomNormal", "Nonsense"]))
    inputs = {f"x{i}": data.draw(shapes) for i in range(data.draw(st.integers(1, 4)))}
    constants = {
        f"c{i}": np.zeros(data.draw(shapes), dtype=data.draw(st.sampled_from([np.float32, np.int64, np.bool_])))
        for i in range(data.draw(st.integers(0, 3)))
    }
    chosen = data.draw(st.lists(st.sampled_from(sorted(ATTRIBUTES)), unique=True, max_size=4))
    attributes = {key: data.draw(ATTRIBUTES[key]) for key in chosen}
    order = data.draw(st.permutations([*inputs, *constants]))
    entry = node(op_type, order, ["y", "z"][: data.draw(st.integers(1, 2))], **attributes)
    proto = model([entry], inputs, ["y"], constants, opset=data.draw(st.sampled_from([7, 13, 17, 23])))
    path = saved(proto, tmp_path)
    try:
        said = read_onnx(path).operators[0].name
    except InputError as error:
        said = str(error)
    assert said.isprintable()


def test_without_the_package_the_message_tells_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(small(), tmp_path)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingDependencyError, match=r"wnpopt\[onnx\]"):
        read_onnx(path)
