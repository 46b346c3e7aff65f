"""An operator where it stands in a graph, and what a rule says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from wnpopt.domain.network.graph import Operator
from wnpopt.problems.intradp.imports.row_window import Reads, RowWindow
from wnpopt.problems.intradp.imports.rows import ROW, Shape, TensorRows, in_blocks

OperatorClass = Literal["element-wise", "block-wise", "row-wise", "global"]


@dataclass(frozen=True, slots=True)
class Local:
    """What a rule says of a local operator: the rows of its outputs, its class, windows by input tensor."""

    rows: TensorRows
    kind: OperatorClass
    reads: Mapping[str, Reads]


@dataclass(frozen=True, slots=True)
class OperatorSite:
    """An operator and what is known where it stands. ``rows``: those of the tensors made so far."""

    op: Operator
    shape: Mapping[str, Shape]
    rows: Mapping[str, TensorRows | None]

    @property
    def out(self) -> Shape:
        return self.shape[self.op.outputs[0]]

    def local(self, argument: int) -> tuple[str, TensorRows] | None:
        """(tensor, its rows) if this argument is an activation that has some."""
        arguments = self.op.ordered
        name = arguments[argument] if argument < len(arguments) else ""
        rows = self.rows[name] if name in self.op.inputs else None
        return None if rows is None or not rows.units(self.shape[name]) else (name, rows)

    def alone(self) -> tuple[str, TensorRows] | None:
        """The first argument with its rows, if it is the operator's only activation."""
        return self.local(0) if len(self.op.inputs) == 1 else None

    def alike(self) -> tuple[str, TensorRows] | None:
        """As :meth:`alone`, if the output has as many dimensions."""
        first = self.alone()
        return first if first is not None and len(self.shape[first[0]]) == len(self.out) else None

    def numbers(self, name: str) -> tuple[int, ...] | None:
        """An attribute that is a list of whole numbers, None if it is not."""
        value = self.op.attribute(name)
        if not isinstance(value, tuple) or not all(isinstance(entry, int) for entry in value):
            return None
        return tuple(int(entry) for entry in value)

    def number(self, name: str, default: int) -> int | None:
        value = self.op.attribute(name)
        return default if value is None else value if isinstance(value, int) else None

    def windowed(self, name: str, window: RowWindow) -> Local | None:
        """The operator's class and rows where each index along the rows of ``name`` reads ``window`` of the indices.

        Within blocks of a batch a window would have to be cut at their ends: None.
        """
        rows = self.rows[name]
        assert rows is not None
        if window == ROW and self.shape[name][rows.axis] == self.out[rows.axis]:
            return Local(rows, "block-wise", {name: ROW})
        if rows.outer > 1:
            return None
        return Local(TensorRows(rows.axis), "block-wise", {name: in_blocks(window, rows.inner)})


@dataclass(frozen=True, slots=True)
class Rule:
    """``accounted``: attributes (and constant arguments that became attributes) that ``derive`` takes into account."""

    derive: Callable[[OperatorSite], Local | None]
    accounted: frozenset[str]

    def local(self, site: OperatorSite) -> Local | None:
        """None for a global operator."""
        if any(name not in self.accounted for name, _ in site.op.attributes):
            return None
        local = self.derive(site)
        if local is None or any(name not in local.reads for name in site.op.inputs):
            return None
        units = {local.rows.units(site.shape[name]) for name in site.op.outputs}
        return local if len(units) == 1 and 0 not in units else None
