"""search: label-setting on chains, directions of clocks on networks with skips; better plans at the same time.

On small networks all plans that these leave, depth first.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods import enumerate as every
from wnpopt.problems.intradp.methods.outcome import outcome, tell
from wnpopt.problems.intradp.methods.refusals import refuse_size
from wnpopt.problems.intradp.search.shares import CUT_SHARE, HEADS_SHARE, early, later, part
from wnpopt.problems.intradp.solution import IntradpSolution

if TYPE_CHECKING:
    import numpy as np

    from wnpopt.backends.stopping import Flag
    from wnpopt.core.budget import Budget
    from wnpopt.core.trace import Trace
    from wnpopt.problems.intradp.kernels.heads import Front
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.methods.starts import Improver
    from wnpopt.problems.intradp.search.plans import PricedPlan
    from wnpopt.problems.intradp.search.proving import Prover

WIDTHS = (30, 300, 3_000, 30_000, 300_000)
"""Beams, each tried when the one before has left a gap and a run ten times as long still fits."""

STARTS_SHARE = 0.4
"""What the other methods' plans may take where no second thread makes them."""

QUICK_SHARE = 0.1
"""What plans may take that a first proof is tried with."""

PROMISING = 0.1
"""The gap of the heads up to which the whole gap is tried at once."""

SETTLING = 0.15
"""What the first cutoff may wait of the time left for good plans of a second thread."""

NARROW_EFFORT = 30_000_000
"""Steps of the beam that gives the first bound."""

FEW = 2_000_000
"""Plans that are tried one by one where label-setting leaves a gap: two seconds' work."""

BRIEF, LONG = 500_000, 20_000_000
"""Options that a search over all plans of a small network may look at from a first plan, and from a good one: a
second's work, and half a minute's."""

DESCENT_SHARE = 0.5
"""What the latter may take of the time left."""

TURNS = 40
"""Cutoffs, with annealing between them, where no time limit ends the search."""

ANNEALING = 150
"""Steps of annealing between two beams, for each operator."""


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
    """See :func:`searched`; starts from the warm start if there is one."""
    made = _solved(instance, context)
    return made if context.start is None else replace(made, warm_start=WarmStart.ACCEPTED)


def _solved(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.search.plans import of_solution

    problem = Problem.of(instance)
    start = None if context.start is None else of_solution(problem, context.start.solution, context.start.found_by)
    budget = early(context.budget)
    few = every.count(instance) <= FEW
    plan, bound, proved = run_stoppable(
        lambda flag: searched(problem, budget, start, context.trace, flag=flag, thorough=not few), budget
    )
    if bound is not None and bound.value == float("inf"):
        return Outcome(
            None,
            Termination.PROVED,
            infeasible="no plan keeps the deadline",
            infeasible_proof=f"no plan keeps the deadline ({bound.source})",
        )
    bounds = () if bound is None else (bound,)
    searched_outcome = outcome(problem, plan, Termination.PROVED if proved else budget.ending(), bounds)
    if proved or not few or context.budget.exhausted():
        return searched_outcome
    tried = every.solve(instance, context)
    # Stopped on the way, it has less than the search had.
    return (
        tried if tried.termination is Termination.PROVED else replace(searched_outcome, termination=tried.termination)
    )


def searched(
    problem: Problem,
    budget: Budget,
    start: PricedPlan | None = None,
    trace: Trace | None = None,
    *,
    flag: Flag | None = None,
    thorough: bool = True,
) -> tuple[PricedPlan, Bound | None, bool]:
    """(plan, best bound, whether the plan is proved optimal); the plan is never worse than the honest baselines.

    Of networks with skips, ``thorough`` goes on while there is time; else label-setting is all. ``flag`` (see
    :mod:`wnpopt.backends.stopping`) ends it early; the baselines may then be incomplete.
    """
    import numpy as np

    from wnpopt.backends.stopping import never, run_stoppable
    from wnpopt.problems.intradp.kernels.heads import Front
    from wnpopt.problems.intradp.kernels.problem import is_chain
    from wnpopt.problems.intradp.methods.starts import Improver, quick
    from wnpopt.problems.intradp.search.beam import weights
    from wnpopt.problems.intradp.search.descending import is_small
    from wnpopt.problems.intradp.search.plans import best_of, device_only, layer_cut, server_only
    from wnpopt.problems.intradp.search.proving import Prover

    flag = never() if flag is None else flag
    plan = best_of(device_only(problem), server_only(problem))
    if start is not None:
        plan = best_of(plan, start)
    if start is None or start.found_by != "layer-cut":
        plan = best_of(plan, run_stoppable(lambda flag: layer_cut(problem, flag), part(budget, CUT_SHARE)))
    tell(problem, plan, trace)
    rng = np.random.default_rng([budget.seed, 0x736561])
    chain = is_chain(problem)
    if not chain:
        plan = run_stoppable(lambda flag: quick(problem, plan, budget, rng, trace, flag), part(budget, QUICK_SHARE))
    reached = Bound(0.0, "trivial")
    # Labels are exact on chains where the latency counts.
    small = (problem.by_energy or not chain) and is_small(problem.instance)
    if small and not (flag[0] or budget.exhausted()):
        plan, reached, proved = _tried_all(problem, plan, reached, BRIEF, part(budget, QUICK_SHARE), trace)
        if proved:
            return plan, reached, True
    prover = Prover(problem, budget, flag)
    beside = budget.threads > 1 and budget.time_limit is not None and thorough and not chain
    with Improver(problem, plan, budget, flag) if beside else nullcontext() as improver:
        if flag[0] or budget.exhausted():
            return plan, reached if reached.value > 0 else None, False
        front = Front(problem.arrays, *weights(problem), flag=flag, hurry=later(budget, HEADS_SHARE))
        bound = max(_by_heads(problem, front, flag), reached, key=lambda bound: bound.value)
        if thorough and not chain and 0 < plan.value * (1 - PROMISING) <= bound.value and plan.feasible:
            tried = prover.straight(bound.value, plan)
            bound = Bound(tried.bound, "directions") if tried.bound > bound.value else bound
            plan = plan if tried.plan is None else best_of(plan, tried.plan)
            tell(problem, plan, trace)
            if trace is not None:
                trace.bound(bound.value, bound.source)
            if not tried.more:
                return plan, bound, True
        if not chain and improver is None:
            plan = run_stoppable(
                lambda flag: _made(problem, plan, budget, rng, trace, flag, thorough), part(budget, STARTS_SHARE)
            )
        if flag[0] or budget.exhausted():
            return plan, bound, False
        if small:
            plan, bound, proved = _tried_all(problem, plan, bound, LONG, part(budget, DESCENT_SHARE), trace)
            if proved or flag[0] or budget.exhausted():
                return plan if improver is None else best_of(plan, improver.best), bound, proved
        widths = WIDTHS if chain else WIDTHS[:1]
        plan, bound, proved = _widening(problem, plan, bound, budget, front, widths, rng, trace, flag)
        if not proved and thorough:
            plan, bound, proved = _proving(problem, plan, bound, budget, rng, trace, prover, flag, improver)
    return (plan if improver is None else best_of(plan, improver.best)), bound, proved


def _tried_all(
    problem: Problem, plan: PricedPlan, bound: Bound, options: int, budget: Budget, trace: Trace | None
) -> tuple[PricedPlan, Bound, bool]:
    """As :func:`searched`, from ``plan`` and ``bound`` on."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.intradp.search.descending import CLOSE, descended

    tried = run_stoppable(lambda flag: descended(problem, plan, options, flag), budget)
    tell(problem, tried.plan, trace)
    if tried.bound > bound.value:
        bound = Bound(tried.bound, "descent")
        if trace is not None and tried.plan.feasible:
            trace.bound(bound.value, bound.source)
    return tried.plan, bound, bound.value >= tried.plan.value * (1 - 2 * CLOSE)


def _by_heads(problem: Problem, front: Front, flag: Flag) -> Bound:
    """The bound of the heads alone: a beam that its effort ends may leave less."""
    from wnpopt.problems.intradp.kernels.heads import Front
    from wnpopt.problems.intradp.search.beam import SAFETY, weights

    # Heads of single tensors may be the better ones.
    plain = Front(problem.arrays, *weights(problem), flag=flag, hurry=lambda: True)
    least = max(float(one.heads.device[-1]) for one in (front, plain))
    return Bound(least * (1 - SAFETY), "heads")


def _made(
    problem: Problem,
    plan: PricedPlan,
    budget: Budget,
    rng: np.random.Generator,
    trace: Trace | None,
    flag: Flag,
    thorough: bool,
) -> PricedPlan:
    """The plan that bounds start from, where no other thread makes plans better meanwhile."""
    from wnpopt.problems.intradp.methods.starts import converged, started

    plan = started(problem, plan, budget, rng, trace, flag)
    timed = thorough and budget.time_limit is not None
    return converged(problem, plan, budget, rng, trace, flag) if timed else plan


def _widening(
    problem: Problem,
    plan: PricedPlan,
    bound: Bound,
    budget: Budget,
    front: Front,
    widths: tuple[int, ...],
    rng: np.random.Generator,
    trace: Trace | None,
    flag: Flag,
) -> tuple[PricedPlan, Bound, bool]:
    """As :func:`searched`, by label-setting from ``plan`` and ``bound`` on."""
    import numpy as np

    from wnpopt.problems.intradp.search.beam import UNBOUNDED, run_labels
    from wnpopt.problems.intradp.search.plans import PricedPlan, annealed, best_of

    took = 0.0
    for width in widths:
        if flag[0] or budget.exhausted() or (took > 0.5 and 12 * took > budget.remaining()):
            break
        began = budget.elapsed()
        effort = NARROW_EFFORT if len(widths) == 1 else UNBOUNDED
        found = run_labels(problem, width, plan.value, budget, effort=effort, flag=flag, front=front)
        took = budget.elapsed() - began
        if found.bound > bound.value:
            bound = Bound(found.bound, "labels")
            if trace is not None:
                trace.bound(bound.value, bound.source)
        if found.device_end is not None and found.server_begin is not None:
            plan = best_of(plan, PricedPlan(found.device_end, found.server_begin, found.objective, "labels"))
            tell(problem, plan, trace)
        if bound.value >= plan.value * (1 - 1e-8) or bound.value == np.inf:
            return plan, bound, True
        if found.complete and found.device_end is None:
            # Every plan that the bounds leave open was tried, and none is better: only the bound is not tight.
            break
        plan = annealed(problem, plan, ANNEALING * problem.count, 0.02, rng, flag)
        tell(problem, plan, trace)
    return plan, bound, False


def _proving(
    problem: Problem,
    plan: PricedPlan,
    bound: Bound,
    budget: Budget,
    rng: np.random.Generator,
    trace: Trace | None,
    prover: Prover,
    flag: Flag,
    improver: Improver | None = None,
) -> tuple[PricedPlan, Bound, bool]:
    """As :func:`searched`: better plans and higher bounds in turn while time lasts.

    An ``improver`` makes the better plans at the same time.
    """
    from wnpopt.problems.intradp.methods.starts import LONGEST
    from wnpopt.problems.intradp.search.improvement import Rounds, improved
    from wnpopt.problems.intradp.search.plans import best_of

    if improver is not None:
        # Cutoffs between a poor plan and the bound lie below the optimum, or take too long.
        plan = best_of(plan, improver.settle(plan, part(budget, SETTLING).remaining()))
    rounds = Rounds(problem, rng, flag)
    more, stuck = True, False
    improving = proving = a_step = 0.0
    for turn in range(TURNS if budget.time_limit is None else 10**9):
        if flag[0] or budget.exhausted():
            break
        before = plan.value
        if improver is not None:
            plan = best_of(plan, improver.exchange(plan, wait=not more, wanted=stuck))
        else:
            effort = 1 if more else 20
            if more and stuck and a_step > 0:  # where bounds do not rise, plans get half of the time
                effort = max(1, min(LONGEST, int((proving - improving) / a_step)))
            began = budget.elapsed()
            plan = rounds.after(plan, effort)
            took = budget.elapsed() - began
            improving, a_step = improving + took, took / effort
        tell(problem, plan, trace)
        if more:
            value = plan.value if plan.feasible else problem.limit
            began = budget.elapsed()
            tried = prover.attempt(bound.value, value)
            proving += budget.elapsed() - began
            more, stuck = tried.more, tried.bound <= bound.value
            if tried.bound > bound.value:
                bound = Bound(tried.bound, "directions")
                if trace is not None:
                    trace.bound(bound.value, bound.source)
            if tried.plan is not None:
                # Near it there may be a better one than near the best, though it is worse itself: another thread, which
                # goes on from the best, would not look there (densenet121 at 10 MB/s: 31.66 instead of 31.70 ms).
                plan = best_of(plan, tried.plan, improved(problem, tried.plan, rng, flag, turn=turn))
                tell(problem, plan, trace)
            if not plan.feasible and tried.bound >= value * (1 - 1e-8):
                return plan, Bound(float("inf"), "directions"), True
        if bound.value >= plan.value * (1 - 1e-8):
            return plan, bound, True
        if not more and budget.time_limit is None and plan.value >= before:
            break
    return plan, bound, False


METHOD = Method(
    family="intradp",
    name="search",
    summary="label-setting on chains, directions of clocks with skips, all plans left of small networks; annealing",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    when="chains, small networks; others where the gap closes",
    run=solve,
    modules=("numba",),
    timed=True,
    warm_startable=True,
    refuse=refuse_size,
    hands_to=("spso-ga", "enumerate"),
)
