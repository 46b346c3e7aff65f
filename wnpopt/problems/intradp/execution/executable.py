"""Which split operators the NumPy interpreter executes; all others it has to refuse, not to guess."""

from __future__ import annotations

from collections.abc import Mapping

from wnpopt.core.errors import InputError
from wnpopt.domain.network.graph import FLOATING, Graph, Operator
from wnpopt.problems.intradp.imports.classify import Locality, Reads, RowWindow


def check_floating(graph: Graph) -> None:
    """Raises :class:`InputError` naming the first operator on integers.

    Those of a quantised network stand for an operator and the rounding that was merged into it; here is no rounding.
    """
    for operator in graph.operators:
        for name in (*operator.inputs, *operator.weights, *operator.outputs):
            dtype = graph.tensor(name).dtype
            if dtype not in FLOATING:
                raise InputError(
                    f"operator {operator.op_type!r} on elements of type {dtype} cannot be executed here",
                    where=operator.name,
                )


def check_executable(graph: Graph, locality: Locality) -> None:
    """Raises :class:`InputError` naming the first operator whose rows cannot be computed one by one here.

    Rows have to be single indices of a dimension, of images their height; a product takes the rows of its left factor.
    """
    check_floating(graph)
    for operator, (kind, reads) in zip(graph.operators, locality.operators, strict=True):
        if kind != "global" and not _executable(graph, locality, operator, reads):
            raise InputError(
                f"operator {operator.op_type!r}: a part of its rows cannot be executed here", where=operator.name
            )


def _executable(graph: Graph, locality: Locality, operator: Operator, reads: Mapping[str, Reads]) -> bool:
    rows = [locality.rows[name] for name in (*operator.inputs, *operator.outputs)]
    if any(one is not None and (one.inner, one.outer) != (1, 1) for one in rows):
        return False
    made = locality.rows[operator.outputs[0]]
    if operator.window is not None:
        return made is not None and made.axis == 2 and len(graph.tensor(operator.outputs[0]).shape) == 4
    if operator.is_view and any(window != RowWindow() for window in reads.values()):
        return False
    if operator.op_type == "Concat":
        return all(reads[name] != "all" for name in operator.inputs)
    if operator.op_type in ("MatMul", "Gemm"):
        return _left_factor(graph, locality, operator, reads)
    return True


def _left_factor(graph: Graph, locality: Locality, operator: Operator, reads: Mapping[str, Reads]) -> bool:
    left, right = operator.ordered[:2]
    rows = locality.rows.get(left)
    if left not in operator.inputs or reads[left] == "all" or reads.get(right, "all") != "all" or rows is None:
        return False
    behind = len(graph.tensor(left).shape) - rows.axis
    if operator.op_type == "Gemm":
        return rows.axis == 0 and not operator.attribute("transA")
    return behind == 2 or (behind > 2 and len(graph.tensor(right).shape) <= 2)
