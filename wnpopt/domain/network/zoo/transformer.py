"""The transformer block, from which ViT, BERT, GPT-2 and fusion heads are made."""

from __future__ import annotations

from dataclasses import dataclass

from wnpopt.core.errors import InputError
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Tensor


@dataclass(frozen=True, slots=True)
class Block:
    """Sizes of a transformer block (Vaswani et al., "Attention is all you need", 2017, section 3).

    ``pre_norm``: normalise before attention and feed-forward (ViT, GPT-2) rather than after (BERT).
    """

    heads: int
    hidden: int
    pre_norm: bool


def block(build: GraphBuilder, name: str, x: Tensor, sizes: Block) -> Tensor:
    """One encoder or decoder block on tokens ``x`` of shape (batch, tokens, width)."""
    normed = build.layer_norm(f"{name}.norm1", x) if sizes.pre_norm else x
    y = build.binary(f"{name}.add1", "Add", x, attention(build, f"{name}.attention", normed, sizes.heads))
    if not sizes.pre_norm:
        y = build.layer_norm(f"{name}.norm1", y)
    normed = build.layer_norm(f"{name}.norm2", y) if sizes.pre_norm else y
    z = build.binary(f"{name}.add2", "Add", y, _feed_forward(build, f"{name}.mlp", normed, sizes.hidden))
    return z if sizes.pre_norm else build.layer_norm(f"{name}.norm2", z)


def attention(build: GraphBuilder, name: str, x: Tensor, heads: int) -> Tensor:
    """Multi-head self-attention; a causal mask would change no count and is left out."""
    batch, tokens, width = x.shape
    if width % heads:
        raise InputError(f"a width of {width} does not divide into {heads} heads", where="heads")
    depth = width // heads

    def head(part: str, perm: tuple[int, ...]) -> Tensor:
        y = build.linear(f"{name}.{part}", x, width)
        y = build.reshape(f"{name}.{part}.heads", y, (batch, tokens, heads, depth))
        return build.transpose(f"{name}.{part}.transpose", y, perm)

    query, key = head("query", (0, 2, 1, 3)), head("key", (0, 2, 3, 1))
    scores = build.matmul(f"{name}.scores", query, key)
    scores = build.binary(f"{name}.scale", "Mul", scores, build.buffer(f"{name}.scale.factor", ()))
    weights = build.unary(f"{name}.softmax", "Softmax", scores, axis=-1)
    mixed = build.matmul(f"{name}.mix", weights, head("value", (0, 2, 1, 3)))
    mixed = build.transpose(f"{name}.mix.transpose", mixed, (0, 2, 1, 3))
    mixed = build.reshape(f"{name}.mix.join", mixed, (batch, tokens, width))
    return build.linear(f"{name}.output", mixed, width)


def _feed_forward(build: GraphBuilder, name: str, x: Tensor, hidden: int) -> Tensor:
    y = build.linear(f"{name}.up", x, hidden)
    y = build.unary(f"{name}.gelu", "Gelu", y)
    return build.linear(f"{name}.down", y, x.shape[-1])
