"""Task graphs: what a scheduling benchmark needs, without operators or tensors."""

from __future__ import annotations

from dataclasses import dataclass

from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError
from wnpopt.core.topology import CycleError, topological_order


@dataclass(frozen=True, slots=True)
class Task:
    """A task and its processing time in unit times."""

    name: str
    time: int


@dataclass(frozen=True, slots=True)
class TaskGraph:
    """Tasks and precedence: ``edges`` are (predecessor, successor, communication cost), indices of ``tasks``, sorted.

    Raises :class:`InputError` for a cycle, a repeated edge, or a total beyond 2^53.
    """

    name: str
    tasks: tuple[Task, ...]
    edges: tuple[tuple[int, int, int], ...]

    def __post_init__(self) -> None:
        if not self.tasks:
            raise InputError("the task graph has no task; at least one is needed")
        if len({(i, j) for i, j, _ in self.edges}) < len(self.edges):
            raise InputError("an edge stands twice; edges are unique")
        if sum(task.time for task in self.tasks) + sum(cost for _, _, cost in self.edges) > MAX_INT:
            raise InputError("the times and costs add up to more than 2^53")
        try:
            self._order()
        except CycleError as error:
            names = " before ".join(self.tasks[i].name for i in error.cycle)
            raise InputError(f"the tasks are in a cycle: {names}; the graph must be acyclic") from None

    def _order(self) -> list[int]:
        return topological_order(len(self.tasks), ((i, j) for i, j, _ in self.edges))

    @property
    def work(self) -> int:
        """All processing time."""
        return sum(task.time for task in self.tasks)

    @property
    def critical_path(self) -> int:
        """Length of the longest path, processing times only."""
        successors: list[list[int]] = [[] for _ in self.tasks]
        for i, j, _ in self.edges:
            successors[i].append(j)
        tails = [0] * len(self.tasks)
        for i in reversed(self._order()):
            tails[i] = self.tasks[i].time + max((tails[j] for j in successors[i]), default=0)
        return max(tails)
