"""Task graphs: what a scheduling benchmark needs, without operators or tensors."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError


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
            TopologicalSorter(self.predecessors()).prepare()
        except CycleError as error:
            names = " before ".join(self.tasks[i].name for i in error.args[1])
            raise InputError(f"the tasks are in a cycle: {names}; the graph must be acyclic") from None

    def predecessors(self) -> dict[int, list[int]]:
        """The predecessors of every task."""
        found: dict[int, list[int]] = {i: [] for i in range(len(self.tasks))}
        for i, j, _ in self.edges:
            found[j].append(i)
        return found

    @property
    def work(self) -> int:
        """All processing time."""
        return sum(task.time for task in self.tasks)

    @property
    def critical_path(self) -> int:
        """Length of the longest path, processing times only."""
        predecessors = self.predecessors()
        ends = [0] * len(self.tasks)
        for j in TopologicalSorter(predecessors).static_order():
            ends[j] = self.tasks[j].time + max((ends[i] for i in predecessors[j]), default=0)
        return max(ends)
