"""A chip-only wnp instance from a task graph: identical cores, one tick for a unit time.

The makespan of such an instance is that of P | prec | Cmax: optima of the Standard Task Graph Set carry over.
"""

from __future__ import annotations

from wnpopt.core.errors import InputError
from wnpopt.domain.network.taskgraph import TaskGraph
from wnpopt.problems.wnp.instance import WnpInstance

MOST_CORES = 4096


def chip_only(graph: TaskGraph, cores: int) -> WnpInstance:
    """The instance of ``graph`` on ``cores`` identical cores, without a radio.

    Hops take no time. A communication cost of c becomes c bytes at one byte a tick, so that it is paid between
    different cores alone; graphs without costs have edges of no bytes. Raises :class:`InputError` for a number of
    cores below 1 or beyond 4096.
    """
    if not 1 <= cores <= MOST_CORES:
        raise InputError(f"found {cores}; 1 to {MOST_CORES} cores are possible", where="cores")
    names = [task.name for task in graph.tasks]
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": f"{graph.name}-{cores}",
            "source": f"task graph {graph.name} on {cores} identical cores; one tick is one unit time",
            "radio": {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": []},
            "modalities": [],
            "chip": {
                "cores": [{"name": f"c{m}", "x": m, "y": 0} for m in range(cores)],
                "hop_ticks": 0,
                "bytes_per_tick": 1,
            },
            "subgraphs": [{"name": task.name, "modality": None, "ticks": [task.time] * cores} for task in graph.tasks],
            "edges": [{"from": names[i], "to": names[j], "bytes": cost} for i, j, cost in graph.edges],
        }
    )
