"""An operator's rows as nodes: by its rule (:mod:`.by_rows`), or on an input whose other rows are blank.

The second way is right for every operator, because rows depend on nothing outside their windows; it computes all rows
to keep some, so it costs as much as the whole. What it was taken for is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.domain.network.graph import Operator
from wnpopt.execution.network import Body
from wnpopt.problems.intradp.execution.by_rows import BY_ROWS
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.nodes import NodeList, Span
from wnpopt.problems.intradp.execution.partial_operator import Held, NotByRowsError, PartialOperator

if TYPE_CHECKING:
    from onnx import NodeProto


def lower(
    network: ExecutableNetwork,
    operator: Operator,
    body: Body,
    rows: Span,
    held: Mapping[str, Held],
    nodes: NodeList,
) -> tuple[dict[str, str], bool]:
    """The names of rows ``rows`` of what an operator makes, and whether the others were blank."""
    where = network.locality.rows[operator.outputs[0]]
    complete = all(one.name is not None and one.rows == (0, network.units(name)) for name, one in held.items())
    if complete and rows == (0, network.units(operator.outputs[0])):
        if where is not None and operator.attribute("ceil_mode"):
            # onnxruntime counts a window that would begin in the padding, and leaves it out: explicit padding has none.
            with suppress(NotByRowsError):
                return _by_rows(PartialOperator(network, operator, body, rows, nodes, held, {})), False
        return _whole(operator, body, held, nodes), False
    if where is not None and operator.op_type in BY_ROWS:
        with suppress(NotByRowsError):  # nodes that were made on the way lead nowhere: onnxruntime drops them
            return _by_rows(PartialOperator(network, operator, body, rows, nodes, held, {})), False
    return _blank(network, operator, body, rows, held, nodes), True


def _by_rows(part: PartialOperator) -> dict[str, str]:
    local = {name: one.name for name, one in part.held.items() if one.name is not None}
    for node in part.body.before:
        source = node.input[0]
        rows = part.network.locality.rows[source]
        if source in local:
            _check_scales(part, node, None if rows is None else rows.axis)
            local[node.output[0]] = part.nodes.fresh()
            part.nodes.copy(node, [local[source], *node.input[1:]], [local[node.output[0]]])
            part.nodes.read.update(dict.fromkeys(name for name in node.input[1:] if name))
    made = dict(zip(part.node.output, BY_ROWS[part.operator.op_type](replace(part, local=local)), strict=True))
    for node in part.body.behind:
        _check_scales(part, node, part.where.axis)
        name = part.nodes.fresh()
        part.nodes.copy(node, [made[node.input[0]], *node.input[1:]], [name])
        part.nodes.read.update(dict.fromkeys(argument for argument in node.input[1:] if argument))
        made[node.output[0]] = name
    return {name: made[name] for name in part.operator.outputs}


def _check_scales(part: PartialOperator, node: NodeProto, axis: int | None) -> None:
    """A merged quantisation treats rows alike unless it has a scale for each of them."""
    attributes = {attribute.name: attribute.i for attribute in node.attribute}
    sizes = [int(np.prod(part.network.constants[name].dims)) for name in node.input[1:] if name]
    rank = len(part.network.graph.tensor(node.input[0]).shape) if node.input[0] in part.held else len(part.out)
    if attributes.get("block_size", 0) or (max(sizes) > 1 and axis == attributes.get("axis", 1) % max(1, rank)):
        raise NotByRowsError


def _whole(operator: Operator, body: Body, held: Mapping[str, Held], nodes: NodeList) -> dict[str, str]:
    """The nodes as they are."""
    local: dict[str, str] = {name: one.name for name, one in held.items() if one.name is not None}
    for node in body.nodes:
        results = {name: nodes.fresh() for name in node.output if name}
        nodes.read.update(dict.fromkeys(name for name in node.input if name and name not in local))
        nodes.copy(node, [local.get(name, name) for name in node.input], [results.get(n, "") for n in node.output])
        local |= results
    return {name: local[name] for name in operator.outputs}


def _blank(
    network: ExecutableNetwork,
    operator: Operator,
    body: Body,
    rows: Span,
    held: Mapping[str, Held],
    nodes: NodeList,
) -> dict[str, str]:
    """All rows, of what is held with zeros around it; then those that are wanted."""
    filled = {}
    for tensor, one in held.items():
        shape, where, units = network.graph.tensor(tensor).shape, network.locality.rows[tensor], network.units(tensor)
        parts: list[tuple[str, Span]] = []
        for span, name in _around(one, units):
            zeros = np.zeros(network.shape(tensor, span) if name is None else 0, network.dtype(tensor))
            parts.append((nodes.constant(zeros) if name is None else name, span))
        assert where is not None or len(parts) == 1
        filled[tensor] = Held(parts[0][0] if where is None else nodes.join(parts, shape, where), (0, units))
    made = _whole(operator, body, filled, nodes)
    found = {}
    for name, local in made.items():
        where = network.locality.rows[name]
        shape = network.graph.tensor(name).shape
        found[name] = local if where is None else nodes.cut(local, shape, where, (0, network.units(name)), rows)
    return found


def _around(one: Held, units: int) -> list[tuple[Span, str | None]]:
    if one.name is None:
        return [((0, units), None)]
    spans = [((0, one.rows[0]), None), (one.rows, one.name), ((one.rows[1], units), None)]
    return [(span, name) for span, name in spans if span[0] < span[1]]
