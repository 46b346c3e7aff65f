"""Many simulations of one plan that nobody changes while it runs, on several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from wnpopt.problems.wnp.runtime.kernels.batch import simulate
from wnpopt.problems.wnp.runtime.measured import Measured
from wnpopt.problems.wnp.runtime.program import Program
from wnpopt.problems.wnp.runtime.worlds import Worlds

_CHUNK = 256


def repeat(worlds: Worlds, program: Program, runs: int, *, first: int = 0, threads: int = 1) -> Measured:
    """Execute ``program`` in ``runs`` worlds from ``first`` on; the same values for any number of threads."""
    setting = worlds.setting
    measured = Measured.empty(setting, runs)
    modality, job = np.array(setting.instance.modality_index), np.array(setting.instance.job_index)

    def part(begin: int) -> None:
        arguments: tuple[Any, ...] = (
            worlds.seed,
            first + begin,
            *setting.structure,
            modality,
            job,
            *worlds.arrays,
            *program.arrays,
            *measured.part(begin, begin + _CHUNK).arrays,
        )
        simulate(*arguments)

    if threads > 1 and runs > _CHUNK:
        part(0)  # by one: what is compiled or loaded is so once
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, range(_CHUNK, runs, _CHUNK)))
    else:
        for begin in range(0, runs, _CHUNK):
            part(begin)
    return measured
