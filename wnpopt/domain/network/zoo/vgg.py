"""VGG-19 (Simonyan and Zisserman, "Very deep convolutional networks", ICLR 2015, Table 1, column E)."""

from __future__ import annotations

from wnpopt.core.errors import InputError
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.zoo.pooling import pool

_STAGES = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))  # channels, convolutions
_HALVINGS = 2 ** len(_STAGES)


def vgg_19(batch: int = 1, image: int = 224, classes: int = 1000) -> Graph:
    """16 convolutions and 3 fully connected layers; ``image`` is the side of the input, a multiple of 32."""
    if image % _HALVINGS:
        raise InputError(f"found {image}; a multiple of {_HALVINGS} is needed", where="image")
    build = GraphBuilder("vgg-19", source="Simonyan and Zisserman, ICLR 2015, Table 1, column E")
    x = build.input("image", (batch, 3, image, image))
    for stage, (channels, repeats) in enumerate(_STAGES):
        for i in range(repeats):
            x = build.conv(f"stage{stage}.{i}.conv", x, channels, 3, padding=1)
            x = build.unary(f"stage{stage}.{i}.relu", "Relu", x)
        x = pool(build, f"stage{stage}.pool", "MaxPool", x, 2, stride=2)
    x = build.reshape("flatten", x, (batch, x.elements // batch))
    for i in range(2):
        x = build.unary(f"full{i}.relu", "Relu", build.linear(f"full{i}", x, 4096))
    return build.build([build.linear("classify", x, classes)])
