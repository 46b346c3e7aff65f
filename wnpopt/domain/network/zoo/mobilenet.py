"""MobileNetV2 (Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018, Table 2)."""

from __future__ import annotations

from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph, Tensor

_STAGES = (  # expansion, channels, repeats, stride of the first
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def mobilenet_v2(batch: int = 1, image: int = 224, classes: int = 1000) -> Graph:
    """Width multiplier 1; ``image`` is the side of the square input."""
    build = GraphBuilder("mobilenet-v2", source="Sandler et al., CVPR 2018, Table 2")
    x = _unit(build, "stem", build.input("image", (batch, 3, image, image)), 32, 3, stride=2)
    for stage, (expansion, channels, repeats, stride) in enumerate(_STAGES):
        for i in range(repeats):
            x = _bottleneck(build, f"stage{stage}.{i}", x, expansion, channels, stride if i == 0 else 1)
    x = _unit(build, "head", x, 1280, 1)
    x = build.global_pool("pool", x)
    x = build.reshape("flatten", x, (batch, 1280))
    return build.build([build.linear("classify", x, classes)])


def _unit(
    build: GraphBuilder, name: str, x: Tensor, channels: int, kernel: int, *, stride: int = 1, groups: int = 1,
    activate: bool = True,
) -> Tensor:  # fmt: skip
    """Convolution, batch normalisation and, unless it is a linear bottleneck, ReLU6."""
    x = build.conv(f"{name}.conv", x, channels, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False)
    x = build.batch_norm(f"{name}.norm", x)
    return build.unary(f"{name}.relu6", "Clip", x, min=0.0, max=6.0) if activate else x


def _bottleneck(build: GraphBuilder, name: str, x: Tensor, expansion: int, channels: int, stride: int) -> Tensor:
    hidden = x.shape[1] * expansion
    y = _unit(build, f"{name}.expand", x, hidden, 1) if expansion > 1 else x
    y = _unit(build, f"{name}.depthwise", y, hidden, 3, stride=stride, groups=hidden)
    y = _unit(build, f"{name}.project", y, channels, 1, activate=False)
    return build.binary(f"{name}.add", "Add", x, y) if stride == 1 and x.shape[1] == channels else y
