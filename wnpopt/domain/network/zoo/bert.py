"""BERT-base (Devlin et al., "BERT: pre-training of deep bidirectional transformers", NAACL 2019, section 3)."""

from __future__ import annotations

from wnpopt.core.errors import InputError
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.zoo.transformer import Block, block

_WIDTH, _LAYERS, _WORDS, _POSITIONS = 768, 12, 30522, 512
_SIZES = Block(heads=12, hidden=3072, pre_norm=False)


def bert_base(batch: int = 1, tokens: int = 128) -> Graph:
    """The uncased encoder and its pooler; ``tokens`` is the length of the sequence, at most 512."""
    if tokens > _POSITIONS:
        raise InputError(f"found {tokens}; at most {_POSITIONS} tokens are possible", where="tokens")
    build = GraphBuilder("bert-base", source="Devlin et al., NAACL 2019, section 3; vocabulary of 30,522 (uncased)")
    words, segments = (build.input(name, (batch, tokens), "int64") for name in ("words", "segments"))
    shape = (batch, tokens, _WIDTH)
    x = build.add("embed.words", "Gather", [build.weight("embed.words.table", (_WORDS, _WIDTH)), words], shape,
                  dtype=build.dtype)  # fmt: skip
    y = build.add("embed.segments", "Gather", [build.weight("embed.segments.table", (2, _WIDTH)), segments], shape,
                  dtype=build.dtype)  # fmt: skip
    x = build.binary("embed.add1", "Add", x, y)
    # All 512 positions are stored; the first of them are added.
    table = build.weight("embed.positions.table", (_POSITIONS, _WIDTH))
    x = build.add("embed.add2", "Add", [x, table], shape)
    x = build.layer_norm("embed.norm", x)
    for layer in range(_LAYERS):
        x = block(build, f"layer{layer}", x, _SIZES)
    x = build.add("pool.take", "Gather", [x], (batch, _WIDTH), attributes={"axis": 1})
    return build.build([build.unary("pool.tanh", "Tanh", build.linear("pool.dense", x, _WIDTH))])
