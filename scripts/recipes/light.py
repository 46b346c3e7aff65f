"""The networks of the onnx package with random weights of a fixed seed, as files that run.

The package has them without weights (each is made of one number), so that their outputs would be equal whatever is
mixed up, or no numbers at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnx import NodeProto

SQUASHING = ("Softmax",)


def write_network(name: str, path: Path, seed: int = 0) -> Path:
    """``light_NAME.onnx`` with weights that keep values of about 1 through all layers; logits are its output.

    Raises FileNotFoundError where the onnx package has no such file.
    """
    import onnx
    from onnx import helper, numpy_helper

    source = Path(str(onnx.__file__)).parent / "backend" / "test" / "data" / "light" / f"light_{name}.onnx"
    model = onnx.load(str(source))
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    reader = {argument: (node, place) for node in graph.node for place, argument in enumerate(node.input)}
    rng = np.random.default_rng([seed, 0x6C69])
    nodes, shapes = [], set()
    for node in graph.node:
        if node.op_type != "ConstantOfShape" or node.input[0] not in stored:
            nodes.append(node)
            continue
        shapes.add(node.input[0])
        shape = [int(extent) for extent in numpy_helper.to_array(stored[node.input[0]])]
        value = _weights(*reader[node.output[0]], shape, rng)
        stored[node.output[0]] = numpy_helper.from_array(value, node.output[0])
    outputs = [output.name for output in graph.output]
    while nodes[-1].op_type in SQUASHING and list(nodes[-1].output) == outputs:
        outputs = [nodes.pop().input[0]]
    used = {argument for node in nodes for argument in node.input}
    kept = [tensor for tensor_name, tensor in stored.items() if tensor_name in used]
    inputs = [given for given in graph.input if given.name not in stored]
    made = helper.make_graph(nodes, name, inputs, [onnx.ValueInfoProto(name=one) for one in outputs], kept)
    for output in made.output:
        output.type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    whole = helper.make_model(made, opset_imports=list(model.opset_import), ir_version=max(4, model.ir_version))
    onnx.save(whole, str(path))
    return path


def _weights(node: NodeProto, place: int, shape: list[int], rng: np.random.Generator) -> np.ndarray:
    if node.op_type == "BatchNormalization":
        value = rng.uniform(0.8, 1.2, shape) if place in (1, 4) else 0.1 * rng.normal(size=shape)
    elif len(shape) > 1:
        value = rng.normal(size=shape) * np.sqrt(2 / max(1, int(np.prod(shape[1:]))))
    else:
        value = 0.1 * rng.normal(size=shape) if node.op_type != "Mul" else rng.uniform(0.8, 1.2, shape)
    return value.astype(np.float32)


def write_made(path: Path, seed: int = 0) -> Path:
    """A residual network of this repository's own: 3 x 160 x 160 to ten logits, 1.6 M weights."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng([seed, 0x6D61])
    nodes, weights = [], []

    def conv(source: str, name: str, before: int, after: int, stride: int = 1) -> str:
        value = rng.normal(size=(after, before, 3, 3)) * np.sqrt(2 / (9 * before))
        weights.append(numpy_helper.from_array(value.astype(np.float32), f"{name}.w"))
        nodes.append(
            helper.make_node(
                "Conv", [source, f"{name}.w"], [f"{name}.c"], name=name, strides=[stride] * 2, pads=[1] * 4
            )
        )
        nodes.append(helper.make_node("Relu", [f"{name}.c"], [name], name=f"{name}.relu"))
        return name

    last, channels = conv("image", "stem", 3, 32, 2), 32
    for stage, width in enumerate((32, 64, 128, 192)):
        last, channels = conv(last, f"stage{stage}", channels, width, 2 if stage else 1), width
        for block in range(2):
            name = f"stage{stage}.block{block}"
            made = conv(last, name, width, width)
            nodes.append(helper.make_node("Add", [last, made], [f"{name}.sum"], name=f"{name}.add"))
            last = f"{name}.sum"
    value = rng.normal(size=(channels, 10)) / np.sqrt(channels)
    weights.append(numpy_helper.from_array(value.astype(np.float32), "head.w"))
    nodes += [
        helper.make_node("GlobalAveragePool", [last], ["pooled"], name="pool"),
        helper.make_node("Flatten", ["pooled"], ["flat"], name="flatten"),
        helper.make_node("Gemm", ["flat", "head.w"], ["logits"], name="head"),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 160, 160])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])
    graph = helper.make_graph(nodes, "made", [image], [logits], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path
