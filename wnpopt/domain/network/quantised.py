"""Quantised networks as they run: quantise and dequantise operators folded into their neighbours.

Exporters write an 8-bit network with QuantizeLinear and DequantizeLinear around operators on floating-point tensors
(the QDQ form of the ONNX operator specification). Runtimes merge these into the operators between them: a
convolution reads 8 bits and writes 8 bits, and nothing is converted on the way. Here a dequantisation goes into all of
its readers, a quantisation into the operator that makes what it reads, as long as nobody else reads that. What
remains in floating point is what nothing quantised: the operator after the last dequantisation, or one between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wnpopt.domain.network.graph import Graph, Operator, Tensor, make_operator

_QUANTISE = ("QuantizeLinear", "com.microsoft:QuantizeLinear")
_DEQUANTISE = ("DequantizeLinear", "com.microsoft:DequantizeLinear")
"""Those of the standard, and those that onnxruntime had before it for 4 and 16 bits."""


def fold_quantisation(graph: Graph) -> Graph:
    """``graph`` without the quantise and dequantise operators that a runtime merges; the same if there are none.

    Arithmetic of what is merged is no longer counted, nor are its scales and zero points.
    """
    read_as = _dequantised(graph)
    made_as = _quantised(graph, read_as)
    if not read_as and not made_as:
        return graph
    gone = set(made_as.values()) | set(read_as)
    kept = [
        _rebuilt(graph, operator, read_as, made_as) for operator in graph.operators if not gone & set(operator.outputs)
    ]
    used = {name for operator in kept for name in (*operator.inputs, *operator.weights, *operator.outputs)}
    used |= {*graph.inputs, *graph.outputs}
    tensors = tuple(tensor for tensor in graph.tensors if tensor.name in used)
    return replace(graph, operators=tuple(kept), tensors=tensors)


def _dequantised(graph: Graph) -> dict[str, str]:
    """What each merged dequantisation makes, and what its readers read instead."""
    found: dict[str, str] = {}
    for operator in graph.operators:
        if operator.op_type not in _DEQUANTISE or len(operator.inputs) != 1 or len(operator.outputs) != 1:
            continue
        source, made = operator.inputs[0], operator.outputs[0]
        if operator.ordered[:1] == (source,) and made not in graph.outputs and graph.consumers.get(made):
            found[made] = source
    return found


def _quantised(graph: Graph, read_as: Mapping[str, str]) -> dict[str, str]:
    """What an operator makes, and what it makes instead when the quantisation behind it is merged."""
    found: dict[str, str] = {}
    for operator in graph.operators:
        if operator.op_type not in _QUANTISE or len(operator.inputs) != 1 or len(operator.outputs) != 1:
            continue
        source = operator.inputs[0]
        producer = graph.producer.get(source)
        alone = len(graph.consumers[source]) == 1 and source not in graph.outputs and source not in read_as
        if producer is None or not alone or operator.ordered[:1] != (source,):
            continue
        if graph.operators[producer].op_type not in (*_QUANTISE, *_DEQUANTISE):
            found[source] = operator.outputs[0]
    return found


def _rebuilt(graph: Graph, operator: Operator, read_as: Mapping[str, str], made_as: Mapping[str, str]) -> Operator:
    inputs = [read_as.get(name, name) for name in operator.inputs]
    outputs = [made_as.get(name, name) for name in operator.outputs]
    if tuple(inputs) == operator.inputs and tuple(outputs) == operator.outputs:
        return operator
    tensor = graph.tensor
    return make_operator(
        operator.name,
        operator.op_type,
        inputs=[tensor(name) for name in inputs],
        outputs=[tensor(name) for name in outputs],
        weights=[tensor(name) for name in operator.weights],
        flop=operator.flop,
        macs=operator.macs,
        window=operator.window,
        attributes=dict(operator.attributes),
        modality=operator.modality,
        arguments=[read_as.get(name, name) for name in operator.ordered],
        opaque=operator.opaque,
    )


def stored_in(tensor: Tensor, dtype: str) -> Tensor:
    """A constant that a file holds in elements of ``dtype`` and dequantises: its bytes are those of the file."""
    return replace(Tensor.of(tensor.name, tensor.shape, dtype), role=tensor.role)
