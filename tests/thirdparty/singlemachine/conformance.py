"""The family against the conformance kit of wnpopt: ``python conformance.py``."""

from __future__ import annotations

import numpy as np
from singlemachine import FAMILY
from singlemachine.documents import SingleMachineInstance, SingleMachineSolution

from wnpopt import testing


def starts(change):  # type: ignore[no-untyped-def]
    """A mutation that gives jobs other starts, made of the old ones by job."""

    def mutate(
        instance: SingleMachineInstance, solution: SingleMachineSolution, _rng: np.random.Generator
    ) -> SingleMachineSolution | None:
        changed = change(instance, dict(solution.start))
        return None if changed is None else solution.model_copy(update={"start": changed})

    return mutate


def too_early(instance: SingleMachineInstance, start: dict[str, int]) -> dict[str, int] | None:
    late = [job for job in instance.jobs if job.release > 0]
    return {**start, late[0].name: late[0].release - 1} if late else None


MUTATIONS = {
    "instance-name": lambda _instance, solution, _rng: solution.model_copy(update={"instance": "another"}),
    "missing": starts(lambda _instance, start: {name: start[name] for name in list(start)[1:]}),
    "unknown": starts(lambda _instance, start: {**start, "nobody": 0}),
    "release": starts(too_early),
    "overlap": starts(lambda _instance, start: dict.fromkeys(start, max(start.values()))),
}
MAKESPAN = FAMILY.generate({"objective": "makespan", "jobs": 5}, 1)

if __name__ == "__main__":
    print(*testing.conform(testing.Subject(FAMILY, MUTATIONS, samples=(MAKESPAN,)), version=1), sep="\n")
