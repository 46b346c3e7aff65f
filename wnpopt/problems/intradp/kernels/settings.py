"""Latency and energy of many plans, each at a rate of its own."""

from __future__ import annotations

from wnpopt.backends.compiled import compiled
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, RowArray
from wnpopt.problems.intradp.kernels.evaluate import Scratch, evaluate


@compiled
def evaluate_settings(
    p: Arrays,
    link: FloatArray,
    links: FloatArray,
    plans: tuple[RowArray, RowArray],
    plan: tuple[RowArray, RowArray],
    work: Scratch,
    energy: bool,
    made: FloatArray,
) -> None:
    """Into ``made`` (2, S): latency (s) and energy (J, if asked for) of S plans (both (S, N)) over ``links`` (S, 3).

    ``link`` (3,) is the memory that ``p.link`` is a read-only view of, ``plan`` work space for one plan: so the one
    compiled form of evaluate serves, whose call from Python costs more than its work.
    """
    for i in range(len(links)):
        for k in range(3):
            link[k] = links[i, k]
        for v in range(len(p.units)):
            plan[0][v] = plans[0][i, v]
            plan[1][v] = plans[1][i, v]
        made[0, i], made[1, i] = evaluate(p, plan[0], plan[1], work, energy)
