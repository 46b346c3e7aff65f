"""Small ONNX models of every construct that the reader treats by itself."""

from __future__ import annotations

from collections.abc import Iterator

from tests.domain.onnx_models import integers, model, node, zeros

WEIGHTS = (1).to_bytes(8, "little") + (-1).to_bytes(8, "little", signed=True) + bytes(240)
"""What lies beside the models, in weights.bin."""


def models() -> Iterator[bytes]:
    for made in (_plain(), _folded(), _branching(), _looping(), _external(), _sparse(), _functions(), _quantised()):
        yield made.SerializeToString()


def plain() -> bytes:
    """A convolution, a pool and a product."""
    return bytes(_plain().SerializeToString())


def external() -> bytes:
    """A model whose weights lie in weights.bin."""
    return bytes(_external().SerializeToString())


def _plain():  # type: ignore[no-untyped-def]
    nodes = [
        node("Conv", ["x", "w"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1]),
        node("Relu", ["c"], ["r"]),
        node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Reshape", ["p", "s"], ["f"]),
        node("Gemm", ["f", "v"], ["y"]),
    ]
    constants = {"w": zeros(2, 3, 3, 3), "s": integers(1, -1), "v": zeros(32, 4)}
    return model(nodes, {"x": (1, 3, 8, 8)}, ["y"], constants)


def _folded():  # type: ignore[no-untyped-def]
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "i"], ["n"], axis=0),
        node("Unsqueeze", ["n", "zero"], ["u"]),
        node("Concat", ["u", "minus"], ["t"], axis=0),
        node("Reshape", ["x", "t"], ["f"]),
        node("Pad", ["f", "pads"], ["p"]),
        node("Slice", ["p", "zero", "two", "zero"], ["q"]),
        node("Tile", ["q", "reps"], ["y"]),
    ]
    constants = {"i": integers(0)[0], "zero": integers(0), "minus": integers(-1), "pads": integers(0, 1, 0, 1),
                 "two": integers(2), "reps": integers(1, 2)}  # fmt: skip
    return model(nodes, {"x": (2, 3, 4)}, ["y"], constants)


def _branching():  # type: ignore[no-untyped-def]
    from onnx import helper

    then = helper.make_graph([node("Relu", ["x"], ["a"])], "then", [], [helper.make_tensor_value_info("a", 1, None)])
    other = helper.make_graph([node("Neg", ["x"], ["b"])], "else", [], [helper.make_tensor_value_info("b", 1, None)])
    import numpy as np

    nodes = [node("If", ["c"], ["y"], then_branch=then, else_branch=other)]
    return model(nodes, {"x": (1, 4)}, ["y"], {"c": np.array(True)})


def _looping():  # type: ignore[no-untyped-def]
    import numpy as np
    from onnx import helper

    inputs = [helper.make_tensor_value_info("i", 7, []), helper.make_tensor_value_info("go", 9, []),
              helper.make_tensor_value_info("v", 1, None)]  # fmt: skip
    outputs = [helper.make_tensor_value_info("go2", 9, []), helper.make_tensor_value_info("v2", 1, None)]
    nodes = [node("Identity", ["go"], ["go2"]), node("Add", ["v", "v"], ["v2"])]
    body = helper.make_graph(nodes, "body", inputs, outputs)
    constants = {"n": integers(3)[0], "t": np.array(True)}
    return model([node("Loop", ["n", "t", "x"], ["y"], body=body)], {"x": (1, 4)}, ["y"], constants)


def _external():  # type: ignore[no-untyped-def]
    made = _plain()
    weights = made.graph.initializer[0]
    weights.ClearField("raw_data")
    weights.data_location = 1
    for key, value in (("location", "weights.bin"), ("offset", "0"), ("length", "216")):
        entry = weights.external_data.add()
        entry.key, entry.value = key, value
    shape = made.graph.initializer[1]
    shape.ClearField("raw_data")
    shape.data_location = 1
    entry = shape.external_data.add()
    entry.key, entry.value = "location", "weights.bin"
    return made


def _sparse():  # type: ignore[no-untyped-def]
    from onnx import helper

    made = model([node("MatMul", ["x", "m"], ["y"])], {"x": (1, 4)}, ["y"])
    values = helper.make_tensor("m", 1, [2], [1.0, 2.0])
    places = helper.make_tensor("places", 7, [2], [0, 5])
    made.graph.sparse_initializer.append(helper.make_sparse_tensor(values, places, [4, 2]))
    return made


def _functions():  # type: ignore[no-untyped-def]
    from onnx import helper

    made = model(
        [node("Twice", ["x"], ["h"], domain="own"), node("Twice", ["h"], ["y"], domain="own")], {"x": (1, 4)}, ["y"]
    )
    standard = helper.make_opsetid("", 17)
    nodes = [node("Add", ["a", "a"], ["b"])]
    made.functions.append(helper.make_function("own", "Twice", ["a"], ["b"], nodes, [standard]))
    made.opset_import.append(helper.make_opsetid("own", 1))
    return made


def _quantised():  # type: ignore[no-untyped-def]
    import numpy as np

    nodes = [
        node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        node("DequantizeLinear", ["q", "s", "z"], ["d"]),
        node("MatMul", ["d", "w"], ["m"]),
        node("Softmax", ["m"], ["y"], axis=-1),
    ]
    constants = {"s": np.array(0.1, np.float32), "z": np.array(0, np.uint8), "w": zeros(4, 3)}
    return model(nodes, {"x": (1, 4)}, ["y"], constants)
