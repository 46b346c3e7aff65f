"""Operator classes and row windows of a network's graph: what makes an operator local, and which rows it reads.

Every tensor has rows or none: where its rows lie (:mod:`.rows`) is followed from the inputs through the operators
(:mod:`.row_rules`). An operator whose output has none is global. Along which dimension of an input they begin is
chosen: that which leaves most of the arithmetic local.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wnpopt.domain.network.graph import Graph
from wnpopt.problems.intradp.imports.contrib_rules import CONTRIB_RULES
from wnpopt.problems.intradp.imports.row_rules import RULES
from wnpopt.problems.intradp.imports.row_window import Reads, RowWindow
from wnpopt.problems.intradp.imports.rows import Shape, TensorRows
from wnpopt.problems.intradp.imports.site import OperatorClass, OperatorSite

__all__ = ["Locality", "OperatorClass", "Reads", "RowWindow", "TensorRows", "classify", "usual_axis"]


MOST_INPUTS = 8
"""Inputs whose dimensions are tried, the largest ones: a decoder may have hundreds of caches."""


@dataclass(frozen=True)
class Locality:
    """``rows[tensor]``: where its rows lie, None for none. ``operators``: class and windows by input tensor.

    Of a graph with several inputs these have no rows, being one operator of an instance; what reads them reads them
    whole.
    """

    rows: Mapping[str, TensorRows | None]
    operators: tuple[tuple[OperatorClass, Mapping[str, Reads]], ...]

    @property
    def axis(self) -> Mapping[str, int | None]:
        """The dimension along which the rows of each tensor lie."""
        return {name: None if rows is None else rows.axis for name, rows in self.rows.items()}

    def counts(self) -> tuple[int, int]:
        """Number of (local, global) operators."""
        globals_ = sum(kind == "global" for kind, _ in self.operators)
        return len(self.operators) - globals_, globals_


def usual_axis(shape: Shape) -> int | None:
    """Axis 2 of an image, 1 of a sequence, 0 of a matrix; None where there is but one row."""
    axis = {4: 2, 3: 1, 2: 0}.get(len(shape))
    return axis if axis is not None and shape[axis] > 1 else None


def classify(graph: Graph, along: Mapping[str, int | None] | None = None) -> Locality:
    """Follow the rows through ``graph``.

    ``along`` is the dimension of each input in which they lie. By default it is, input by input, that which makes the
    most arithmetic local, and of those with the same the most operators; the usual one (:func:`usual_axis`) unless
    another does better, then the first. The first dimension of three or more is that of the batch and not tried, nor
    are inputs beyond the largest :data:`MOST_INPUTS`.
    """
    if along is not None:
        return _follow(graph, along)
    chosen: dict[str, int | None] = dict.fromkeys(graph.inputs)
    locality = None
    largest = sorted(graph.inputs, key=lambda name: -graph.tensor(name).elements)
    for name in largest[:MOST_INPUTS]:
        locality = None
        best = (-1, -1)
        for axis in _candidates(graph.tensor(name).shape):
            tried = _follow(graph, {**chosen, name: axis})
            score = _score(graph, tried)
            if score > best:
                best, locality, choice = score, tried, axis
        chosen[name] = choice
    return _follow(graph, chosen) if locality is None else locality


def _candidates(shape: Shape) -> list[int | None]:
    axes = [axis for axis, extent in enumerate(shape) if extent > 1 and (axis > 0 or len(shape) < 3)]
    usual = usual_axis(shape)
    return list(dict.fromkeys([usual, *axes, None]))


def _score(graph: Graph, locality: Locality) -> tuple[int, int]:
    local = [op for op, (kind, _) in zip(graph.operators, locality.operators, strict=True) if kind != "global"]
    return sum(op.flop for op in local), len(local)


def _follow(graph: Graph, along: Mapping[str, int | None]) -> Locality:
    shape = {tensor.name: tensor.shape for tensor in graph.tensors}
    rows: dict[str, TensorRows | None] = {}
    for name in graph.inputs:
        axis = along.get(name)
        rows[name] = None if axis is None else TensorRows(axis)
    whole = frozenset(graph.inputs) if len(graph.inputs) > 1 else frozenset()
    kinds: list[tuple[OperatorClass, Mapping[str, Reads]]] = []
    for operator in graph.operators:
        rule = RULES.get(operator.op_type) or CONTRIB_RULES.get(operator.op_type)
        local = rule.local(OperatorSite(operator, shape, rows)) if rule is not None else None
        for name in operator.outputs:
            rows[name] = None if local is None else local.rows
        if local is None:
            kinds.append(("global", dict.fromkeys(operator.inputs, "all")))
        else:
            reads: dict[str, Reads] = {n: "all" if n in whole else window for n, window in local.reads.items()}
            kinds.append((local.kind, reads))
    return Locality({name: None if name in whole else found for name, found in rows.items()}, tuple(kinds))
