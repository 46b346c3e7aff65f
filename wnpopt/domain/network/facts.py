"""What is told of a network: its size, its precision, and the types of its operators."""

from __future__ import annotations

from collections import Counter

from wnpopt.core.facts import Fact, counted
from wnpopt.core.text import number
from wnpopt.domain.network.graph import Graph


def network_facts(graph: Graph) -> tuple[Fact, ...]:
    """Operators, arithmetic, constants and tensors of ``graph``; bytes as the graph holds them."""
    computing = [operator for operator in graph.operators if operator.macs] or graph.operators
    precision = Counter(operator.precision for operator in computing)
    types = Counter(operator.op_type for operator in graph.operators)
    return (
        Fact("network", graph.name),
        Fact("operators", len(graph.operators)),
        Fact("operator_types", dict(sorted(types.items(), key=lambda entry: (-entry[1], entry[0])))),
        Fact("macs", graph.macs, _large(graph.macs)),
        Fact("flop", graph.flop, _large(graph.flop)),
        Fact("parameters", graph.parameters, _large(graph.parameters)),
        Fact("parameter_bytes", graph.parameter_bytes, _large(graph.parameter_bytes)),
        Fact("input_bytes", graph.input_bytes, _large(graph.input_bytes)),
        Fact("tensor_bytes", graph.activation_bytes, _large(graph.activation_bytes)),
        Fact("precision", dict(sorted(precision.items())), ", ".join(
            f"{name} ({counted(count, 'operator')})" for name, count in sorted(precision.items())
        ) + " of those with multiply-accumulates" * bool(graph.macs)),
    )  # fmt: skip


def _large(value: int) -> str:
    """A count with its order of magnitude: 4111514624 (4.11 G)."""
    for scale, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{number(value)} ({value / scale:.3g} {letter})"
    return number(value)
