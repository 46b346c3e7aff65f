"""slide: model provisioning, bandwidth and frequency, most users served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.command import Command, Importer
from wnpopt.core.family import Family, KnownCase
from wnpopt.core.figure import FigureKind
from wnpopt.core.lazy import attributes, later, refer

if TYPE_CHECKING:
    from wnpopt.problems.slide.instance import SlideInstance as SlideInstance
    from wnpopt.problems.slide.solution import SlideSolution as SlideSolution

_TINY: dict[str, int | float | str] = {"users": 5, "models": 2, "layers": 3, "mix": "synthetic", "bandwidth_hz": 1e7}

FAMILY = Family(
    name="slide",
    title="model provisioning, bandwidth and frequency, most users (or weight) served",
    instance_type=refer("wnpopt.problems.slide.instance:SlideInstance"),
    solution_type=refer("wnpopt.problems.slide.solution:SlideSolution"),
    sense="max",
    integer_objective=refer("wnpopt.problems.slide.instance:has_integer_objective"),
    verify=refer("wnpopt.problems.slide.verify:verify"),
    bounds=refer("wnpopt.problems.slide.bounds:bounds"),
    prove_infeasible=refer("wnpopt.problems.slide.bounds:prove_infeasible"),
    methods={
        "greedy": "wnpopt.problems.slide.methods.greedy:METHOD",
        "dp": "wnpopt.problems.slide.methods.dp:METHOD",
        "milp": "wnpopt.problems.slide.methods.milp:METHOD",
        "cover": "wnpopt.problems.slide.methods.cover:METHOD",
        "convex": "wnpopt.problems.slide.methods.convex:METHOD",
        "dai": "wnpopt.problems.slide.methods.dai:METHOD",
        "equal": "wnpopt.problems.slide.methods.equal:METHOD",
        "random": "wnpopt.problems.slide.methods.random:METHOD",
        "max-frequency": "wnpopt.problems.slide.methods.max_frequency:METHOD",
        "auto": "wnpopt.problems.slide.methods.auto:METHOD",
    },
    formulations={
        "milp": "wnpopt.problems.slide.formulations.milp:build",
        "convex": "wnpopt.problems.slide.formulations.convex:build",
    },
    warm_start="greedy",
    generate=refer("wnpopt.problems.slide.generate:generate"),
    generator_options=refer("wnpopt.problems.slide.generate:OPTIONS"),
    unit=lambda instance: "users" if instance.objective == "count" else "weight",
    leaves_out=lambda instance, solution: len(solution.served) < len(instance.users),
    doctor=later(lambda: KnownCase.read(__name__)),
    gantt="wnpopt.problems.slide.plots.gantt:gantt",
    perturb="wnpopt.problems.slide.perturb:perturb",
    show="wnpopt.problems.slide.show:show",
    explain="wnpopt.problems.slide.explain:explain",
    exhaust="wnpopt.problems.slide.exhaustion:exhaust",
    charts="wnpopt.problems.slide.plots.instance:charts",
    figures={
        "users": FigureKind(
            "Slack of each served user, and the band that the others would need.",
            "wnpopt.problems.slide.plots.users:users",
        ),
    },
    decoders={
        "milp": "wnpopt.problems.slide.formulations.decoded:from_milp",
    },
    suites={
        "slide-bandwidth": "wnpopt.problems.slide.suites:BANDWIDTH",
        "slide-deadline": "wnpopt.problems.slide.suites:DEADLINE",
        "slide-users": "wnpopt.problems.slide.suites:USERS",
        "slide-multicast": "wnpopt.problems.slide.suites:MULTICAST",
    },
    importers={
        "onnx": Importer(
            "A network that a station sends to users, layer by layer (--users).",
            "wnpopt.problems.slide.imports.command:StreamRequest",
            "wnpopt.problems.slide.imports.command:from_networks",
            makes="a slide instance",
            chosen_by=("users",),
        ),
    },
    commands={
        "run": Command(
            "Stream real models to clients that infer as layers arrive.",
            "wnpopt.problems.slide.execution.command:StreamRunRequest",
            "wnpopt.problems.slide.execution.command:run",
        ),
    },
    warm_up=(
        {**_TINY, "weighted": 1, "resource_block_hz": 180e3},
        {**_TINY, "weighted": 1, "cache_share": 0.7},
        {**_TINY, "weighted": 1, "delivery": "multicast"},
        {**_TINY, "weighted": 1, "delivery": "multicast", "requested": 1, "bandwidth_hz": 1e8},
        {**_TINY, "delivery": "multicast"},
        {**_TINY, "weighted": 1, "delivery": "multicast", "cache_share": 0.7},
        {**_TINY, "weighted": 1, "delivery": "multicast", "link": "mixed"},
    ),
)

__all__ = ["FAMILY", "SlideInstance", "SlideSolution"]

__getattr__ = attributes(__name__, {"SlideInstance": "instance", "SlideSolution": "solution"})
