"""Fusing operators that read just their own row into the operator before them.

A plan of the fused instance is a plan of the original with the same latency and energy, to the bit but for rounding:
both operators of a pair compute the same rows, one after the other, and nothing is sent between them. The converse is
not so: the original may send the tensor between the two. So an optimum of the fused instance is a solution of the
original, and its bound is a bound for plans that exchange nothing inside a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wnpopt.problems.intradp.instance import Cost, DeviceCost, Input, IntradpInstance, Operator
from wnpopt.problems.intradp.solution import IntradpSolution


@dataclass(frozen=True)
class Fused:
    """``instance`` with fewer operators; ``groups[i]``: positions in ``original`` of what its operator i stands for."""

    original: IntradpInstance
    instance: IntradpInstance
    groups: tuple[tuple[int, ...], ...]

    def unfuse(self, solution: IntradpSolution) -> IntradpSolution:
        """The same plan for the original instance."""
        ends = [0] * len(self.original.operators)
        begins = [0] * len(self.original.operators)
        for i, group in enumerate(self.groups):
            for u in group:
                ends[u], begins[u] = solution.device_end[i], solution.server_begin[i]
        return IntradpSolution(instance=self.original.name, device_end=tuple(ends), server_begin=tuple(begins))


def fuse(instance: IntradpInstance) -> Fused:
    """Fuse every operator that reads only the one listed right before it, row by row, and is its only reader."""
    operators = instance.operators
    readers: dict[str, int] = {}
    for operator in operators:
        for edge in operator.inputs:
            readers[edge.source] = readers.get(edge.source, 0) + 1
    groups: list[list[int]] = [[0]]
    for v in range(1, len(operators)):
        before = operators[v - 1]
        joins = (
            1 < v < len(operators) - 1
            and len(operators[v].inputs) == 1
            and operators[v].inputs[0].source == before.name
            and _same_row(operators[v].inputs[0])
            and readers[before.name] == 1
            and before.units == operators[v].units
            and before.device.compute_w == operators[v].device.compute_w
        )
        if joins:
            groups[-1].append(v)
        else:
            groups.append([v])
    # A group goes by the name of its last member: nobody else's inputs have to change.
    fused = tuple(_merged([operators[u] for u in group]) for group in groups)
    checked = IntradpInstance.from_data(instance.changed(operators=fused).to_data())
    return Fused(instance, checked, tuple(tuple(group) for group in groups))


def _same_row(edge: Input) -> bool:
    window = edge.window
    return window != "all" and (window.kernel, window.stride, window.padding, window.upsample) == (1, 1, 0, 1)


def _merged(members: list[Operator]) -> Operator:
    last = members[-1]
    return Operator(
        name=last.name,
        units=last.units,
        output_bytes=last.output_bytes,
        inputs=members[0].inputs,
        device=_on_device([member.device for member in members]),
        server=_sum([member.server for member in members]),
    )


def _sum(costs: Sequence[Cost]) -> Cost:
    fixed = sum(cost.fixed_s for cost in costs)
    full = max(fixed, sum(cost.full_s for cost in costs))
    return Cost(fixed_s=fixed, full_s=full, partial_s=sum(cost.partial_s for cost in costs))


def _on_device(costs: Sequence[DeviceCost]) -> DeviceCost:
    """The sum of operators that compute at the same power."""
    total = _sum(costs)
    return DeviceCost(
        fixed_s=total.fixed_s, full_s=total.full_s, partial_s=total.partial_s, compute_w=costs[0].compute_w
    )
