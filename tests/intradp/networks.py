"""Small random CNNs with every kind of local operator; and the networks of the onnx package."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph, Tensor, Window

ONNX_NINE = (
    "bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet", "squeezenet", "vgg19",
    "zfnet512",
)  # fmt: skip


def onnx_path(name: str) -> Path:
    """The file of one of the onnx package's networks."""
    import onnx

    return Path(onnx.__file__).parent / "backend" / "test" / "data" / "light" / f"light_{name}.onnx"


def random_cnn(seed: int) -> Graph:
    """A network of 8 to 16 operators on an image of 11 to 20 rows."""
    rng = np.random.default_rng([seed, 9])
    build = GraphBuilder(f"cnn-{seed}")
    x = build.input("image", (1, 3, int(rng.integers(11, 21)), 7))
    for i in range(int(rng.integers(6, 11))):
        x = _layer(build, f"l{i}", x, int(rng.integers(0, 11)), rng)
        if x.shape[2] < 4:
            break
    if rng.random() < 0.6:
        pooled = build.global_pool("pool", x)
        flat = build.add("flat", "Flatten", [pooled], (1, x.shape[1]), attributes={"axis": 1})
        weight = build.weight("fc.weight", (5, x.shape[1]))
        x = build.add("fc", "Gemm", [flat, weight], (1, 5), attributes={"transB": 1})
    return build.build([x])


def _layer(build: GraphBuilder, name: str, x: Tensor, kind: int, rng: np.random.Generator) -> Tensor:
    _, channels, height, width = x.shape
    if kind == 0:
        return build.unary(name, "Relu", x)
    if kind == 1:
        return build.conv(name, x, 4, 3, stride=2, padding=1)
    if kind == 2:  # dilation
        window = Window((3, 3), (1, 1), (2, 2), (2, 2), (2, 2))
        return build.add(
            name, "Conv", [x, build.weight(f"{name}.w", (4, channels, 3, 3))], (1, 4, height, width), window=window
        )
    if kind == 3:  # a residual block, by stages of a strided 1×1 in the skip
        stride = 2 if height > 8 else 1
        main = build.conv(
            f"{name}.b",
            build.unary(f"{name}.r", "Relu", build.conv(f"{name}.a", x, 4, 3, stride=stride, padding=1)),
            4,
            3,
            padding=1,
        )
        return build.binary(f"{name}.add", "Add", main, build.conv(f"{name}.skip", x, 4, 1, stride=stride))
    if kind == 4:  # concatenation of branches
        left, right = build.conv(f"{name}.a", x, 2, 1), build.conv(f"{name}.b", x, 3, 5, padding=2)
        return build.concat(name, [left, right, x], 1)
    if kind == 5 and height < 24:
        return build.add(name, "Resize", [x], (1, channels, 2 * height, 2 * width), attributes={"mode": "nearest"})
    if kind == 6 and height < 24:
        k, s, p = ((4, 2, 1), (3, 2, 0), (2, 2, 0), (5, 2, 2))[int(rng.integers(0, 4))]
        window = Window((k, k), (s, s), (p, p), (p, p), (1, 1), 1, True)
        shape = (1, 3, (height - 1) * s + k - 2 * p, (width - 1) * s + k - 2 * p)
        return build.add(
            name, "ConvTranspose", [x, build.weight(f"{name}.w", (channels, 3, k, k))], shape, window=window
        )
    if kind == 7:
        rows = (height + 2 - 3) // 2 + 1
        window = Window((3, 3), (2, 1), (1, 1), (1, 1), (1, 1), channels)
        return build.add(
            name, ("MaxPool", "AveragePool")[int(rng.integers(0, 2))], [x], (1, channels, rows, width), window=window
        )
    if kind == 8 and channels % 2 == 0:
        return build.conv(name, x, channels, 3, padding=1, groups=2)
    if kind == 9:
        return build.batch_norm(name, x)
    # A crop, joined with the same rows of a convolution without padding.
    inner = build.conv(f"{name}.c", x, channels, 3, padding=0)
    cropped = build.add(
        f"{name}.s", "Slice", [x], (1, channels, height - 2, width - 2),
        attributes={"starts": (1, 1), "ends": (height - 1, width - 1), "axes": (2, 3), "steps": (1, 1)},
    )  # fmt: skip
    return build.binary(f"{name}.add", "Add", inner, cropped) if width > 3 else build.unary(name, "Sigmoid", x)
