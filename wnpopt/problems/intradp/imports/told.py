"""What an import into intradp tells: the network, and which of its operators are local."""

from __future__ import annotations

from collections import Counter

from wnpopt.core.facts import Fact, Facts, FactTable
from wnpopt.domain.files.network import Network
from wnpopt.domain.files.told import network_told
from wnpopt.problems.intradp.imports.classify import classify
from wnpopt.problems.intradp.instance import IntradpInstance


def told(network: Network, instance: IntradpInstance, *, measured: bool = False) -> Facts:
    """``instance`` is what was made of the network, fused or not; ``measured``: with times of opaque operators."""
    graph = network.graph
    kinds = [kind for kind, _ in classify(graph).operators]
    whole = Counter(o.op_type for o, kind in zip(graph.operators, kinds, strict=True) if kind == "global")
    every = Counter(o.op_type for o in graph.operators)
    macs: Counter[str] = Counter()
    for operator in graph.operators:
        macs[operator.op_type] += operator.macs
    read = network_told(network, measured=measured)
    facts = (
        *read.facts,
        Fact("local_operators", len(kinds) - whole.total()),
        Fact("global_operators", whole.total()),
        Fact("instance_operators", len(instance.operators) - 2),
    )
    order = sorted(every, key=lambda name: (-every[name], name))
    rows = tuple((name, every[name] - whole[name], whole[name], macs[name]) for name in order)
    return Facts(facts, (FactTable("locality", ("operator_type", "local", "global", "macs"), rows),), read.warnings)
