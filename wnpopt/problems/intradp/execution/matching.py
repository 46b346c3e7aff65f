"""A plan for an instance as a plan for the network in an ONNX file; or which of its operators is another one."""

from __future__ import annotations

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.check import instance_of
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.imports.fuse import fuse
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import verify


def match(network: ExecutableNetwork, instance: IntradpInstance) -> tuple[IntradpInstance, tuple[int, ...]]:
    """The network's own instance, one operator for each of the graph's, and for each the operator of ``instance`` that
    it belongs to: the same one, or the one that it was fused into.

    Raises :class:`InputError` naming the first operator that is not the network's.
    """
    own = instance_of(network)
    if len(instance.operators) == len(own.operators):
        _check(own, instance, network)
        return own, tuple(range(len(own.operators)))
    fused = fuse(own)
    _check(fused.instance, instance, network)
    place = {u: i for i, group in enumerate(fused.groups) for u in group}
    return own, tuple(place[u] for u in range(len(own.operators)))


def spread(plan: IntradpSolution, place: tuple[int, ...], own: IntradpInstance) -> IntradpSolution:
    """The same plan for the network's own instance."""
    return IntradpSolution(
        instance=own.name,
        device_end=tuple(plan.device_end[i] for i in place),
        server_begin=tuple(plan.server_begin[i] for i in place),
    )


def check_plan(instance: IntradpInstance, plan: IntradpSolution) -> None:
    """Raise :class:`InputError` naming what the plan breaks; one that misses the deadline may run all the same."""
    broken = [violation for violation in verify(instance, plan).violations if violation.rule != "deadline"]
    if broken:
        raise InputError(f"the plan does not fit the instance: {broken[0]}")


def _check(expected: IntradpInstance, given: IntradpInstance, network: ExecutableNetwork) -> None:
    file = network.path.name
    for one, other in zip(expected.operators, given.operators, strict=False):
        if (one.name, one.units, one.inputs, one.output_bytes) != (
            other.name, other.units, other.inputs, other.output_bytes,
        ):  # fmt: skip
            raise InputError(
                f"operator {other.name!r} ({other.units} rows) of the instance is not that of {file}, where "
                f"{one.name!r} ({one.units} rows) stands; an instance that was imported from this file is needed"
            )
    if len(expected.operators) != len(given.operators):
        raise InputError(
            f"the instance has {len(given.operators)} operators, {file} has {len(expected.operators)}; "
            "one that was imported from this file is needed"
        )
