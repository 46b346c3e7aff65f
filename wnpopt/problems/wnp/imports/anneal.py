"""Good placements of a network's groups on a chip, for coarsening to keep what it can of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError
from wnpopt.domain.network.placement import Floats, Placement
from wnpopt.problems.wnp.imports.assemble import Mesh
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.annealing import anneal_from_releases
from wnpopt.problems.wnp.kernels.plan import tails
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.search.joint import pipeline_aware, transmit_first

_CHANGES = 100_000
_HOT, _COOLED = (0.03, 0.003), 30
"""Of the makespan: where two runs of annealing begin; they end that much colder."""
_TICKS = 10**7
"""That the slowest group takes: fine enough for rounding not to matter."""


def annealed(mesh: Mesh, times: Floats, after: Sequence[Mapping[int, float]]) -> Placement | None:
    """The better of PACS and of a short annealing from it, all data there at time 0; the same for the same input.

    ``times`` (groups by cores, infinite where one cannot run) in seconds, ``after`` the bytes to readers. None where
    nothing takes any time, there is but one core, or the numbers are beyond all ticks.
    """
    slowest = float(times.max(initial=0.0, where=np.isfinite(times)))
    if len(mesh.cores) < 2 or not 0 < slowest < 1e200:
        return None
    tick_s = max(slowest / _TICKS, 1.01 / mesh.bytes_per_s, mesh.hop_s / _TICKS)
    try:
        problem = Problem.of(_instance(mesh, times, after, tick_s))
    except InputError:  # tensors or rates beyond what exact integers can hold
        return None
    first = transmit_first(problem, Budget(None))
    if first is None:
        return None
    best = pipeline_aware(problem, first, Budget(None)).schedule
    release, plan = np.zeros(len(times), dtype=np.int64), problem.plan
    # No plan ends before its longest path: one that does not end after it, of a chain as a rule, is not searched for.
    least = int(plan.least(plan.ticks + tails(*plan.backward, plan.order)).max())
    for number, hot in enumerate(_HOT):
        if best.makespan <= least:
            break
        core, sequence = best.core.copy(), problem.scheduler.sequence(best)
        anneal_from_releases(
            plan.ticks, plan.source, plan.target, plan.width, plan.hop, plan.into_at, plan.into, plan.outof_at,
            plan.outof, release, core, sequence, _CHANGES, hot * best.makespan, hot * best.makespan / _COOLED,
            number, least, never(),
        )  # fmt: skip
        made = problem.scheduler.retimed(Schedule(0, core, release), release, sequence)
        best = made if made.makespan < best.makespan else best
    cores = best.core.tolist()
    start = [float(tick) * tick_s for tick in best.start]
    end = [begin + float(times[i, m]) for i, (begin, m) in enumerate(zip(start, cores, strict=True))]
    return Placement(tuple(cores), tuple(start), tuple(end), tuple(problem.scheduler.sequence(best).tolist()))


def _instance(mesh: Mesh, times: Floats, after: Sequence[Mapping[int, float]], tick_s: float) -> WnpInstance:
    ticks = np.ceil(np.where(np.isfinite(times), times, 0.0) / tick_s)
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": "groups",
            "tick_s": tick_s,
            "radio": {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": []},
            "modalities": [],
            "chip": {
                "cores": [{"name": name, "x": x, "y": y} for name, x, y in mesh.cores],
                "hop_ticks": int(np.ceil(mesh.hop_s / tick_s)),
                "bytes_per_tick": int(mesh.bytes_per_s * tick_s),
            },
            "subgraphs": [
                {
                    "name": str(i),
                    "modality": None,
                    "ticks": [int(t) if np.isfinite(own) else None for t, own in zip(row, times[i], strict=True)],
                }
                for i, row in enumerate(ticks)
            ],
            "edges": [
                {"from": str(i), "to": str(j), "bytes": int(size)}
                for i, reads in enumerate(after)
                for j, size in reads.items()
            ],
        }
    )
