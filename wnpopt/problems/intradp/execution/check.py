"""A network executed under random plans, and compared with the unsplit one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wnpopt.domain.chip.hardware import Core
from wnpopt.execution.unsplit import UnsplitNetwork
from wnpopt.problems.intradp.execution.execute import SplitNetwork, difference
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.side import SharedConstants
from wnpopt.problems.intradp.imports.graph import from_graph
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution

SEEN = 1e-3
"""A deviation that nobody takes for rounding."""


@dataclass(frozen=True)
class Executed:
    """What ``plans`` executions came to.

    ``worst`` is the largest deviation (see :func:`~.execute.difference`), ``shifted`` that of executions in which the
    rows of all messages were one row off, which shows that the comparison notices; then totals of what was sent and of
    segments, and the operators that some plan computed with all other rows blank.
    """

    plans: int
    worst: float
    shifted: float
    messages: int
    bytes: int
    segments: int
    blank: tuple[str, ...]
    from_file: bool


def instance_of(network: ExecutableNetwork) -> IntradpInstance:
    """The network's instance with costs and a link of no meaning: for its rows and windows."""
    core = Core("any", 1e12, 1e12, 0.0)
    times = {operator.name: (0.0, 0.0) for operator in network.graph.operators}
    along = {name: None if rows is None else rows.axis for name, rows in network.locality.rows.items()}
    chosen = {name: along[name] for name in network.graph.inputs} if len(network.graph.inputs) == 1 else None
    return from_graph(network.graph, core, core, uplink_bytes_per_s=1e6, times=times, along=chosen)


def random_plans(instance: IntradpInstance, count: int, seed: int) -> Iterator[IntradpSolution]:
    """Plans that obey the rules on rows: in turn with shares that change a few times along the network, and with rows
    drawn operator by operator."""
    rng = np.random.default_rng([seed, 0x706C616E])
    for number in range(count):
        yield _each(instance, rng) if number % 2 else _in_runs(instance, rng, 1 + number // 2 % 6)


def _each(instance: IntradpInstance, rng: np.random.Generator) -> IntradpSolution:
    ends = [int(rng.integers(0, operator.units + 1)) for operator in instance.operators]
    begins = [int(rng.integers(0, end + 1)) for end in ends]
    return _plan(instance, ends, begins)


def _in_runs(instance: IntradpInstance, rng: np.random.Generator, runs: int) -> IntradpSolution:
    count = len(instance.operators)
    cuts = np.sort(rng.integers(0, count, runs - 1)) if runs > 1 else np.zeros(0, int)
    shares = np.sort(rng.choice([0.0, 0.25, 0.5, 0.75, 1.0, float(rng.random())], (runs, 2)), axis=1)
    ends, begins = [], []
    for i, operator in enumerate(instance.operators):
        low, high = shares[int(np.searchsorted(cuts, i, side="right"))]
        ends.append(round(high * operator.units))
        begins.append(min(ends[-1], round(low * operator.units)))
    return _plan(instance, ends, begins)


def _plan(instance: IntradpInstance, ends: list[int], begins: list[int]) -> IntradpSolution:
    for i in (0, -1):
        ends[i] = begins[i] = instance.operators[i].units
    return IntradpSolution(instance=instance.name, device_end=tuple(ends), server_begin=tuple(begins))


def execute_plans(network: ExecutableNetwork, plans: int, seed: int = 0, *, optimise: bool = True) -> Executed:
    """Run a random input through ``plans`` random plans; the reference is the unsplit network's session.

    Outputs are compared, and what the last operators read that hide errors (logits), row by row on either side.
    """
    instance = instance_of(network)
    inputs = network.random_inputs(seed)
    unsplit = UnsplitNetwork(network, optimise=optimise)
    outputs, inner = unsplit.outputs(inputs), unsplit.tensors(network.logits, inputs)
    shared = SharedConstants(network)
    worst, shifted, messages, sent, segments = 0.0, 0.0, 0, 0, 0
    blank: dict[str, None] = {}
    for plan in random_plans(instance, plans, seed):
        split = SplitNetwork(network, instance, plan, shared=shared, watch=network.logits, optimise=optimise)
        run = split.run(inputs)
        worst = max(worst, difference(network, run, outputs, inner))
        if run.messages and shifted < SEEN:
            shifted = max(shifted, difference(network, split.run(inputs, shift=1), outputs, inner))
        messages, sent, segments = messages + run.messages, sent + run.bytes, segments + run.segments
        blank |= dict.fromkeys(run.blank)
    return Executed(plans, worst, shifted, messages, sent, segments, tuple(blank), unsplit.from_file)
