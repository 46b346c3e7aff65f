"""Many simulations of one plan that nobody changes while it runs, on several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from wnpopt.problems.wnp.runtime.kernels.batch import simulate
from wnpopt.problems.wnp.runtime.measured import Measured
from wnpopt.problems.wnp.runtime.program import Program
from wnpopt.problems.wnp.runtime.sampled import SampledWorlds
from wnpopt.problems.wnp.runtime.worlds import Worlds

_CHUNK = 256


def repeat(
    worlds: Worlds,
    program: Program,
    runs: int,
    *,
    first: int = 0,
    threads: int = 1,
    kept: SampledWorlds | None = None,
) -> Measured:
    """Execute ``program`` in ``runs`` worlds from ``first`` on; the same values for any number of threads.

    What is ``kept`` of these worlds, from ``first`` on, is not sampled again.
    """
    setting = worlds.setting
    measured = Measured.empty(setting, runs)
    modality, job = np.array(setting.instance.modality_index), np.array(setting.instance.job_index)
    known = 0 if kept is None else min(kept.count, runs)
    if kept is not None and kept.first != first:
        raise ValueError(f"worlds from {kept.first} on are kept, those from {first} on are asked for")

    def part(begin: int, end: int) -> None:
        sampled = kept is not None and end <= known
        arguments: tuple[Any, ...] = (
            worlds.seed,
            first + begin,
            *setting.structure,
            modality,
            job,
            *worlds.arrays,
            sampled,
            *(kept.part(begin, end) if kept is not None and sampled else SampledWorlds.room(worlds, 1).arrays),
            *program.arrays,
            *measured.part(begin, end).arrays,
        )
        simulate(*arguments)

    marks = sorted({*range(0, runs, _CHUNK), known, runs} - {0})
    parts = list(zip([0, *marks], marks, strict=False))
    if threads > 1 and runs > _CHUNK:
        part(*parts[0])  # by one: what is compiled or loaded is so once
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda ends: part(*ends), parts[1:]))
    else:
        for begin, end in parts:
            part(begin, end)
    return measured
