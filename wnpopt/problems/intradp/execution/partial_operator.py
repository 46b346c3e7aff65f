"""An operator of which a side computes some rows, and what it has of the operator's arguments there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wnpopt.domain.network.graph import Operator
from wnpopt.execution.network import Array, Body
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.nodes import NodeList, Span, cut_array
from wnpopt.problems.intradp.imports.rows import TensorRows

if TYPE_CHECKING:
    from onnx import NodeProto


class NotByRowsError(Exception):
    """Rows of this operator are not computed one by one: all are, of an input whose other rows are blank."""


@dataclass(frozen=True)
class Held:
    """Rows of a tensor, under a name of the segment; no name where no row is needed."""

    name: str | None
    rows: Span


@dataclass
class PartialOperator:
    """Rows ``rows`` of an operator, ``nodes`` being what they are computed with.

    ``held`` are what the plan says it reads, by tensor of the graph; ``local`` are the names of what its node reads
    instead of its own arguments.
    """

    network: ExecutableNetwork
    operator: Operator
    body: Body
    rows: Span
    nodes: NodeList
    held: Mapping[str, Held]
    local: Mapping[str, str]

    @property
    def node(self) -> NodeProto:
        return self.body.node

    @property
    def where(self) -> TensorRows:
        """Where the rows of what it makes lie."""
        found = self.network.locality.rows[self.operator.outputs[0]]
        assert found is not None
        return found

    @property
    def out(self) -> tuple[int, ...]:
        return self.network.graph.tensor(self.operator.outputs[0]).shape

    @property
    def units(self) -> int:
        return self.network.units(self.operator.outputs[0])

    @property
    def arguments(self) -> tuple[str, ...]:
        """Of its node, as the file names them."""
        return tuple(self.node.input)

    def tensor(self, argument: str) -> str | None:
        """The activation that an argument is, before it is dequantised; None for a constant."""
        for node in self.body.before:
            if argument in node.output:
                argument = node.input[0]
        return argument if argument in self.held else None

    def shape(self, argument: str) -> tuple[int, ...]:
        tensor = self.tensor(argument)
        if tensor is not None:
            return self.network.graph.tensor(tensor).shape
        return tuple(self.network.constants[argument].dims)

    def whole(self, argument: str) -> str:
        """The name of all of an argument; raises :class:`NotByRowsError` where only a part is there."""
        tensor = self.tensor(argument)
        if tensor is None:
            return argument
        held = self.held[tensor]
        if held.name is None or held.rows != (0, self.network.units(tensor)):
            raise NotByRowsError
        return self.local[argument]

    def axis_rows(self, argument: str, axis: int) -> str:
        """What belongs to the rows of the operator in an argument that has them along dimension ``axis``."""
        shape, where = self.shape(argument), self.where.moved(axis)
        if where.units(shape) != self.units:
            raise NotByRowsError
        tensor = self.tensor(argument)
        if tensor is None:
            value = self.network.constant(argument)
            return self.nodes.constant(cut_array(value, where, (0, self.units), self.rows))
        held, rows = self.held[tensor], self.network.locality.rows[tensor]
        if held.name is None:
            raise NotByRowsError
        name = self.local[argument]
        if held.rows == (0, self.network.units(tensor)):
            return self.nodes.cut(name, shape, where, (0, self.units), self.rows)
        if rows == where:
            return self.nodes.cut(name, shape, where, held.rows, self.rows)
        if rows is None or rows.axis != axis or (rows.outer, where.outer) != (1, 1):
            raise NotByRowsError
        return self.indices(argument, axis, (self.rows[0] * where.inner, self.rows[1] * where.inner))

    def indices(self, argument: str, axis: int, span: Span) -> str:
        """Indices ``span`` of dimension ``axis``, along which an argument has its rows if it has some."""
        tensor = self.tensor(argument)
        if tensor is None:
            value: Array = self.network.constant(argument).take(range(*span), axis=axis)
            return self.nodes.constant(value)
        held, rows = self.held[tensor], self.network.locality.rows[tensor]
        if held.name is None or (rows is not None and rows.outer != 1):
            raise NotByRowsError
        have = (0, self.shape(argument)[axis])
        if rows is not None and held.rows != (0, self.network.units(tensor)):
            if rows.axis != axis:
                raise NotByRowsError
            have = (held.rows[0] * rows.inner, held.rows[1] * rows.inner)
        if not have[0] <= span[0] < span[1] <= have[1]:
            raise NotByRowsError
        name = self.local[argument]
        return name if span == have else self.nodes.slice(name, axis, (span[0] - have[0], span[1] - have[0]))

    def only(self) -> str:
        """The one argument that has rows; raises :class:`NotByRowsError` if it is not one."""
        found = [name for name in dict.fromkeys(self.arguments) if name and self._carries(name)]
        if len(found) != 1 or self.arguments.count(found[0]) != 1:
            raise NotByRowsError
        return found[0]

    def _carries(self, argument: str) -> bool:
        tensor = self.tensor(argument)
        if tensor is None:
            return False
        if len(self.network.graph.inputs) > 1 and tensor in self.network.graph.inputs:
            raise NotByRowsError  # it is read whole, whatever its dimensions mean
        rows = self.network.locality.rows[tensor]
        held = self.held[tensor]
        return (
            rows is not None
            and held.name is not None
            and held.rows == self.rows
            and rows.units(self.shape(argument)) == self.units
        )

    def same(self, argument: str) -> str:
        """The operator's own rows of an argument whose rows are those of the operator, perhaps along another
        dimension."""
        tensor = self.tensor(argument)
        if tensor is None or self.held[tensor].rows != self.rows:
            raise NotByRowsError
        rows = self.network.locality.rows[tensor]
        if rows is None or (rows.inner, rows.outer) != (self.where.inner, self.where.outer):
            raise NotByRowsError
        return self.local[argument]

    def emit(self, replaced: Mapping[int, str]) -> NodeProto:
        """The operator's node, reading these names at these places and all else whole."""
        arguments = []
        for place, name in enumerate(self.arguments):
            if place in replaced or not name:
                arguments.append(replaced.get(place, ""))
            else:
                arguments.append(self.whole(name))
                if self.tensor(name) is None:
                    self.nodes.read[name] = None
        return self.nodes.copy(self.node, arguments, self._results())

    def _results(self) -> Sequence[str]:
        return [self.nodes.fresh() if name else "" for name in self.node.output]
