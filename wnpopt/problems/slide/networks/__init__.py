"""Layer tables of real networks: weights and FLOP of each layer, in the order of computation.

The files come from the graphs of ``wnpopt.domain`` by ``scripts/slide_tables.py``; accuracies are the published ones
that the file's source names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json

MIXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vision": ("mobilenet-v2", "resnet50", "vgg19", "vit-b16"),
        "llm": ("gpt2-32", "gpt2-128", "gpt2-512"),
    }
)
"""Named mixes; ``gpt2-128`` is GPT-2 over a prompt of 128 tokens."""


@dataclass(frozen=True)
class LayerTable:
    """A network: ``layers`` are (weights, FLOP); ``accuracy`` is a share of 1; ``source`` says where it is from."""

    name: str
    accuracy: float
    layers: tuple[tuple[int, float], ...]
    source: str


def table_names() -> tuple[str, ...]:
    """The networks there are tables of, sorted."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.json")))


@cache
def layer_table(name: str) -> LayerTable:
    """The table called ``name``; raises :class:`InputError` naming those that exist."""
    if name not in table_names():
        raise InputError(f"found {name!r}; the tables are {', '.join(table_names())}", where="model")
    data = read_json(Path(__file__).parent / f"{name}.json")
    layers, accuracy = data["layers"], data["accuracy"]
    assert isinstance(layers, list)
    assert isinstance(accuracy, int | float)
    return LayerTable(
        str(data["name"]),
        float(accuracy),
        tuple((int(weights), float(flop)) for weights, flop in layers),
        str(data["source"]),
    )
