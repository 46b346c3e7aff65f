"""A network executed under plans by rows: :class:`RunnableNetwork`, and where the rows of its tensors are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from wnpopt.execution.network import RunnableNetwork
from wnpopt.problems.intradp.imports.classify import Locality, classify
from wnpopt.problems.intradp.imports.rows import TensorRows


@dataclass(frozen=True, kw_only=True)
class ExecutableNetwork(RunnableNetwork):
    """``along`` is as of :func:`~wnpopt.problems.intradp.imports.classify.classify`."""

    along: Mapping[str, int | None] | None = None

    @cached_property
    def locality(self) -> Locality:
        """Where the rows of each tensor are."""
        return classify(self.graph, self.along)

    def shape(self, tensor: str, rows: tuple[int, int] | None = None) -> tuple[int, ...]:
        """The shape of a tensor, or of ``rows`` of it."""
        shape = self.graph.tensor(tensor).shape
        where = self.locality.rows.get(tensor)
        return shape if rows is None or where is None else row_shape(shape, where, rows)

    def units(self, tensor: str) -> int:
        """The number of rows of a tensor; 1 of one without rows."""
        rows = self.locality.rows.get(tensor)
        return 1 if rows is None else rows.units(self.graph.tensor(tensor).shape)


def row_shape(shape: Sequence[int], where: TensorRows, rows: tuple[int, int]) -> tuple[int, ...]:
    """The shape of ``rows`` of a tensor of ``shape``."""
    extents = list(shape)
    extents[where.axis] = where.outer * (rows[1] - rows[0]) * where.inner
    return tuple(extents)
