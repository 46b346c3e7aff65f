"""Random ONNX networks of a few operators whose rows are shifted, padded, resized and joined in odd ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.intradp.onnx_rig import NotExecutableError, run, session

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto


class _Builder:
    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng([seed, 5])
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, np.ndarray] = {}
        self.shape = (1, 3, int(self.rng.integers(12, 24)), 4)
        self.first = self.shape
        self.last = "x"

    def pick(self, *values: Any) -> Any:
        return values[int(self.rng.integers(0, len(values)))]

    def constant(self, value: np.ndarray) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def real(self, *shape: int) -> str:
        return self.constant(self.rng.normal(size=shape).astype(np.float32))

    def whole(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def node(self, op: str, arguments: list[str], count: int = 1, **attributes: Any) -> list[str]:
        from onnx import helper

        outputs = [f"t{len(self.nodes)}.{i}" for i in range(count)]
        self.nodes.append(helper.make_node(op, arguments, outputs, **attributes))
        return outputs

    def model(self) -> ModelProto:
        from onnx import ValueInfoProto, helper, numpy_helper

        graph = helper.make_graph(
            self.nodes, "random", [helper.make_tensor_value_info("x", 1, self.first)], [ValueInfoProto(name=self.last)],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items()],
        )  # fmt: skip
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)

    def grow(self) -> None:
        """One more layer; as before where onnxruntime does not run it or too few or too many rows are left."""
        saved = (list(self.nodes), dict(self.constants), self.last)
        self.last = self.layer()
        try:
            made = run(session(self.model(), [self.last]), [self.last], {"x": np.zeros(self.first, np.float32)})
            shape = made[self.last].shape
        except NotExecutableError:
            shape = ()
        if len(shape) == 4 and 4 <= shape[2] <= 60 and shape[3] <= 12 and shape[1] <= 12:
            self.shape = shape
        else:
            self.nodes, self.constants, self.last = saved

    def layer(self) -> str:
        pick, x, (_, channels, rows, columns) = self.pick, self.last, self.shape
        kind = int(self.rng.integers(0, 12))
        kernel, stride, dilation = pick(1, 2, 3, 4), pick(1, 2, 3), pick(1, 1, 2)
        pads = {"pads": [pick(0, 1, 2), 0, pick(0, 1, 2), 0]}
        if pick(False, True):
            pads = {"auto_pad": pick("SAME_UPPER", "SAME_LOWER", "VALID")}
        around = {"strides": [stride, 1], "dilations": [dilation, 1], **pads}
        if kind == 0:
            return self.node("Conv", [x, self.real(3, channels, kernel, 1)], **around)[0]
        if kind == 1:
            return self.node("MaxPool", [x], kernel_shape=[kernel, 1], ceil_mode=pick(0, 1), **around)[0]
        if kind == 2:
            del around["dilations"]
            options = {"ceil_mode": pick(0, 1), "count_include_pad": pick(0, 1)}
            return self.node("AveragePool", [x], kernel_shape=[kernel, 1], **options, **around)[0]
        if kind == 3:
            if pick(False, True):
                full = (rows - 1) * stride + dilation * (kernel - 1) + 1
                around["output_shape"] = [full - pick(0, 1, 2, 3), columns]
            return self.node("ConvTranspose", [x, self.real(channels, 2, kernel, 1)], **around)[0]
        if kind == 4:
            way = pick("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
            factor = self.constant(np.array([1, 1, pick(2, 3, 0.5, 1.5, 0.7), 1], np.float32))
            nearest = pick("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
            options = {
                "mode": pick("nearest", "linear"),
                "nearest_mode": nearest,
                "coordinate_transformation_mode": way,
            }
            return self.node("Resize", [x, "", factor], **options)[0]
        if kind == 5:
            axes = pick((3, 2), (2, 3), (2, 1), (-2, 3))
            amounts = [pick(2, 1, -1, -3) if a in (2, -2) else 0 for a in axes * 2]
            return self.node("Pad", [x, self.whole(*amounts), "", self.whole(*axes)])[0]
        if kind == 6:
            start, end, step = pick(0, 2, -6), pick(-1, rows, 9), pick(1, 1, 2)
            return self.node("Slice", [x, self.whole(start), self.whole(end), self.whole(2), self.whole(step)])[0]
        if kind == 7:
            token = self.real(1, channels, pick(1, 2), columns)
            other = self.node("Neg", [x])[0]
            return self.node("Concat", pick([token, x], [x, token, other], [token, other, token, x]), axis=2)[0]
        if kind == 8:
            left, right = self.node("Split", [x, self.whole(1, channels - 1)], 2, axis=1)
            return self.node("Concat", [right, left, self.real(1, 1, rows, columns)], axis=pick(1, -3))[0]
        if kind == 9:
            return self.node(pick("Add", "Mul"), pick([x, self.real(1, 1, rows, 1)], [self.real(columns), x]))[0]
        if kind == 10:
            turned = self.node("Transpose", [x], perm=[0, 2, 3, 1])[0]
            product = self.node("MatMul", [turned, self.real(channels, 3)])[0]
            return self.node("Transpose", [product], perm=[0, 3, 1, 2])[0]
        return self.node("LeakyRelu", [x], alpha=0.3)[0]


def random_model(seed: int) -> ModelProto:
    """A network of up to five layers on an image of 12 to 23 rows."""
    build = _Builder(seed)
    while not build.nodes:
        for _ in range(5):
            build.grow()
    return build.model()


def token_model(seed: int) -> ModelProto:
    """A class token in front of a sequence, positions, and a block of attention whose last rows are shuffled."""
    build = _Builder(seed)
    build.first = (1, 11, 8)
    node, real, whole = build.node, build.real, build.whole
    x = node("Concat", [real(1, 1, 8), "x"] if seed % 2 else [real(1, 2, 8), "x", real(1, 1, 8)], axis=1)[0]
    rows = 12 if seed % 2 else 14
    x = node("Add", [x, real(1, rows, 8)])[0]
    normal = node("LayerNormalization", [x, real(8), real(8)], axis=-1)[0]
    query, key, value = node("Split", [node("MatMul", [normal, real(8, 24)])[0], whole(8, 8, 8)], 3, axis=2)
    scores = node("MatMul", [query, node("Transpose", [key], perm=[0, 2, 1])[0]])[0]
    mixed = node("MatMul", [node("Softmax", [scores], axis=-1)[0], value])[0]
    x = node("Add", [x, node("MatMul", [node("Neg", [x])[0], real(8, 8)])[0]])[0]
    if seed % 3:
        row = node("Slice", [x, whole(3), whole(4), whole(1)])[0]
        rest = node("Slice", [node("Mul", [x, row])[0], whole(1), whole(99), whole(1)])[0]
        x = node("Concat", [rest, row], axis=1)[0]
    build.last = node("Add", [mixed, x])[0] if seed % 2 else x
    return build.model()
