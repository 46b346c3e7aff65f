"""wnp: joint resource-block allocation and subgraph mapping, least makespan."""

from __future__ import annotations

from wnpopt.core.family import Family
from wnpopt.problems.wnp.bounds import bounds, prove_infeasible
from wnpopt.problems.wnp.doctor import KNOWN
from wnpopt.problems.wnp.generate import OPTIONS, generate
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import verify

FAMILY = Family(
    name="wnp",
    title="joint resource-block allocation and subgraph mapping, least makespan",
    instance_type=WnpInstance,
    solution_type=WnpSolution,
    sense="min",
    integer_objective=True,
    verify=verify,
    bounds=bounds,
    prove_infeasible=prove_infeasible,
    methods={
        "rtfs": "wnpopt.problems.wnp.methods.rtfs:METHOD",
        "pacs": "wnpopt.problems.wnp.methods.pacs:METHOD",
        "milp": "wnpopt.problems.wnp.formulations.milp:METHOD",
        "cpsat": "wnpopt.problems.wnp.formulations.cpsat:METHOD",
        "lbbd": "wnpopt.problems.wnp.methods.lbbd:METHOD",
        "auto": "wnpopt.problems.wnp.methods.auto:METHOD",
    },
    formulations={
        "milp": "wnpopt.problems.wnp.formulations.milp:build",
        "cpsat": "wnpopt.problems.wnp.formulations.cpsat:build",
    },
    warm_start="pacs",
    generate=generate,
    generator_options=OPTIONS,
    plot="wnpopt.problems.wnp.plots.image:draw",
    plot_formats=(".html", ".png", ".svg"),
    unit="ticks",
    doctor=KNOWN,
    gantt="wnpopt.problems.wnp.plots.gantt:gantt",
    perturb="wnpopt.problems.wnp.perturb:perturb",
)

__all__ = ["FAMILY", "WnpInstance", "WnpSolution"]
