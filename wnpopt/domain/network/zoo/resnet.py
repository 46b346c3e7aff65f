"""ResNet-152 (He et al., "Deep residual learning for image recognition", CVPR 2016, Table 1)."""

from __future__ import annotations

from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph, Tensor
from wnpopt.domain.network.zoo.pooling import pool

_STAGES = ((64, 3), (128, 8), (256, 36), (512, 3))  # channels of the bottleneck, blocks
_EXPANSION = 4


def resnet_152(batch: int = 1, image: int = 224, classes: int = 1000) -> Graph:
    """Bottleneck blocks with the stride in the 3 x 3 convolution, as torchvision has it."""
    build = GraphBuilder("resnet-152", source="He et al., CVPR 2016, Table 1; stride in the 3 x 3 convolutions")
    x = _unit(build, "stem", build.input("image", (batch, 3, image, image)), 64, 7, stride=2)
    x = pool(build, "stem.pool", "MaxPool", x, 3, stride=2, padding=1)
    for stage, (channels, blocks) in enumerate(_STAGES):
        for i in range(blocks):
            x = _block(build, f"stage{stage}.{i}", x, channels, 2 if stage > 0 and i == 0 else 1)
    x = build.global_pool("pool", x)
    x = build.reshape("flatten", x, (batch, x.shape[1]))
    return build.build([build.linear("classify", x, classes)])


def _unit(
    build: GraphBuilder, name: str, x: Tensor, channels: int, kernel: int, *, stride: int = 1, activate: bool = True
) -> Tensor:
    """Convolution, batch normalisation and, unless a sum follows, ReLU."""
    x = build.conv(f"{name}.conv", x, channels, kernel, stride=stride, padding=kernel // 2, bias=False)
    x = build.batch_norm(f"{name}.norm", x)
    return build.unary(f"{name}.relu", "Relu", x) if activate else x


def _block(build: GraphBuilder, name: str, x: Tensor, channels: int, stride: int) -> Tensor:
    y = _unit(build, f"{name}.reduce", x, channels, 1)
    y = _unit(build, f"{name}.spatial", y, channels, 3, stride=stride)
    y = _unit(build, f"{name}.expand", y, channels * _EXPANSION, 1, activate=False)
    changes = stride != 1 or x.shape[1] != channels * _EXPANSION
    skip = _unit(build, f"{name}.skip", x, channels * _EXPANSION, 1, stride=stride, activate=False) if changes else x
    return build.unary(f"{name}.relu", "Relu", build.binary(f"{name}.add", "Add", y, skip))
