"""Operator classes and row windows of a network's graph: what makes an operator local, and which rows it reads.

Every tensor has a local dimension or none. The input's is its rows (axis 2 of an image, axis 1 of a sequence, axis 0
of a matrix); it is followed through the operators (:mod:`.row_rules`). An operator whose output has none is global.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wnpopt.domain.network.graph import Graph
from wnpopt.problems.intradp.imports.row_rules import RULES, OperatorClass, OperatorSite
from wnpopt.problems.intradp.imports.row_window import Reads, RowWindow

__all__ = ["Locality", "OperatorClass", "Reads", "RowWindow", "classify"]


@dataclass(frozen=True)
class Locality:
    """``axis[tensor]``: its local dimension, None for none. ``operators``: class and windows by input tensor."""

    axis: Mapping[str, int | None]
    operators: tuple[tuple[OperatorClass, Mapping[str, Reads]], ...]

    def counts(self) -> tuple[int, int]:
        """Number of (local, global) operators."""
        globals_ = sum(kind == "global" for kind, _ in self.operators)
        return len(self.operators) - globals_, globals_


def classify(graph: Graph) -> Locality:
    """Follow the local dimension through ``graph``."""
    shape = {tensor.name: tensor.shape for tensor in graph.tensors}
    axis: dict[str, int | None] = {}
    for name in graph.inputs:
        found = {4: 2, 3: 1, 2: 0}.get(len(shape[name]))
        axis[name] = found if found is not None and shape[name][found] > 1 and len(graph.inputs) == 1 else None
    kinds: list[tuple[OperatorClass, Mapping[str, Reads]]] = []
    for operator in graph.operators:
        rule = RULES.get(operator.op_type)
        local = rule.local(OperatorSite(operator, shape, axis)) if rule is not None else None
        for name in operator.outputs:
            axis[name] = None if local is None else local.axis
        if local is None:
            kinds.append(("global", dict.fromkeys(operator.inputs, "all")))
        else:
            kinds.append((local.kind, local.reads))
    return Locality(axis, tuple(kinds))
