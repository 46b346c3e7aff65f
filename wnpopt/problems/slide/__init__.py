"""slide: model provisioning, bandwidth and frequency, most users served."""

from __future__ import annotations

from wnpopt.core.family import Family
from wnpopt.problems.slide.bounds import bounds, prove_infeasible
from wnpopt.problems.slide.doctor import KNOWN
from wnpopt.problems.slide.generate import OPTIONS, generate
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.methods.refusals import has_integer_objective
from wnpopt.problems.slide.solution import SlideSolution
from wnpopt.problems.slide.verify import verify

_TINY: dict[str, int | float | str] = {"users": 5, "models": 2, "layers": 3, "mix": "synthetic", "bandwidth_hz": 1e7}

FAMILY = Family(
    name="slide",
    title="model provisioning, bandwidth and frequency, most users (or weight) served",
    instance_type=SlideInstance,
    solution_type=SlideSolution,
    sense="max",
    integer_objective=has_integer_objective,
    verify=verify,
    bounds=bounds,
    prove_infeasible=prove_infeasible,
    methods={
        "greedy": "wnpopt.problems.slide.methods.greedy:METHOD",
        "dp": "wnpopt.problems.slide.methods.dp:METHOD",
        "milp": "wnpopt.problems.slide.formulations.milp:METHOD",
        "convex": "wnpopt.problems.slide.formulations.convex:METHOD",
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
    generate=generate,
    generator_options=OPTIONS,
    plot="wnpopt.problems.slide.plots.image:draw",
    plot_formats=(".html", ".png", ".svg"),
    unit=lambda instance: "users" if instance.objective == "count" else "weight",
    doctor=KNOWN,
    gantt="wnpopt.problems.slide.plots.gantt:gantt",
    perturb="wnpopt.problems.slide.perturb:perturb",
    warm_up=(
        {**_TINY, "weighted": 1, "resource_block_hz": 180e3},
        {**_TINY, "weighted": 1, "cache_share": 0.7},
        {**_TINY, "weighted": 1, "delivery": "multicast"},
        {**_TINY, "weighted": 1, "delivery": "multicast", "requested": 1, "bandwidth_hz": 1e8},
        {**_TINY, "delivery": "multicast"},
        {**_TINY, "weighted": 1, "delivery": "multicast", "cache_share": 0.7},
    ),
)

__all__ = ["FAMILY", "SlideInstance", "SlideSolution"]
