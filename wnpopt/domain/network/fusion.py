"""Multimodal networks composed of branches and a fusion.

A branch processes one modality with a network of its own; the fusion joins them:

- ``late``: the branches run to their outputs, which are concatenated and weighed by one linear layer;
- ``mid``: each branch is tapped at a feature map, which is pooled and projected; a small perceptron follows;
- ``attention``: each branch's feature map becomes tokens, and transformer blocks attend over the tokens of
  all.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal

from wnpopt.core.errors import InputError
from wnpopt.core.unique import require_unique
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph, Tensor
from wnpopt.domain.network.zoo.transformer import Block, block

FusionKind = Literal["late", "mid", "attention"]


MOST_LAYERS = 1000
"""Of a fusion: each is some dozen operators."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One modality: its network, the bits of raw input that must arrive, and where its features are tapped.

    ``tap`` names a tensor of ``graph``. None: for ``late`` its output; else the last feature map or token
    sequence that still has more than one position.
    """

    modality: str
    graph: Graph
    payload_bits: int
    tap: str | None = None


@dataclass(frozen=True, slots=True)
class Fusion:
    """How the branches are joined. ``width``, ``heads`` and ``layers`` matter only where the kind has
    them."""

    kind: FusionKind
    classes: int
    width: int = 256
    heads: int = 8
    layers: int = 1


@dataclass(frozen=True, slots=True)
class Composition:
    """A multimodal network before it is one graph."""

    name: str
    branches: tuple[Branch, ...]
    fusion: Fusion

    def __post_init__(self) -> None:
        if not self.branches:
            raise InputError("the composition has no branch; at least one is needed", where="branches")
        require_unique("branches", (branch.modality for branch in self.branches), "modality")
        for i, branch in enumerate(self.branches):
            if branch.payload_bits < 0:
                raise InputError(
                    f"found {branch.payload_bits}; a payload is not negative",
                    where=f"branches[{i}].payload_bits",
                )
        for field in ("classes", "width", "heads", "layers"):
            if getattr(self.fusion, field) < 1:
                raise InputError(f"found {getattr(self.fusion, field)}; at least 1 is needed", where=f"fusion.{field}")
        if self.fusion.layers > MOST_LAYERS:
            told = f"found {self.fusion.layers}; at most {MOST_LAYERS} are possible"
            raise InputError(told, where="fusion.layers")
        if self.fusion.kind == "attention" and self.fusion.width % self.fusion.heads:
            raise InputError(
                f"a width of {self.fusion.width} does not divide into {self.fusion.heads} heads",
                where="fusion.heads",
            )


def fuse(composition: Composition) -> Graph:
    """The composition as one graph; each operator's ``modality`` is its branch, None once modalities have
    met.

    Tensors and operators of a branch are named ``modality/…``. Raises :class:`InputError` naming the branch
    if it cannot be tapped as the fusion needs.
    """
    build = GraphBuilder(composition.name)
    fusion = composition.fusion
    features: list[Tensor] = []
    for i, branch in enumerate(composition.branches):
        where = f"branches[{i}]"
        build.modality = branch.modality
        tap = branch.tap if branch.tap is not None else _default_tap(branch.graph, fusion.kind, where)
        if tap not in branch.graph.producer:
            raise InputError(f"no operator makes the tensor {tap!r}", where=f"{where}.tap")
        (tensor,) = build.append(branch.graph, f"{branch.modality}/", [tap])
        if not tensor.shape:
            raise InputError(f"the tensor {tap!r} is a scalar; features are needed", where=f"{where}.tap")
        if features and tensor.shape[0] != features[0].shape[0]:
            raise InputError(
                f"has the batch size {tensor.shape[0]}; that of the first branch is {features[0].shape[0]}",
                where=where,
            )
        features.append(_EMBED[fusion.kind](build, f"{branch.modality}/fusion", tensor, fusion))
    build.modality = None
    return build.build([_JOIN[fusion.kind](build, features, fusion)])


def _default_tap(graph: Graph, kind: FusionKind, where: str) -> str:
    if kind == "late":
        if len(graph.outputs) != 1:
            raise InputError(
                f"{graph.name!r} has the outputs {', '.join(graph.outputs)}; choose one as the tap",
                where=f"{where}.tap",
            )
        return graph.outputs[0]
    for operator in reversed(graph.operators):
        shape = graph.tensor(operator.outputs[0]).shape
        positions = {3: shape[1:2], 4: shape[2:]}.get(len(shape))
        if positions and prod(positions) > 1 and operator.op_type not in ("Reshape", "Transpose"):
            return operator.outputs[0]
    raise InputError(f"{graph.name!r} has no feature map to tap; name a tensor", where=f"{where}.tap")


def _scores(build: GraphBuilder, name: str, x: Tensor, _: Fusion) -> Tensor:
    return x if len(x.shape) == 2 else build.reshape(f"{name}.flatten", x, (x.shape[0], prod(x.shape[1:])))


def _pooled(build: GraphBuilder, name: str, x: Tensor, fusion: Fusion) -> Tensor:
    if len(x.shape) == 3:
        x = build.mean(f"{name}.pool", x, 1)
    elif len(x.shape) == 4:
        x = build.global_pool(f"{name}.pool", x)
        x = build.reshape(f"{name}.flatten", x, x.shape[:2])
    elif len(x.shape) != 2:
        raise InputError(f"cannot pool features of shape {list(x.shape)}; (N, C, H, W) or (N, T, C) are needed")
    x = build.linear(f"{name}.project", x, fusion.width)
    return build.unary(f"{name}.relu", "Relu", x)


def _tokens(build: GraphBuilder, name: str, x: Tensor, fusion: Fusion) -> Tensor:
    if len(x.shape) == 4:
        x = build.reshape(f"{name}.flatten", x, (*x.shape[:2], prod(x.shape[2:])))
        x = build.transpose(f"{name}.transpose", x, (0, 2, 1))
    elif len(x.shape) == 2:
        x = build.reshape(f"{name}.token", x, (x.shape[0], 1, x.shape[1]))
    elif len(x.shape) != 3:
        raise InputError(f"cannot take tokens of shape {list(x.shape)}; (N, C, H, W) or (N, T, C) are needed")
    return build.linear(f"{name}.project", x, fusion.width)


def _join_late(build: GraphBuilder, features: list[Tensor], fusion: Fusion) -> Tensor:
    x = build.concat("fusion.concat", features, 1)
    return build.unary("fusion.softmax", "Softmax", build.linear("fusion.weigh", x, fusion.classes), axis=-1)


def _join_mid(build: GraphBuilder, features: list[Tensor], fusion: Fusion) -> Tensor:
    x = build.concat("fusion.concat", features, 1)
    x = build.unary("fusion.relu", "Relu", build.linear("fusion.hidden", x, fusion.width))
    return build.unary("fusion.softmax", "Softmax", build.linear("fusion.classify", x, fusion.classes), axis=-1)


def _join_attention(build: GraphBuilder, features: list[Tensor], fusion: Fusion) -> Tensor:
    x = build.concat("fusion.concat", features, 1)
    sizes = Block(heads=fusion.heads, hidden=4 * fusion.width, pre_norm=True)
    for layer in range(fusion.layers):
        x = block(build, f"fusion.block{layer}", x, sizes)
    x = build.mean("fusion.pool", build.layer_norm("fusion.norm", x), 1)
    return build.unary("fusion.softmax", "Softmax", build.linear("fusion.classify", x, fusion.classes), axis=-1)


_EMBED = {"late": _scores, "mid": _pooled, "attention": _tokens}
_JOIN = {"late": _join_late, "mid": _join_mid, "attention": _join_attention}
