"""ConvNeXt-L (Liu et al., "A ConvNet for the 2020s", CVPR 2022, section 2.7 and Table 9)."""

from __future__ import annotations

from wnpopt.core.errors import InputError
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph, Tensor

_STAGES = ((192, 3), (384, 3), (768, 27), (1536, 3))  # channels, blocks
_PATCH = 4
_STEP = _PATCH * 2 ** (len(_STAGES) - 1)


def convnext_large(batch: int = 1, image: int = 224, classes: int = 1000) -> Graph:
    """The block with 1 x 1 convolutions; the one with linear layers on the last axis computes the same.

    ``image`` is the side of the input, a multiple of 32.
    """
    if image % _STEP:
        raise InputError(f"found {image}; a multiple of {_STEP} is needed", where="image")
    build = GraphBuilder("convnext-l", source="Liu et al., CVPR 2022, section 2.7")
    x = build.input("image", (batch, 3, image, image))
    for stage, (channels, blocks) in enumerate(_STAGES):
        if stage == 0:
            x = build.conv("stem.conv", x, channels, _PATCH, stride=_PATCH)
            x = _channel_norm(build, "stem.norm", x)
        else:
            x = _channel_norm(build, f"down{stage}.norm", x)
            x = build.conv(f"down{stage}.conv", x, channels, 2, stride=2)
        for i in range(blocks):
            x = _block(build, f"stage{stage}.{i}", x)
    x = build.global_pool("pool", x)
    x = build.layer_norm("norm", build.reshape("flatten", x, (batch, x.shape[1])))
    return build.build([build.linear("classify", x, classes)])


def _channel_norm(build: GraphBuilder, name: str, x: Tensor) -> Tensor:
    """Normalisation over the channels of an (N, C, H, W) tensor."""
    y = build.layer_norm(name, build.transpose(f"{name}.last", x, (0, 2, 3, 1)))
    return build.transpose(f"{name}.first", y, (0, 3, 1, 2))


def _block(build: GraphBuilder, name: str, x: Tensor) -> Tensor:
    channels = x.shape[1]
    y = build.conv(f"{name}.depthwise", x, channels, 7, padding=3, groups=channels)
    y = build.conv(f"{name}.up", _channel_norm(build, f"{name}.norm", y), 4 * channels, 1)
    y = build.conv(f"{name}.down", build.unary(f"{name}.gelu", "Gelu", y), channels, 1)
    y = build.binary(f"{name}.scale", "Mul", y, build.weight(f"{name}.scale.factor", (channels, 1, 1)))
    return build.binary(f"{name}.add", "Add", x, y)
