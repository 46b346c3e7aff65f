"""singlemachine: jobs with release dates on one machine, least makespan or total completion time."""

from __future__ import annotations

from wnpopt.core.family import Family, KnownCase
from wnpopt.core.lazy import refer

KNOWN = KnownCase(
    {
        "kind": "singlemachine",
        "schema_version": 1,
        "name": "doctor",
        "objective": "total-completion",
        "jobs": [
            {"name": "a", "release": 0, "processing": 7},
            {"name": "b", "release": 1, "processing": 2},
            {"name": "c", "release": 2, "processing": 2},
            {"name": "d", "release": 9, "processing": 1},
        ],
    },
    # b 1..3, c 3..5, a 5..12, d 12..13 is 33; that d interrupts nothing, but precedes a, is 3 + 5 + 10 + 17 = 35.
    optimum=33,
)

FAMILY = Family(
    name="singlemachine",
    title="jobs with release dates on one machine, least makespan or total completion time",
    instance_type=refer("singlemachine.documents:SingleMachineInstance"),
    solution_type=refer("singlemachine.documents:SingleMachineSolution"),
    sense="min",
    integer_objective=True,
    verify=refer("singlemachine.verify:verify"),
    bounds=refer("singlemachine.bounds:bounds"),
    prove_infeasible=lambda _instance, _budget: None,  # there is always a schedule
    methods={
        "dispatch": "singlemachine.methods:DISPATCH",
        "branch-and-bound": "singlemachine.methods:BRANCH_AND_BOUND",
        "auto": "singlemachine.methods:AUTO",
    },
    formulations={},
    warm_start="dispatch",
    generate=refer("singlemachine.generate:generate"),
    generator_options=refer("singlemachine.generate:OPTIONS"),
    unit="ticks",
    doctor=KNOWN,
    gantt="singlemachine.gantt:gantt",
    perturb="singlemachine.generate:perturb",
)
