"""Small networks of the kinds that exporters write, operator by operator, with random weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto


class Blocks:
    """A model under construction: each method appends operators and names what they make."""

    def __init__(self, seed: int = 0, opset: int = 17) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.rng = np.random.default_rng(seed)
        self.opset = opset

    def constant(self, value: Any) -> str:
        from onnx import numpy_helper

        name = f"k{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weight(self, *shape: int) -> str:
        fan = max(1, int(np.prod(shape[:-1] if len(shape) == 2 else shape[1:])))
        return self.constant((self.rng.normal(size=shape) / np.sqrt(fan)).astype(np.float32))

    def op(self, kind: str, *reads: str, **attributes: Any) -> str:
        from onnx import helper

        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(reads), [name], **attributes))
        return name

    def ints(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def reshape(self, x: str, *shape: int) -> str:
        return self.op("Reshape", x, self.ints(*shape))

    def linear(self, x: str, before: int, after: int) -> str:
        return self.op("Add", self.op("MatMul", x, self.weight(before, after)), self.weight(after))

    def norm(self, x: str, channels: int) -> str:
        scale = self.constant(self.rng.uniform(0.5, 1.5, channels).astype(np.float32))
        return self.op("LayerNormalization", x, scale, self.weight(channels), axis=-1)

    def gelu(self, x: str) -> str:
        half = self.op("Erf", self.op("Div", x, self.constant(np.float32(1.4142))))
        return self.op("Mul", self.op("Mul", x, self.op("Add", half, self.constant(np.float32(1)))),
                       self.constant(np.float32(0.5)))  # fmt: skip

    def conv(self, x: str, before: int, after: int, kernel: int, **options: Any) -> str:
        groups = options.pop("group", 1)
        pad = options.pop("pad", kernel // 2)
        return self.op(
            "Conv", x, self.weight(after, before // groups, kernel, kernel), self.weight(after), pads=[pad] * 4,
            group=groups, **options,
        )  # fmt: skip

    def attention(self, x: str, windows: int, tokens: int, channels: int, heads: int, mask: str = "") -> str:
        """Of each of ``windows`` sequences of ``tokens``: (windows, tokens, channels)."""
        each = channels // heads
        joint = self.reshape(self.linear(x, channels, 3 * channels), windows, tokens, 3, heads, each)
        joint = self.op("Transpose", joint, perm=[2, 0, 3, 1, 4])
        query, key, value = (self.op("Gather", joint, self.constant(np.int64(i)), axis=0) for i in range(3))
        scores = self.op("MatMul", query, self.op("Transpose", key, perm=[0, 1, 3, 2]))
        if mask:
            scores = self.op("Add", scores, mask)
        mixed = self.op("MatMul", self.op("Softmax", scores, axis=-1), value)
        mixed = self.reshape(self.op("Transpose", mixed, perm=[0, 2, 1, 3]), windows, tokens, channels)
        return self.linear(mixed, channels, channels)

    def model(self, inputs: dict[str, tuple[tuple[int, ...], int]], *outputs: str) -> ModelProto:
        from onnx import helper

        graph = helper.make_graph(
            self.nodes, "g",
            [helper.make_tensor_value_info(name, kind, shape) for name, (shape, kind) in inputs.items()],
            [helper.make_empty_tensor_value_info(name) for name in outputs], self.constants,
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[
            helper.make_opsetid("", self.opset), helper.make_opsetid("com.microsoft", 1),
        ])  # fmt: skip
        model.ir_version = 8
        return model


def convnext() -> ModelProto:
    """A stem, two blocks with channels moved last and back, pooling and a classifier."""
    b = Blocks(1)
    x = b.conv("x", 3, 8, 4, pad=0, strides=[4, 4])
    for _ in range(2):
        y = b.op("Transpose", b.conv(x, 8, 8, 7, group=8), perm=[0, 2, 3, 1])
        y = b.linear(b.gelu(b.linear(b.norm(y, 8), 8, 32)), 32, 8)
        y = b.op("Transpose", b.op("Mul", y, b.weight(8)), perm=[0, 3, 1, 2])
        x = b.op("Add", x, y)
    pooled = b.op("Flatten", b.op("GlobalAveragePool", x), axis=1)
    return b.model({"x": ((1, 3, 64, 32), 1)}, b.op("Gemm", pooled, b.weight(8, 5)))


def swin() -> ModelProto:
    """Two blocks on 12 rows of 8 in windows of 4 x 4, the second one's rolled by 2, and the halving of rows."""
    b, (rows, columns, size, channels) = Blocks(2), (12, 8, 4, 8)
    x = b.op("Transpose", b.conv("x", 3, channels, 2, pad=0, strides=[2, 2]), perm=[0, 2, 3, 1])
    count = rows * columns // size**2
    for shift in (0, size // 2):
        y = b.norm(x, channels)
        for axis in (1, 2) if shift else ():
            y = _rolled(b, y, axis, shift)
        y = b.reshape(y, 1, rows // size, size, columns // size, size, channels)
        y = b.reshape(b.op("Transpose", y, perm=[0, 1, 3, 2, 4, 5]), count, size**2, channels)
        mask = b.weight(count, 1, size**2, size**2) if shift else b.weight(1, 2, size**2, size**2)
        y = b.attention(y, count, size**2, channels, 2, mask)
        y = b.reshape(y, 1, rows // size, columns // size, size, size, channels)
        y = b.reshape(b.op("Transpose", y, perm=[0, 1, 3, 2, 4, 5]), 1, rows, columns, channels)
        for axis in (1, 2) if shift else ():
            y = _rolled(b, y, axis, -shift)
        x = b.op("Add", x, y)
        x = b.op("Add", x, b.linear(b.gelu(b.linear(b.norm(x, channels), channels, 16)), 16, channels))
    quarters = [
        b.op("Slice", x, b.ints(i, j), b.ints(rows, columns), b.ints(1, 2), b.ints(2, 2))
        for i in (0, 1) for j in (0, 1)
    ]  # fmt: skip
    return b.model({"x": ((1, 3, 24, 16), 1)}, b.linear(b.op("Concat", *quarters, axis=-1), 32, 16))


def _rolled(b: Blocks, x: str, axis: int, shift: int) -> str:
    end = 2**40
    first = b.op("Slice", x, b.ints(shift), b.ints(end), b.ints(axis))
    second = b.op("Slice", x, b.ints(0), b.ints(shift), b.ints(axis))
    return b.op("Concat", first, second, axis=axis)


def vit(batch: int = 1) -> ModelProto:
    """Patches as tokens behind a class token, an encoder layer, and all tokens' scores."""
    b = Blocks(3)
    x = b.conv("x", 3, 8, 4, pad=0, strides=[4, 4])
    x = b.op("Transpose", b.reshape(x, batch, 8, 15), perm=[0, 2, 1])
    x = b.op("Add", b.op("Concat", b.weight(batch, 1, 8), x, axis=1), b.weight(1, 16, 8))
    x = b.op("Add", x, b.attention(b.norm(x, 8), batch, 16, 8, 2))
    x = b.op("Add", x, b.linear(b.gelu(b.linear(b.norm(x, 8), 8, 32)), 32, 8))
    return b.model({"x": ((batch, 3, 20, 12), 1)}, b.linear(x, 8, 5))


def squeeze_and_excitation() -> ModelProto:
    """Channels weighed by what they are on average: the average is global, the weighing local."""
    b = Blocks(4)
    x = b.op("Relu", b.conv("x", 3, 8, 3, strides=[2, 2]))
    for pool in ("GlobalAveragePool", "ReduceMean"):
        y = b.op(pool, x) if pool != "ReduceMean" else b.op(pool, x, axes=[2, 3])
        y = b.op("Relu", b.conv(y, 8, 4, 1))
        x = b.op("Mul", x, b.op("HardSigmoid", b.conv(y, 4, 8, 1)))
        x = b.conv(x, 8, 8, 3, group=8)
    return b.model({"x": ((1, 3, 18, 10), 1)}, b.conv(x, 8, 2, 1))


def unet() -> ModelProto:
    """Down and up again, with skips, by all three ways of enlarging."""
    b = Blocks(5)
    skips = []
    x = b.op("Relu", b.conv("x", 2, 4, 3))
    for _ in range(3):
        skips.append(x)
        x = b.op("Relu", b.conv(b.op("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]), 4, 4, 3))
    up = b.op("ConvTranspose", x, b.weight(4, 4, 2, 2), strides=[2, 2])
    x = b.op("Relu", b.conv(b.op("Concat", up, skips.pop(), axis=1), 8, 4, 3))
    scales = b.constant(np.array([1, 1, 2, 2], np.float32))
    up = b.op("Resize", x, "", scales, mode="nearest", coordinate_transformation_mode="asymmetric",
              nearest_mode="floor")  # fmt: skip
    x = b.op("Relu", b.conv(b.op("Concat", up, skips.pop(), axis=1), 8, 16, 3))
    shuffled = b.op("Transpose", b.reshape(x, 1, 4, 2, 2, 16, 12), perm=[0, 1, 4, 2, 5, 3])
    x = b.op("Concat", b.reshape(shuffled, 1, 4, 32, 24), skips.pop(), axis=1)
    return b.model({"x": ((1, 2, 32, 24), 1)}, b.conv(x, 8, 1, 3))


def quantised() -> ModelProto:
    """Convolutions between quantisations, a sum, and a classifier of every pixel."""
    b = Blocks(6)
    scale, zero = b.constant(np.float32(0.05)), b.constant(np.uint8(128))
    wide = b.constant(np.float32(2.0))

    def both(name: str, by: str = scale) -> str:
        return b.op("DequantizeLinear", b.op("QuantizeLinear", name, by, zero), by, zero)

    def kernel(after: int, before: int, size: int) -> str:
        value = b.rng.integers(-90, 90, (after, before, size, size)).astype(np.int8)
        return b.op("DequantizeLinear", b.constant(value), b.constant(np.float32(0.01)), b.constant(np.int8(0)))

    x = both("x", wide)
    y = both(b.op("Conv", x, kernel(4, 3, 3), pads=[1, 1, 1, 1], strides=[2, 2]), wide)
    z = both(b.op("Conv", y, kernel(4, 4, 3), pads=[1, 1, 1, 1]), wide)
    total = both(b.op("Add", y, z), wide)
    return b.model({"x": ((1, 3, 20, 8), 1)}, b.op("Softmax", b.op("Conv", total, kernel(3, 4, 1)), axis=1))


def half() -> ModelProto:
    """Half precision within, single outside."""
    b = Blocks(7)
    kernel = b.constant(b.rng.normal(size=(4, 3, 3, 3)).astype(np.float16))
    x = b.op("Conv", b.op("Cast", "x", to=10), kernel, pads=[1, 1, 1, 1])
    x = b.op("Relu", x)
    return b.model({"x": ((1, 3, 14, 6), 1)}, b.op("Cast", x, to=1))


def sounds() -> ModelProto:
    """One-dimensional convolutions over time, a recurrent layer, and scores of every step."""
    b = Blocks(8)
    x = b.op("Relu", b.op("Conv", "x", b.weight(8, 6, 5), pads=[2, 2], strides=[2]))
    x = b.op("Relu", b.op("Conv", x, b.weight(8, 1, 3), pads=[2, 2], dilations=[2], group=8))
    x = b.op("Transpose", x, perm=[2, 0, 1])
    b.nodes.append(_lstm(b, x))
    x = b.op("Squeeze", "lstm", b.ints(1))
    return b.model({"x": ((1, 6, 20), 1)}, b.linear(x, 4, 3))


def _lstm(b: Blocks, x: str) -> Any:
    from onnx import helper

    return helper.make_node("LSTM", [x, b.weight(1, 16, 8), b.weight(1, 16, 4)], ["lstm"], hidden_size=4)


def text() -> ModelProto:
    """Tokens and a mask: an embedding and an encoder layer that attends to what is not masked."""
    b = Blocks(9)
    x = b.op("Gather", b.weight(200, 8), "ids", axis=0)
    x = b.op("Add", x, b.weight(1, 10, 8))
    mask = b.op("Unsqueeze", b.op("Cast", "mask", to=1), b.ints(1, 2))
    mask = b.op("Mul", b.op("Sub", b.constant(np.float32(1)), mask), b.constant(np.float32(-3)))
    x = b.op("Add", x, b.attention(b.norm(x, 8), 1, 10, 8, 2, mask))
    x = b.op("Add", x, b.linear(b.gelu(b.linear(b.norm(x, 8), 8, 16)), 16, 8))
    return b.model({"ids": ((1, 10), 7), "mask": ((1, 10), 1)}, x)


BLOCKS: dict[str, tuple[Callable[[], ModelProto], int]] = {
    "convnext": (convnext, 3),  # pooling, flattening, the classifier
    "swin": (swin, 0),
    "vit": (vit, 0),
    "vit, three images": (lambda: vit(3), 0),
    "squeeze and excitation": (squeeze_and_excitation, 10),  # twice: average, convolution, activation, twice of both
    "unet": (unet, 0),
    "quantised": (quantised, 0),
    "half precision": (half, 0),
    "sounds": (sounds, 4),  # the recurrent layer, and all that comes after it
    "text": (text, 0),
}
"""The networks, and how many of their operators cannot be split."""
