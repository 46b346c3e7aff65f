"""Random instances, a function of options and seed alone, and small changes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from singlemachine.documents import SingleMachineInstance
from wnpopt.core.options import option, options_of, read
from wnpopt.core.perturbation import NumberMove, change


@dataclass(frozen=True)
class Options:
    """What an instance is made of."""

    jobs: int = option(8, "Number of jobs.", least=1, most=1000)
    longest: int = option(20, "Longest processing time [ticks].", least=1, most=10**6)
    load: float = option(1.0, "Work over the time in which it comes.", above=0.0)
    objective: str = option("total-completion", "What is least.", choices=("makespan", "total-completion"))


OPTIONS = options_of(Options)


def generate(options: Mapping[str, int | float | str], seed: int) -> SingleMachineInstance:
    """An instance with uniform processing times and releases; raises :class:`InputError` for a bad option."""
    chosen = read(Options, options)
    rng = np.random.default_rng(seed)
    processing = rng.integers(1, chosen.longest, size=chosen.jobs, endpoint=True)
    latest = max(0, round(float(processing.sum()) / chosen.load) - 1)
    releases = rng.integers(0, min(latest, 10**12), size=chosen.jobs, endpoint=True)
    jobs = [
        {"name": f"j{k}", "release": int(release), "processing": int(ticks)}
        for k, (release, ticks) in enumerate(zip(releases, processing, strict=True))
    ]
    return SingleMachineInstance.from_data(
        {
            "kind": "singlemachine",
            "schema_version": 1,
            "name": f"singlemachine-{chosen.jobs}-s{seed}",
            "source": f"generated: {chosen}, seed {seed}",
            "objective": chosen.objective,
            "jobs": jobs,
        }
    )


def perturb(
    instance: SingleMachineInstance, rng: np.random.Generator, origin: SingleMachineInstance
) -> SingleMachineInstance:
    """``instance`` with one release or processing time changed, near those of ``origin``."""
    return change(instance, rng, origin, {NumberMove("jobs.*.release"): 1, NumberMove("jobs.*.processing"): 1})
