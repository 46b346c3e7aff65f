"""wnp: joint resource-block allocation and subgraph mapping, least makespan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.command import Command, Importer
from wnpopt.core.family import Family, KnownCase, read_cases
from wnpopt.core.figure import FigureKind
from wnpopt.core.lazy import attributes, later, refer

if TYPE_CHECKING:
    from wnpopt.problems.wnp.instance import WnpInstance as WnpInstance
    from wnpopt.problems.wnp.solution import WnpSolution as WnpSolution

FAMILY = Family(
    name="wnp",
    title="joint resource-block allocation and subgraph mapping, least makespan",
    instance_type=refer("wnpopt.problems.wnp.instance:WnpInstance"),
    solution_type=refer("wnpopt.problems.wnp.solution:WnpSolution"),
    sense="min",
    integer_objective=refer("wnpopt.problems.wnp.instance:has_integer_objective"),
    verify=refer("wnpopt.problems.wnp.verify:verify"),
    bounds=refer("wnpopt.problems.wnp.bounds:bounds"),
    prove_infeasible=refer("wnpopt.problems.wnp.infeasibility:prove_infeasible"),
    methods={
        "rtfs": "wnpopt.problems.wnp.methods.rtfs:METHOD",
        "pacs": "wnpopt.problems.wnp.methods.pacs:METHOD",
        "pacs-ls": "wnpopt.problems.wnp.methods.pacs_ls:METHOD",
        "milp": "wnpopt.problems.wnp.methods.milp:METHOD",
        "cpsat": "wnpopt.problems.wnp.methods.cpsat:METHOD",
        "lbbd": "wnpopt.problems.wnp.methods.lbbd:METHOD",
        "auto": "wnpopt.problems.wnp.methods.auto:METHOD",
    },
    formulations={
        "milp": "wnpopt.problems.wnp.formulations.milp:build",
        "cpsat": "wnpopt.problems.wnp.formulations.cpsat:build",
    },
    warm_start="pacs",
    generate=refer("wnpopt.problems.wnp.generate:generate"),
    generator_options=refer("wnpopt.problems.wnp.generate:OPTIONS"),
    plot="wnpopt.problems.wnp.plots.channel:figures",
    unit=refer("wnpopt.problems.wnp.instance:objective_unit"),
    unit_s=refer("wnpopt.problems.wnp.instance:objective_unit_s"),
    doctor=later(lambda: KnownCase.read(__name__)),
    cases=later(lambda: read_cases(__name__, "known-fields.json")),
    gantt="wnpopt.problems.wnp.plots.gantt:gantt",
    perturb="wnpopt.problems.wnp.perturb:perturb",
    show="wnpopt.problems.wnp.show:show",
    explain="wnpopt.problems.wnp.explain:explain",
    exhaust="wnpopt.problems.wnp.exhaustion:exhaust",
    charts="wnpopt.problems.wnp.plots.graph:charts",
    picture="wnpopt.problems.wnp.plots.picture:picture",
    figures={
        "graph": FigureKind("The graph of the subgraphs, coloured by core.", "wnpopt.problems.wnp.plots.graph:graph"),
    },
    decoders={
        "milp": "wnpopt.problems.wnp.formulations.decoded:from_milp",
        "cpsat": "wnpopt.problems.wnp.formulations.decoded:from_cpsat",
    },
    state="wnp-state",
    at_start="wnpopt.problems.wnp.state:at_start",
    residual="wnpopt.problems.wnp.residual:residual",
    carry_on="wnpopt.problems.wnp.replanning:carried_on",
    front="wnpopt.problems.wnp.pareto:BICRITERIA",
    robust="wnpopt.problems.wnp.runtime.robust.choice:ROBUST",
    documents={
        "wnp-state": "wnpopt.problems.wnp.state:WnpState",
        "wnp-layers": "wnpopt.problems.wnp.layers:WnpLayers",
        "wnp-scenario": "wnpopt.problems.wnp.runtime.scenario:WnpScenario",
        "wnp-stream": "wnpopt.problems.wnp.runtime.stream.document:WnpStream",
        "wnp-scenarios": "wnpopt.problems.wnp.runtime.robust.scenarios:WnpScenarios",
    },
    commands={
        "run": Command(
            "Run a chip's plan on processes, inputs over a paced link.",
            "wnpopt.problems.wnp.execution.command:ChipRunRequest",
            "wnpopt.problems.wnp.execution.command:run",
        ),
        "simulate": Command(
            "Execute a wnp plan in worlds that deviate from the instance, or a stream of requests, under policies.",
            "wnpopt.problems.wnp.runtime.request:SimulateRequest",
            "wnpopt.problems.wnp.runtime.command:run",
        ),
    },
    # Plain instances and those with optional fields are planned by different kernels; rounding the radio's fractional
    # answer fails in the first one, so that there is more to compile.
    warm_up=(
        {"subgraphs": 3, "cores": 2, "modalities": 2, "resource_blocks": 3, "slots": 8, "ctr": 1},
        {"subgraphs": 3, "cores": 2, "modalities": 1, "resource_blocks": 2, "slots": 6, "bus": "exclusive"},
        # lbbd times plans anew on a bus, and repairs and exchanges what the radio gives it.
        {"subgraphs": 5, "cores": 3, "modalities": 3, "resource_blocks": 3, "slots": 6, "ctr": 1, "bus": "exclusive"},
    ),
    suites={
        "owin-heterogeneity": "wnpopt.problems.wnp.suites:HETEROGENEITY",
        "owin-cores": "wnpopt.problems.wnp.suites:CORES",
        "owin-subcarriers": "wnpopt.problems.wnp.suites:SUBCARRIER_COUNT",
        "owin-latency-scale": "wnpopt.problems.wnp.suites:LATENCY_SCALE",
    },
    importers={
        "onnx": Importer(
            "A network on a chip behind a radio (--chip).",
            "wnpopt.problems.wnp.imports.command:NetworkRequest",
            "wnpopt.problems.wnp.imports.command:from_network",
            makes="a wnp instance",
            chosen_by=("chip",),
        ),
        "profile": Importer(
            "Measured times of a network: the table's cores are the chip, in its order on a mesh.",
            "wnpopt.problems.wnp.imports.command:ProfileRequest",
            "wnpopt.problems.wnp.imports.command:from_profile",
            makes="a wnp instance",
        ),
        "stg": Importer(
            "A task graph on identical cores; chip-only, one tick a unit time.",
            "wnpopt.problems.wnp.imports.command:TaskGraphRequest",
            "wnpopt.problems.wnp.imports.command:from_task_graph",
            makes="a wnp instance",
        ),
    },
)

__all__ = ["FAMILY", "WnpInstance", "WnpSolution"]

__getattr__ = attributes(__name__, {"WnpInstance": "instance", "WnpSolution": "solution"})
