"""intradp: local-operation partitioning of a network between a device and a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.command import Command, Importer
from wnpopt.core.family import Family, KnownCase, read_cases
from wnpopt.core.figure import FigureKind
from wnpopt.core.lazy import attributes, later, refer

if TYPE_CHECKING:
    from wnpopt.problems.intradp.instance import IntradpInstance as IntradpInstance
    from wnpopt.problems.intradp.solution import IntradpSolution as IntradpSolution

FAMILY = Family(
    name="intradp",
    title="local-operation partitioning between a device and a server, least latency or energy",
    instance_type=refer("wnpopt.problems.intradp.instance:IntradpInstance"),
    solution_type=refer("wnpopt.problems.intradp.solution:IntradpSolution"),
    sense="min",
    integer_objective=False,
    verify=refer("wnpopt.problems.intradp.verify:verify"),
    bounds=refer("wnpopt.problems.intradp.bounds:bounds"),
    prove_infeasible=refer("wnpopt.problems.intradp.bounds:prove_infeasible"),
    methods={
        "device-only": "wnpopt.problems.intradp.methods.device_only:METHOD",
        "server-only": "wnpopt.problems.intradp.methods.server_only:METHOD",
        "min-cut": "wnpopt.problems.intradp.methods.min_cut:METHOD",
        "layer-cut": "wnpopt.problems.intradp.methods.layer_cut:METHOD",
        "spso-ga": "wnpopt.problems.intradp.methods.spso_ga:METHOD",
        "de": "wnpopt.problems.intradp.methods.de:METHOD",
        "milp": "wnpopt.problems.intradp.methods.milp:METHOD",
        "enumerate": "wnpopt.problems.intradp.methods.enumerate:METHOD",
        "search": "wnpopt.problems.intradp.methods.search:METHOD",
        "auto": "wnpopt.problems.intradp.methods.auto:METHOD",
    },
    formulations={"milp": "wnpopt.problems.intradp.formulations.milp:build"},
    warm_start="layer-cut",
    generate=refer("wnpopt.problems.intradp.generate:generate"),
    generator_options=refer("wnpopt.problems.intradp.generate:OPTIONS"),
    unit=lambda instance: "s" if instance.objective == "latency" else "J",
    doctor=later(lambda: KnownCase.read(__name__)),
    cases=later(lambda: read_cases(__name__, "known-fields.json")),
    gantt="wnpopt.problems.intradp.plots.gantt:gantt",
    perturb="wnpopt.problems.intradp.perturb:perturb",
    show="wnpopt.problems.intradp.show:show",
    explain="wnpopt.problems.intradp.explain:explain",
    exhaust="wnpopt.problems.intradp.exhaustion:exhaust",
    charts="wnpopt.problems.intradp.plots.instance:charts",
    figures={
        "rows": FigureKind(
            "Rows of each operator on the device, on the server and on both, and what is sent.",
            "wnpopt.problems.intradp.plots.rows:rows",
        ),
        "table": FigureKind(
            "The plans of a table against the bandwidth.",
            "wnpopt.problems.intradp.plots.table:table_chart",
            of="intradp-table",
        ),
    },
    decoders={
        "milp": "wnpopt.problems.intradp.formulations.decoded:from_milp",
    },
    front="wnpopt.problems.intradp.pareto:BICRITERIA",
    suites={
        "intradp-bandwidth": "wnpopt.problems.intradp.suites:BANDWIDTH",
        "intradp-server": "wnpopt.problems.intradp.suites:SERVER",
        "intradp-paper": "wnpopt.problems.intradp.suites:PAPER",
    },
    documents={
        "intradp-table": "wnpopt.problems.intradp.online.table:PlanTable",
        "intradp-layers": "wnpopt.problems.intradp.layers:IntradpLayers",
    },
    importers={
        "onnx": Importer(
            "A network, split between a device and a server (--device, --server).",
            "wnpopt.problems.intradp.imports.command:SplitRequest",
            "wnpopt.problems.intradp.imports.command:from_network",
            makes="an intradp instance",
            chosen_by=("device", "server"),
        ),
    },
    commands={
        "calibrate": Command(
            "Fit an instance's link, costs and powers to measured latencies and energies.",
            "wnpopt.problems.intradp.calibration.command:CalibrateRequest",
            "wnpopt.problems.intradp.calibration.command:run",
        ),
        "measure": Command(
            "Measure the operators of an ONNX file on this machine.",
            "wnpopt.problems.intradp.execution.measure_command:MeasureRequest",
            "wnpopt.problems.intradp.execution.measure_command:run",
        ),
        "run": Command(
            "Run a plan on real tensors, with a server or with both roles on this machine.",
            "wnpopt.problems.intradp.execution.remote.command:RunRequest",
            "wnpopt.problems.intradp.execution.remote.command:run",
        ),
        "serve": Command(
            "Compute the server's part of plans on real tensors.",
            "wnpopt.problems.intradp.execution.remote.command:ServeRequest",
            "wnpopt.problems.intradp.execution.remote.command:serve",
        ),
        "replay": Command(
            "Replay strategies (plan tables and single plans) on the same stretch of a bandwidth trace.",
            "wnpopt.problems.intradp.online.replay_command:ReplayRequest",
            "wnpopt.problems.intradp.online.replay_command:run",
        ),
        "table": Command(
            "Make a plan for each bandwidth of a grid, all in one file; each starts from its neighbour's plan.",
            "wnpopt.problems.intradp.online.command:TableRequest",
            "wnpopt.problems.intradp.online.command:run",
        ),
    },
    warm_up=(
        {"shape": "chain", "operators": 5, "units": 3},
        {"shape": "chain", "operators": 5, "units": 3, "objective": "energy"},
        {"shape": "dense", "operators": 9, "units": 6, "objective": "energy", "slack": 0.8, "launch": 0.2},
        # Not small: what is done where not all plans are tried.
        {"shape": "dense", "operators": 10, "units": 12, "objective": "energy", "slack": 0.8, "launch": 0.2},
        {"shape": "residual", "operators": 6, "units": 4},
    ),
)

__all__ = ["FAMILY", "IntradpInstance", "IntradpSolution"]

__getattr__ = attributes(__name__, {"IntradpInstance": "instance", "IntradpSolution": "solution"})
