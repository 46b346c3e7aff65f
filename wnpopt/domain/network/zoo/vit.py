"""ViT-B/16 (Dosovitskiy et al., "An image is worth 16x16 words", ICLR 2021, Table 1 and section 3.1)."""

from __future__ import annotations

from wnpopt.core.errors import InputError
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.zoo.transformer import Block, block

_PATCH, _WIDTH, _LAYERS = 16, 768, 12
_SIZES = Block(heads=12, hidden=3072, pre_norm=True)


def vit_b_16(batch: int = 1, image: int = 224, classes: int = 1000) -> Graph:
    """Patches of 16 x 16, 12 layers of width 768; ``image`` is the side of the input, a multiple of 16."""
    if image % _PATCH:
        raise InputError(f"found {image}; a multiple of {_PATCH} is needed", where="image")
    build = GraphBuilder("vit-b-16", source="Dosovitskiy et al., ICLR 2021, Table 1")
    x = build.conv("patch", build.input("image", (batch, 3, image, image)), _WIDTH, _PATCH, stride=_PATCH)
    patches = (image // _PATCH) ** 2
    x = build.reshape("patch.flatten", x, (batch, _WIDTH, patches))
    x = build.transpose("patch.transpose", x, (0, 2, 1))
    x = build.add("class.concat", "Concat", [build.weight("class.token", (1, 1, _WIDTH)), x],
                  (batch, patches + 1, _WIDTH), attributes={"axis": 1})  # fmt: skip
    x = build.binary("position", "Add", x, build.weight("position.embedding", (1, patches + 1, _WIDTH)))
    for layer in range(_LAYERS):
        x = block(build, f"layer{layer}", x, _SIZES)
    x = build.layer_norm("norm", x)
    x = build.add("class.take", "Gather", [x], (batch, _WIDTH), attributes={"axis": 1})
    return build.build([build.linear("classify", x, classes)])
