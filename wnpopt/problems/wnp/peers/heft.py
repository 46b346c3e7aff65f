"""HEFT (Topcuoglu, Hariri, Wu, IEEE TPDS 13(3), 2002) as SAGA has it, on chip-only instances."""

from __future__ import annotations

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.peers.chip_only import INSTALL, refuse_null
from wnpopt.problems.wnp.solution import WnpSolution


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """SAGA's HEFT; see :func:`~wnpopt.problems.wnp.peers.saga.schedule_by`."""
    from saga.schedulers.heft import HeftScheduler

    from wnpopt.problems.wnp.peers.saga import schedule_by

    return schedule_by(instance, context, HeftScheduler())


METHOD = Method(
    family="wnp",
    name="heft",
    summary="peer, chip-only (extra `peers`): SAGA's HEFT (by upward rank, least finish with insertion), timed anew",
    proves=Proof.NOTHING,
    run=solve,
    modules=("saga", "numba"),
    install=INSTALL,
    refuse=refuse_null,
)
