"""GPT-2, the smallest model (Radford et al., "Language models are unsupervised multitask learners", 2019, Table 2)."""

from __future__ import annotations

from wnpopt.core.errors import InputError
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.zoo.transformer import Block, block

_WIDTH, _LAYERS, _WORDS, _POSITIONS = 768, 12, 50257, 1024
_SIZES = Block(heads=12, hidden=3072, pre_norm=True)


def gpt2(batch: int = 1, tokens: int = 128) -> Graph:
    """One pass over ``tokens`` tokens (at most 1024), scores of the next word at each; no cache.

    The output layer shares the table of word embeddings, which counts once. Attention is counted over all pairs of
    tokens, as most implementations compute it, not only over the causal half.
    """
    if tokens > _POSITIONS:
        raise InputError(f"found {tokens}; at most {_POSITIONS} tokens are possible", where="tokens")
    build = GraphBuilder("gpt2", source="Radford et al., 2019, Table 2; vocabulary of 50,257")
    words = build.input("words", (batch, tokens), "int64")
    shape = (batch, tokens, _WIDTH)
    table = build.weight("embed.words.table", (_WORDS, _WIDTH))
    x = build.add("embed.words", "Gather", [table, words], shape, dtype=build.dtype)
    x = build.add("embed.add", "Add", [x, build.weight("embed.positions.table", (_POSITIONS, _WIDTH))], shape)
    for layer in range(_LAYERS):
        x = block(build, f"layer{layer}", x, _SIZES)
    x = build.layer_norm("norm", x)
    return build.build([build.add("scores", "MatMul", [x, table], (batch, tokens, _WORDS))])
