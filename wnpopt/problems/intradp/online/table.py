"""Plan tables: the best plan for each bandwidth of a grid, in one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from wnpopt.core.budget import Budget
from wnpopt.core.document import LATER, Count, Document, Name, Real, SchemaVersion, require
from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.instance import Input, IntradpInstance, Operator
from wnpopt.problems.intradp.methods.refusals import refuse_size
from wnpopt.problems.intradp.online.planners import PLANNERS
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay, verify

if TYPE_CHECKING:
    from wnpopt.core.bound import Bound
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.search.plans import PricedPlan

MEGA = 1e6
METHODS = ("search", *PLANNERS, "milp", "enumerate", "auto")
"""What makes the plans of a table."""


class Entry(Document):
    """The plan for one bandwidth (both directions), its verified latency and energy, and a proven bound."""

    megabytes_per_s: Real
    latency_s: Real
    energy_j: Real
    bound: Real | None
    found_by: str
    device_end: tuple[Count, ...]
    server_begin: tuple[Count, ...]

    def value(self, objective: str) -> float:
        """Its latency or its energy."""
        return self.latency_s if objective == "latency" else self.energy_j

    def solution(self, instance: str) -> IntradpSolution:
        """The plan as a solution."""
        return IntradpSolution(instance=instance, device_end=self.device_end, server_begin=self.server_begin)


class PlanTable(Document):
    """One plan for each bandwidth, ascending; for an instance that differs from ``instance`` in its rates alone.

    ``network`` is that instance, so that the table can be replayed; tables of version 0.1 have none.
    """

    kind: Literal["intradp-table"] = "intradp-table"
    schema_version: SchemaVersion = 1
    instance: Name
    instance_hash: str
    objective: Literal["latency", "energy"]
    plans: Annotated[tuple[Entry, ...], Field(min_length=1)]
    network: Annotated[IntradpInstance | None, LATER] = None

    @model_validator(mode="after")
    def _check(self) -> PlanTable:
        rates = [entry.megabytes_per_s for entry in self.plans]
        for i, (low, high) in enumerate(pairwise(rates), 1):
            where = f"plans[{i}].megabytes_per_s"
            require(low < high, where, f"found {high} after {low}; ascending bandwidths are needed")
        if self.network is not None:
            told = "found another instance than instance_hash says; the one that the table was made for is needed"
            require(self.network.instance_hash == self.instance_hash, "network", told)
        return self

    def at(self, megabytes_per_s: float) -> Entry:
        """The plan of the largest bandwidth that is not above the one asked for; the first below all."""
        chosen = self.plans[0]
        for entry in self.plans:
            if entry.megabytes_per_s <= megabytes_per_s:
                chosen = entry
        return chosen


def at_bandwidth(instance: IntradpInstance, megabytes_per_s: float) -> IntradpInstance:
    """The instance with this rate in both directions."""
    rate = megabytes_per_s * MEGA
    link = instance.link.model_copy(update={"uplink_bytes_per_s": rate, "downlink_bytes_per_s": rate})
    return instance.changed(link=link)


def _needs_the_device(instance: IntradpInstance) -> bool:
    """True if without a link every row has to be computed by the device, so that there is one plan only.

    Not so where an operator reads nothing for its last rows (padding alone, or no input): the server may have these.
    """

    def reads(operator: Operator, edge: Input) -> bool:
        lo, hi = edge.rows(operator.units - 1, operator.units, units[edge.source])
        return lo < hi

    units = {operator.name: operator.units for operator in instance.operators}
    return all(any(reads(operator, edge) for edge in operator.inputs) for operator in instance.operators[1:-1])


MOST_BANDWIDTHS = 100_000


def parse_grid(text: str) -> list[float]:
    """Bandwidths in MB/s from ``first:last[:step]`` or ``a,b,c``, at most 100,000; raises :class:`InputError`."""
    count = 0
    try:
        if ":" in text:
            parts = [float(part) for part in text.split(":")]
            first, last, step = (*parts, 1.0)[:3] if len(parts) in (2, 3) else (0.0, -1.0, 1.0)
            count = int((last - first) / step + 1e-9) + 1 if step > 0 and last >= first else 0
            grid = [first + i * step for i in range(min(count, MOST_BANDWIDTHS))]
        else:
            grid = sorted({float(part) for part in text.split(",")})
    except (ValueError, OverflowError):
        grid = []
    if not grid or not all(0 <= b < float("inf") for b in grid):
        raise InputError(f"found {text!r}; first:last, first:last:step or a,b,c in MB/s is needed", where="bandwidths")
    if count > MOST_BANDWIDTHS:
        raise InputError(f"found {count:.4g} in {text!r}; at most {MOST_BANDWIDTHS} are possible", where="bandwidths")
    return grid


def build_table(
    instance: IntradpInstance,
    bandwidths: Sequence[float],
    *,
    method: str = "search",
    time_limit: float | None = 60.0,
    seed: int = 0,
    on_entry: Callable[[Entry], None] | None = None,
) -> PlanTable:
    """A plan for each of ``bandwidths`` (MB/s; 0 is no link: everything on the device).

    ``method`` is one of :data:`METHODS`. With "search" each bandwidth starts from the plan of the one before, so that
    latency never rises with bandwidth. ``time_limit`` is for each bandwidth.
    Raises :class:`InputError` where a bandwidth has no plan that meets the deadline.
    """
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.search.plans import device_only, of_solution

    if method not in METHODS:
        raise InputError(f"found {method!r}; one of {', '.join(METHODS)} is needed", where="method")
    refused = refuse_size(instance)
    if refused is not None:
        raise InputError(refused[1], where=refused[0])
    entries: list[Entry] = []
    before: IntradpSolution | None = None
    for bandwidth in sorted(set(bandwidths)):
        here = at_bandwidth(instance, bandwidth if bandwidth > 0 else 1.0)
        problem = Problem.of(here)
        bound: float | None = None
        if bandwidth == 0:
            plan = device_only(problem)
            bound = plan.value if _needs_the_device(instance) else None
        elif method == "search":
            start = None if before is None else of_solution(problem, before, "the bandwidth before")
            plan, proof = _searched(problem, Budget(time_limit, seed=seed), start)
            bound = None if proof is None else proof.value
        elif method in PLANNERS:
            plan = run_stoppable(partial(PLANNERS[method], problem, seed), Budget(time_limit))
        else:
            made, bound = _attempted(here, method, Budget(time_limit, seed=seed), before)
            if made is None:
                told = f"{method} made no plan at {bandwidth:g} MB/s: more time or a later deadline is needed"
                raise InputError(told, where="method")
            plan = of_solution(problem, made, method)
        solution = plan.solution(problem)
        certificate = verify(here, solution)
        if not plan.feasible or not certificate.accepted:
            where = "deadline_s" if instance.transfers == "any" else "transfers"
            limits = "the deadline" if instance.transfers == "any" else "the deadline and the limit on transfers"
            raise InputError(f"no plan of {method} at {bandwidth:g} MB/s keeps {limits}", where=where)
        replayed = replay(here, solution)
        entry = Entry(
            megabytes_per_s=bandwidth,
            latency_s=replayed.latency_s,
            energy_j=replayed.energy_j,
            bound=bound,
            found_by=plan.found_by,
            device_end=solution.device_end,
            server_begin=solution.server_begin,
        )
        entries.append(entry)
        before = solution
        if on_entry is not None:
            on_entry(entry)
    return PlanTable(
        instance=instance.name,
        instance_hash=instance.instance_hash,
        objective=instance.objective,
        plans=tuple(entries),
        network=instance,
    )


def _searched(problem: Problem, budget: Budget, start: PricedPlan | None) -> tuple[PricedPlan, Bound | None]:
    """The plan of search and its bound, within the budget; beside this thread, so that Ctrl-C is not held up."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.intradp.methods.search import searched

    plan, bound, _ = run_stoppable(lambda flag: searched(problem, budget, start, flag=flag), budget)
    return plan, bound


def _attempted(
    here: IntradpInstance, method: str, budget: Budget, before: IntradpSolution | None
) -> tuple[IntradpSolution | None, float | None]:
    """The best plan that the verifier accepts of a method by its name, and its bound; it starts from ``before``."""
    from wnpopt.core import registry
    from wnpopt.core.attempt import attempt, check_method
    from wnpopt.core.bound import best_bound
    from wnpopt.core.trace import Trace

    family, chosen = registry.family(here.kind), registry.method(here.kind, method)
    check_method(chosen, here)
    trace = Trace("min", budget)
    made = attempt(family, chosen, here, "auto" if before is None else before, budget, trace, proof=False)
    possible = [made.outcome.solution, None if made.start is None else made.start.solution]
    possible += [candidate.solution for candidate in made.candidates]
    best: tuple[float, IntradpSolution | None] = (float("inf"), None)
    for solution in possible:
        if isinstance(solution, IntradpSolution):
            certificate = verify(here, solution)
            if certificate.accepted and certificate.objective is not None and certificate.objective < best[0]:
                best = certificate.objective, solution
    known = [*made.bounds, *made.outcome.bounds, *([] if made.told is None else [made.told])]
    bound = best_bound(known, "min")
    # A bound above a verified plan proves nothing; a rounding above it is that plan's value.
    value = None if bound is None or bound.value > best[0] * (1 + 1e-9) else max(0.0, min(bound.value, best[0]))
    return best[1], value
