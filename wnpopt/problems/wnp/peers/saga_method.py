"""A scheduler of SAGA as a method; SAGA itself is imported when it runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from wnpopt.core.lazy import resolve
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.peers.chip_only import INSTALL, refuse_null
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from saga import Scheduler


def saga_method(name: str, what: str, scheduler: str) -> Method[WnpInstance, WnpSolution]:
    """The method ``name``; ``scheduler`` is where SAGA has the class (``module:Name``), ``what`` says what it does."""
    return Method(
        family="wnp",
        name=name,
        summary=f"peer, chip-only (extra `peers`): {what}, timed anew",
        proves=Proof.NOTHING,
        run=partial(_solve, scheduler),
        modules=("saga", "numba"),
        install=INSTALL,
        refuse=refuse_null,
    )


def _solve(scheduler: str, instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    from wnpopt.problems.wnp.peers.saga import schedule_by

    return schedule_by(instance, context, cast("type[Scheduler]", resolve(scheduler))())
