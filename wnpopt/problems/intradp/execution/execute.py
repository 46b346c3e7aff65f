"""Executes a plan on real tensors: two sides that hold just their rows, and the messages of the plan.

This is what proves windows right: a side has nothing but what it computed and what was sent to it, cut to the rows
that the verifier's replay says; whatever an operator reads beyond that is an error. The output has to equal that of
the whole network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.domain.network.graph import Graph, Operator
from wnpopt.problems.intradp.execution.executable import check_executable, check_floating
from wnpopt.problems.intradp.execution.tensor_ops import ELEMENTWISE, INDEXED, Array, indexed, plain, windowed
from wnpopt.problems.intradp.imports.classify import Locality, classify
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import needed_rows, replay


def random_tensors(graph: Graph, seed: int) -> dict[str, Array]:
    """Seeded random inputs and constants, scaled so that deep networks neither fade nor overflow (float64)."""
    rng = np.random.default_rng([seed, 0x77656967])
    tensors: dict[str, Array] = {}
    for name in graph.inputs:
        tensors[name] = rng.normal(size=graph.tensor(name).shape)
    for operator in graph.operators:
        for place, name in enumerate(operator.weights):
            shape = graph.tensor(name).shape
            if operator.op_type == "BatchNormalization":
                tensors[name] = rng.uniform(0.5, 1.5, shape) if place != 1 else rng.normal(size=shape)
            elif len(shape) > 1:
                fan = max(1, int(np.prod(shape)) // max(shape[0], 1))
                tensors[name] = rng.normal(size=shape) / np.sqrt(fan)
            else:
                tensors[name] = rng.normal(size=shape) * 0.5
    return tensors


def run_whole(graph: Graph, tensors: Mapping[str, Array]) -> dict[str, Array]:
    """Every tensor of the network, computed in one piece; raises :class:`InputError` for what is not executed here."""
    check_floating(graph)
    known = dict(tensors)
    for operator in graph.operators:
        name = operator.outputs[0]
        shape = graph.tensor(name).shape
        reads = [(known[i], (0, known[i].shape[2] if known[i].ndim == 4 else 0)) for i in operator.inputs]
        weights = [known[w] for w in operator.weights]
        if operator.window is not None:
            x = known[operator.inputs[0]]
            known[name] = windowed(operator, x, reads[0][1], (0, shape[2]), x.shape, shape, weights)
        elif operator.op_type in INDEXED:
            known[name] = indexed(operator, known[operator.inputs[0]], known[operator.inputs[0]].shape, shape)
        else:
            known[name] = plain(operator, [x for x, _ in reads], weights, shape)
    return known


@dataclass
class _Side:
    """What one side holds: for each tensor disjoint pieces (first row, array), cut along its local dimension."""

    pieces: dict[str, list[tuple[int, Array]]] = field(default_factory=dict)

    def put(self, tensor: str, first: int, array: Array) -> None:
        self.pieces.setdefault(tensor, []).append((first, array))

    def get(self, tensor: str, rows: tuple[int, int], axis: int) -> Array:
        """Rows ``rows``, out of as many pieces as it takes; an error if one of them is not here."""
        found: list[Array] = []
        at = rows[0]
        while at < rows[1]:
            for first, array in self.pieces.get(tensor, []):
                end = first + array.shape[axis]
                if first <= at < end:
                    stop = min(end, rows[1])
                    found.append(np.take(array, range(at - first, stop - first), axis=axis))
                    at = stop
                    break
            else:
                raise InputError(f"row {at} of {tensor!r} is needed and not there")
        return found[0] if len(found) == 1 else np.concatenate(found, axis=axis)


def run_split(
    graph: Graph,
    tensors: Mapping[str, Array],
    instance: IntradpInstance,
    solution: IntradpSolution,
    *,
    locality: Locality | None = None,
) -> list[Array]:
    """The network's outputs as the device has them after executing the plan.

    ``instance`` is :func:`~wnpopt.problems.intradp.imports.graph.from_graph`'s of this graph: the input, then one
    operator for each of the graph's, then the output; ``locality`` is what it was made of, by default that which
    :func:`~wnpopt.problems.intradp.imports.classify.classify` chooses. Raises :class:`InputError` where a side lacks a
    row that it needs, or an operator is local in a way that is not executed here
    (:mod:`~wnpopt.problems.intradp.execution.executable`).
    """
    if len(graph.inputs) != 1 or len(instance.operators) != len(graph.operators) + 2:
        raise InputError("the instance is not that of this graph, or the graph has several inputs")
    locality = classify(graph) if locality is None else locality
    check_executable(graph, locality)
    plan = replay(instance, solution)
    sent = {("up", m.operator): m.rows for m in plan.uplink} | {("down", m.operator): m.rows for m in plan.downlink}
    device, server = _Side(), _Side()
    device.put(graph.inputs[0], 0, tensors[graph.inputs[0]])
    _send(0, graph.inputs, locality, device, server, sent)
    for i, operator in enumerate(graph.operators):
        v = i + 1
        units = instance.operators[v].units
        for side, rows in ((device, (0, solution.device_end[v])), (server, (solution.server_begin[v], units))):
            if rows[0] < rows[1]:
                made = _compute(graph, operator, locality, instance, v, rows, side, tensors)
                _check_rows(graph, operator, locality, rows, made)
                side.put(operator.outputs[0], rows[0] if locality.axis[operator.outputs[0]] is not None else 0, made)
        _send(v, operator.outputs, locality, device, server, sent)
    return [_all_rows(device, graph, name, locality) for name in graph.outputs]


def _check_rows(graph: Graph, operator: Operator, locality: Locality, rows: tuple[int, int], made: Array) -> None:
    shape = list(graph.tensor(operator.outputs[0]).shape)
    axis = locality.axis[operator.outputs[0]]
    if axis is not None:
        shape[axis] = rows[1] - rows[0]
    if list(made.shape) != shape:
        raise InputError(f"made a tensor of shape {list(made.shape)}, {shape} was to be made", where=operator.name)


def _all_rows(side: _Side, graph: Graph, name: str, locality: Locality) -> Array:
    axis = locality.axis[name]
    return side.get(name, (0, graph.tensor(name).shape[axis]), axis) if axis is not None else _whole(side, name)


def _whole(side: _Side, name: str) -> Array:
    if name not in side.pieces:
        raise InputError(f"{name!r} is needed and not there")
    return side.pieces[name][0][1]


def _send(
    u: int,
    outputs: tuple[str, ...],
    locality: Locality,
    device: _Side,
    server: _Side,
    sent: Mapping[tuple[str, int], tuple[int, int]],
) -> None:
    for way, source, target in (("up", device, server), ("down", server, device)):
        rows = sent.get((way, u))
        if rows is None:
            continue
        for name in outputs[:1]:
            axis = locality.axis[name]
            target.put(name, rows[0], _whole(source, name) if axis is None else source.get(name, rows, axis))


def _compute(
    graph: Graph,
    operator: Operator,
    locality: Locality,
    instance: IntradpInstance,
    v: int,
    rows: tuple[int, int],
    side: _Side,
    tensors: Mapping[str, Array],
) -> Array:
    """Rows ``rows`` of the operator, from what this side has and no more than the instance says it reads."""
    name = operator.outputs[0]
    out = list(graph.tensor(name).shape)
    axis = locality.axis[name]
    edges = dict(zip(dict.fromkeys(operator.inputs), instance.operators[v].inputs, strict=True))
    weights = [tensors[w] for w in operator.weights]
    inputs, haves = [], []
    for source in operator.inputs:
        where = locality.axis[source]
        units = 1 if where is None else graph.tensor(source).shape[where]
        have = needed_rows(edges[source], rows, units) or (0, 0)
        haves.append(have)
        if where is None:
            inputs.append(_whole(side, source))
        elif have[0] < have[1]:
            inputs.append(side.get(source, have, where))
        else:
            shape = list(graph.tensor(source).shape)
            shape[where] = 0
            inputs.append(np.zeros(shape))
    if axis is None:
        rows = (0, out[2] if len(out) == 4 else 1)
        haves = [(0, graph.tensor(s).shape[2] if len(graph.tensor(s).shape) == 4 else 0) for s in operator.inputs]
    else:
        out[axis] = rows[1] - rows[0]
    if operator.window is not None:
        shape_in = graph.tensor(operator.inputs[0]).shape
        return windowed(operator, inputs[0], haves[0], rows, shape_in, graph.tensor(name).shape, weights)
    if operator.op_type in INDEXED:
        before, after = graph.tensor(operator.inputs[0]).shape, graph.tensor(name).shape
        return indexed(operator, inputs[0], before, after, axis, rows, haves[0][0])
    if axis is not None:
        _cut_constants(graph, operator, axis, rows, inputs, weights)
    return plain(operator, inputs, weights, out)


def _cut_constants(
    graph: Graph, operator: Operator, axis: int, rows: tuple[int, int], inputs: list[Array], weights: list[Array]
) -> None:
    """Leave of the arguments that are there as a whole the part that stands beside ``rows`` of the output."""
    full = graph.tensor(operator.outputs[0]).shape
    behind = axis - len(full)
    if operator.op_type == "Concat":
        along = operator.attribute("axis")
        at = k = 0
        for source in operator.ordered:
            length = graph.tensor(source).shape[axis]
            if source in operator.weights:
                first, last = max(rows[0], at) - at, min(rows[1], at + length) - at
                if along not in (axis, behind):
                    first, last = rows
                weights[k] = np.take(weights[k], range(first, max(first, last)), axis=axis)
                k += 1
            at += length
        return
    if operator.op_type == "BatchNormalization" and axis == 1:
        weights[:] = [constant[slice(*rows)] for constant in weights]
    sums = operator.op_type == "Gemm"
    if not sums and operator.op_type not in ELEMENTWISE:
        return
    for values, names in ((inputs, operator.inputs), (weights, operator.weights)):
        for k, name in enumerate(names):
            aligned = not sums or (len(operator.ordered) == 3 and name == operator.ordered[2])
            whole = values[k].shape == graph.tensor(name).shape
            if aligned and whole and values[k].ndim >= -behind and values[k].shape[behind] == full[axis] > 1:
                values[k] = np.take(values[k], range(*rows), axis=behind)
