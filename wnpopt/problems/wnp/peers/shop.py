"""A chip-only instance in PyJobShop's terms: machines, tasks with modes, and transfers as tasks without a machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.problem import Problem

if TYPE_CHECKING:
    from pyjobshop import Mode, Model, Task


@dataclass(frozen=True)
class Shop:
    """PyJobShop's model.

    Its first I tasks are the subgraphs in their order; ``core_of`` tells the core of each of their modes by the
    mode's number. All other tasks are transfers.
    """

    model: Model
    core_of: dict[int, int]


def delay(problem: Problem, edge: int) -> IntArray:
    """Ticks of an edge's transfer from each core to each, shape (M, M); 0 on the diagonal."""
    plan = problem.plan
    ticks = plan.hop + plan.width[edge]
    np.fill_diagonal(ticks, 0)
    return np.asarray(ticks)


def shop(problem: Problem, horizon: int) -> Shop:
    """The model whose optimum is that of the instance (which has no radio); all ends are at most ``horizon`` ticks.

    A subgraph is a task with one mode a core that can run it. PyJobShop 0.0.9 knows no delay that depends on the
    modes of two tasks, but modes that depend on modes: a transfer becomes a task without a machine that starts when
    its producer ends, with one mode for each core that sends and each duration from there. The producer's mode leaves
    the modes of its own core, the consumer's mode those that last as long as the way to it: together exactly one.
    """
    from pyjobshop import Model

    model = Model()
    plan = problem.plan
    machines = [model.add_machine(name=core.name) for core in problem.instance.chip.cores]
    tasks = [model.add_task(latest_end=horizon, name=s.name) for s in problem.instance.subgraphs]
    modes: list[dict[int, Mode]] = []
    core_of: dict[int, int] = {}
    for i, row in enumerate(plan.able):
        able = np.flatnonzero(row).tolist()
        core_of |= {len(core_of) + offset: m for offset, m in enumerate(able)}
        modes.append({m: model.add_mode(tasks[i], machines[m], int(plan.ticks[i, m])) for m in able})
    for edge, (i, j) in enumerate(zip(plan.source, plan.target, strict=True)):
        ticks = delay(problem, edge)
        if ticks[np.ix_(list(modes[i]), list(modes[j]))].any():
            transfer = model.add_task(latest_end=horizon)
            _add_transfer(model, transfer, ticks, modes[i], modes[j])
            model.add_end_at_start(tasks[i], transfer)
            model.add_end_before_start(transfer, tasks[j])
        else:
            model.add_end_before_start(tasks[i], tasks[j])
    return Shop(model, core_of)


def _add_transfer(
    model: Model, transfer: Task, ticks: IntArray, senders: dict[int, Mode], receivers: dict[int, Mode]
) -> None:
    """The modes of one transfer, and what the modes of its two subgraphs leave of them."""
    lasting = {
        a: {d: model.add_mode(transfer, [], d) for d in sorted({int(ticks[a, b]) for b in receivers})} for a in senders
    }
    for a, mode in senders.items():
        model.add_mode_dependency(mode, list(lasting[a].values()))
    for b, mode in receivers.items():
        model.add_mode_dependency(mode, [lasting[a][int(ticks[a, b])] for a in senders])
