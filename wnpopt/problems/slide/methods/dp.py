"""dp: dynamic programming over undominated states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.methods.outcome import table_bounds
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """The special exact methods: prefix, knapsack, menus of transmissions, sets of models that fit the cache."""
    from wnpopt.backends.stopping import run_stoppable

    return run_stoppable(lambda flag: _run(instance, context, flag), context.budget)


def _run(instance: SlideInstance, context: Context[SlideSolution], flag: Flag) -> Outcome[SlideSolution]:
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.exact import prove
    from wnpopt.problems.slide.selection.greedy import greedy_selection
    from wnpopt.problems.slide.selection.plan import allocate

    columns = instance.columns
    exact = Needs.of(columns)
    selected = prove(columns, exact, flag)
    message = ""
    if selected is None:
        selected = greedy_selection(exact, flag)
        message = f"{'no time' if context.budget.exhausted() else 'too large'} for the tables; this is the greedy plan"
    solution = allocate(exact, selected.plan).to_solution(columns)
    return Outcome(solution, context.budget.ending(), table_bounds(selected), message=message)


def refuse(instance: SlideInstance) -> tuple[str, str] | None:
    """Under multicast a user with a choice of models couples the models' tables."""
    from wnpopt.problems.slide.selection.cache import MOST_MODELS

    if instance.delivery == "multicast":
        columns = instance.columns
        accurate = columns.accuracy >= columns.min_accuracy[:, None] * (1 - 1e-8)
        choices = (accurate & columns.allowed if columns.allowed.size else accurate).sum(axis=1)
        if (choices > 1).any():
            user = int(np.argmax(choices > 1))
            return (
                f"users[{user}].models",
                f"leaves a choice of {choices[user]} models; under multicast this method supports one a user",
            )
    if instance.cache_bits is not None and len(instance.models) > MOST_MODELS:
        return (
            "cache_bits",
            f"found {len(instance.models)} models; with a cache limit this method supports {MOST_MODELS}",
        )
    return None


METHOD = Method(
    family="slide",
    name="dp",
    summary="dynamic programming over undominated states: weights, resource blocks, requested multicast, caches",
    proves=Proof.OPTIMALITY,
    when="unless the tables grow beyond memory",
    run=solve,
    modules=("numba",),
    timed=True,
    refuse=refuse,
)
