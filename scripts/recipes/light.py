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
