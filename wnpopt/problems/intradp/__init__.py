"""intradp: local-operation partitioning of a network between a device and a server."""

from __future__ import annotations

from wnpopt.core.family import Family
from wnpopt.problems.intradp.bounds import bounds, prove_infeasible
from wnpopt.problems.intradp.doctor import KNOWN
from wnpopt.problems.intradp.generate import OPTIONS, generate
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import verify

FAMILY = Family(
    name="intradp",
    title="local-operation partitioning between a device and a server, least latency or energy",
    instance_type=IntradpInstance,
    solution_type=IntradpSolution,
    sense="min",
    integer_objective=False,
    verify=verify,
    bounds=bounds,
    prove_infeasible=prove_infeasible,
    methods={
        "device-only": "wnpopt.problems.intradp.methods.device_only:METHOD",
        "server-only": "wnpopt.problems.intradp.methods.server_only:METHOD",
        "min-cut": "wnpopt.problems.intradp.methods.min_cut:METHOD",
        "layer-cut": "wnpopt.problems.intradp.methods.layer_cut:METHOD",
        "spso-ga": "wnpopt.problems.intradp.methods.spso_ga:METHOD",
        "de": "wnpopt.problems.intradp.methods.de:METHOD",
        "milp": "wnpopt.problems.intradp.formulations.milp:METHOD",
        "enumerate": "wnpopt.problems.intradp.methods.enumerate:METHOD",
        "search": "wnpopt.problems.intradp.methods.search:METHOD",
        "auto": "wnpopt.problems.intradp.methods.auto:METHOD",
    },
    formulations={"milp": "wnpopt.problems.intradp.formulations.milp:build"},
    warm_start="layer-cut",
    generate=generate,
    generator_options=OPTIONS,
    plot="wnpopt.problems.intradp.plots.image:draw",
    plot_formats=(".html", ".png", ".svg"),
    unit=lambda instance: "s" if instance.objective == "latency" else "J",
    doctor=KNOWN,
    gantt="wnpopt.problems.intradp.plots.gantt:gantt",
    perturb="wnpopt.problems.intradp.perturb:perturb",
    warm_up=(
        {"shape": "chain", "operators": 5, "units": 3},
        {"shape": "chain", "operators": 5, "units": 3, "objective": "energy"},
        {"shape": "dense", "operators": 9, "units": 6, "objective": "energy", "slack": 0.8, "launch": 0.2},
    ),
)

__all__ = ["FAMILY", "IntradpInstance", "IntradpSolution"]
