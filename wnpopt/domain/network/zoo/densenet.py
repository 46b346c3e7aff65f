"""DenseNet-121 (Huang et al., "Densely connected convolutional networks", CVPR 2017, Table 1)."""

from __future__ import annotations

from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph, Tensor
from wnpopt.domain.network.zoo.pooling import pool

_BLOCKS = (6, 12, 24, 16)
_GROWTH = 32


def densenet_121(batch: int = 1, image: int = 224, classes: int = 1000) -> Graph:
    """Growth rate 32, bottleneck layers, transitions that halve channels and rows."""
    build = GraphBuilder("densenet-121", source="Huang et al., CVPR 2017, Table 1")
    x = build.conv("stem.conv", build.input("image", (batch, 3, image, image)), 64, 7, stride=2, padding=3, bias=False)
    x = pool(build, "stem.pool", "MaxPool", _activated(build, "stem", x), 3, stride=2, padding=1)
    for block, layers in enumerate(_BLOCKS):
        for i in range(layers):
            x = build.concat(f"block{block}.{i}.concat", [x, _layer(build, f"block{block}.{i}", x)], 1)
        if block < len(_BLOCKS) - 1:
            name = f"transition{block}"
            x = build.conv(f"{name}.conv", _activated(build, name, x), x.shape[1] // 2, 1, bias=False)
            x = pool(build, f"{name}.pool", "AveragePool", x, 2, stride=2)
    x = build.global_pool("pool", _activated(build, "head", x))
    x = build.reshape("flatten", x, (batch, x.shape[1]))
    return build.build([build.linear("classify", x, classes)])


def _activated(build: GraphBuilder, name: str, x: Tensor) -> Tensor:
    return build.unary(f"{name}.relu", "Relu", build.batch_norm(f"{name}.norm", x))


def _layer(build: GraphBuilder, name: str, x: Tensor) -> Tensor:
    y = build.conv(f"{name}.reduce.conv", _activated(build, f"{name}.reduce", x), 4 * _GROWTH, 1, bias=False)
    return build.conv(f"{name}.conv", _activated(build, name, y), _GROWTH, 3, padding=1, bias=False)
