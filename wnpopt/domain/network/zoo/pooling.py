"""Pooling windows, which several of the networks use."""

from __future__ import annotations

from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Tensor, Window


def pool(
    build: GraphBuilder, name: str, op_type: str, x: Tensor, kernel: int, *, stride: int, padding: int = 0
) -> Tensor:
    """A square ``MaxPool`` or ``AveragePool`` of an (N, C, H, W) tensor, rounding its extents down."""
    window = Window((kernel,) * 2, (stride,) * 2, (padding,) * 2, (padding,) * 2, (1, 1), 1)
    extents = [(extent + 2 * padding - kernel) // stride + 1 for extent in x.shape[2:]]
    return build.add(name, op_type, [x], (*x.shape[:2], *extents), window=window)
