"""A chip-only instance in SAGA's terms, and its schedules back in ours.

SAGA (anrg-saga) models a network of nodes and links that have speeds: a task takes its cost / the node's speed, data
their size / the link's speed. Ticks and transfers are fitted by such products, and the answer, cores and an order on
each, is timed anew with the real ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.method import Context, Outcome
from wnpopt.core.status import Termination
from wnpopt.core.topology import topological_order
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.peers.answer import timed
from wnpopt.problems.wnp.peers.rank_one import Fit, fit
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from saga import Network, Schedule, Scheduler, TaskGraph

HORIZON = 1e3
"""What all costs and sizes add up to. SAGA compares times with an absolute tolerance of 1e-9: rounding stays below."""

LEAST = 1e-3
"""Least cost and least slowness: SAGA places tasks of no duration before what they must follow, by a rounding error."""


@dataclass(frozen=True)
class Plant:
    """SAGA's network and task graph; names are numbers, filled up with zeros. ``ticks`` and ``moves`` are the fits."""

    network: Network
    graph: TaskGraph
    ticks: Fit
    moves: Fit


def plant(problem: Problem) -> Plant:
    """The network and the task graph that are nearest to the instance, in least squares.

    Exact where one speed a core and one speed a link can say it all: related cores, and hops that take no time or are
    the same between all cores.
    """
    from saga import Network, TaskGraph

    plan = problem.plan
    subgraphs, cores = plan.ticks.shape
    first, second = np.triu_indices(cores, 1)
    ticks = fit(plan.ticks)
    moves = fit(plan.width[:, None] + plan.hop[first, second][None, :])
    scale = HORIZON / max(float(ticks.cost.sum() + moves.cost.sum()), 1e-300)
    node, link, task, flow = _numbered()
    names = [f"{m:06d}" for m in range(cores)]
    between = [(names[m], names[m], np.inf) for m in range(cores)]
    between += [(names[a], names[b], _speed(s)) for a, b, s in zip(first, second, moves.slowness.tolist(), strict=True)]
    network = Network(
        nodes=frozenset(
            node(number=m, name=names[m], speed=1.0 / max(s, LEAST)) for m, s in enumerate(ticks.slowness.tolist())
        ),
        edges=frozenset(link(number=k, source=a, target=b, speed=s) for k, (a, b, s) in enumerate(between)),
    )
    cost = [*np.maximum(ticks.cost * scale, LEAST).tolist(), 0.0, 0.0]
    size = (moves.cost * scale).tolist()
    ends = list(zip(plan.source.tolist(), plan.target.tolist(), strict=True))
    # One entry and one exit, as the two algorithms ask for, where there are several.
    entries = sorted(set(range(subgraphs)) - {j for _, j in ends})
    exits = sorted(set(range(subgraphs)) - {i for i, _ in ends})
    used = list(range(subgraphs))
    if len(entries) > 1:
        used.append(subgraphs)
        ends += [(subgraphs, i) for i in entries]
    if len(exits) > 1:
        used.append(subgraphs + 1)
        ends += [(i, subgraphs + 1) for i in exits]
    size += [0.0] * (len(ends) - len(size))
    graph = TaskGraph.create(
        [task(number=i, name=f"{i:06d}", cost=cost[i]) for i in used],
        [
            flow(number=k, source=f"{i:06d}", target=f"{j:06d}", size=s)
            for k, ((i, j), s) in enumerate(zip(ends, size, strict=True))
        ],
    )
    return Plant(network, graph, ticks, moves)


def _speed(slowness: float) -> float:
    return 1.0 / slowness if slowness > 0 else float("inf")


def _numbered() -> tuple[Callable[..., object], ...]:
    """SAGA's four parts with numbers for hashes.

    SAGA keeps them in sets, by the hashes of their names, which differ from one Python process to the next: so would
    its choice among equals.
    """
    from saga import NetworkEdge, NetworkNode, TaskGraphEdge, TaskGraphNode

    def numbered(base: type) -> Callable[..., object]:
        class Part(base):  # type: ignore[misc]
            number: int

            def __hash__(self) -> int:
                return self.number

        return Part

    return tuple(map(numbered, (NetworkNode, NetworkEdge, TaskGraphNode, TaskGraphEdge)))


def schedule_by(instance: WnpInstance, context: Context[WnpSolution], scheduler: Scheduler) -> Outcome[WnpSolution]:
    """Fit, let ``scheduler`` schedule, and time its cores and orders with the real ticks and transfers.

    SAGA cannot be interrupted: Ctrl-C takes effect when it has answered.
    """
    from saga.schedulers.cpop import cpop_ranks, upward_rank

    began = context.budget.elapsed()
    problem = Problem.of(instance)
    built = plant(problem)
    build_s = context.budget.elapsed() - began
    try:
        answer = scheduler.schedule(built.network, built.graph)
    finally:
        # They would hold every instance of a batch.
        upward_rank.cache_clear()
        cpop_ranks.cache_clear()
    return Outcome(
        timed(problem, *read(problem, answer)),
        Termination.HEURISTIC,
        build_s=build_s,
        message=f"fitted by speeds: ticks to {built.ticks.error:.1%}, transfers to {built.moves.error:.1%}",
    )


def read(problem: Problem, answer: Schedule) -> tuple[IntArray, IntArray]:
    """The core of each subgraph, and the subgraphs in the order of their starts, a topological one; shape (I,) each."""
    count = problem.plan.order.size
    core = np.zeros(count, dtype=np.int64)
    key = [(0.0, 0.0, 0)] * count
    place = {int(i): p for p, i in enumerate(problem.plan.order)}
    for name, tasks in answer.items():
        for task in tasks:
            if int(task.name) < count:
                core[int(task.name)] = int(name)
                key[int(task.name)] = (task.start, task.end, place[int(task.name)])
    # By these keys, but nothing before what it needs: starts that differ by rounding alone must not decide that.
    edges = zip(problem.plan.source.tolist(), problem.plan.target.tolist(), strict=True)
    return core, np.array(topological_order(count, edges, key.__getitem__), dtype=np.int64)
