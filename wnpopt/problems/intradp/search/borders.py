"""Cuts of a network at which one group of tensors is all that is needed behind, and what is known there."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from wnpopt.problems.intradp.kernels.arrays import FloatArray
from wnpopt.problems.intradp.kernels.directions.states import NeedArray
from wnpopt.problems.intradp.kernels.directions.twins import Groups, OperatorStep
from wnpopt.problems.intradp.search.rooms import States, states_of

LONGEST = 16
"""Operators between two borders at most: beyond that the heads of one say little of the states before the next."""


def borders(groups: Groups) -> list[int]:
    """0, the cuts with one group of tensors that are not followed by another such cut, and the last cut; or none.

    None where there is nothing between them that states of several groups multiply in, or too much.
    """
    last = len(groups.at) - 2
    if groups.most < 3:
        return []
    alone = [len(at) == 1 for at in groups.at]
    cuts = [0, *(cut for cut in range(1, last) if alone[cut] and not alone[cut + 1]), last]
    longest = max(end - begin for begin, end in pairwise(cuts))
    return cuts if longest <= LONGEST else []


def finer(
    needs: NeedArray, values: FloatArray, coarse: OperatorStep, fine: OperatorStep
) -> tuple[NeedArray, FloatArray]:
    """The states of the grain of ``fine`` that the states ``needs`` of a border stand for, with the latter's values.

    Neither grain has early steps.
    """
    units = int(fine.group_units[0])
    device, server = np.unique(fine.asks[0, 0, : units + 1]), np.unique(fine.asks[1, 0, : units + 1])
    place = np.full((units + 1, units + 1), -1, dtype=np.int64)
    place[needs[:, 0], needs[:, 2]] = np.arange(len(needs))
    at = place[coarse.asks[0, 0, device]][:, coarse.asks[1, 0, server]]
    rows = np.argwhere(at >= 0)
    y, x = device[rows[:, 0]], server[rows[:, 1]]
    found = np.stack([y, np.minimum(y, 1), x, np.maximum(x, units - 1)], axis=1).astype(np.int32)
    return found, values[at[rows[:, 0], rows[:, 1]]]


def coarsened(states: States, coarse: OperatorStep) -> States:
    """The states of the grain of ``coarse`` that stand for those of a border, with the least of their heads.

    When a side holds the rows that a coarser state asks for is told by those of its early step, where the finer state
    asks for more: these are fewer.
    """
    groups = states.needs.shape[1] // 4
    needs, values = np.empty_like(states.needs), states.values.copy()
    for g in range(groups):
        units = int(coarse.group_units[g])
        y, x = states.needs[:, 4 * g], states.needs[:, 4 * g + 2]
        device, server = coarse.asks[0, g, y], coarse.asks[1, g, x]
        needs[:, 4 * g], needs[:, 4 * g + 1] = device, np.minimum(device, 1)
        needs[:, 4 * g + 2], needs[:, 4 * g + 3] = server, np.maximum(server, units - 1)
        values[server != x, 1 + 4 * g] = values[server != x, 2 + 4 * g]
        values[device != y, 3 + 4 * g] = values[device != y, 4 + 4 * g]
    alike, at = np.unique(needs, axis=0, return_inverse=True)
    least = np.full((len(alike), *values.shape[1:]), np.inf)
    np.minimum.at(least, at.reshape(-1), values)
    return states_of(alike, least)


def least_heads(needs: NeedArray, heads: FloatArray, units: int) -> FloatArray:
    """(units + 1, units + 1, K): at (y, x) the least heads (S, 1 + 4, K) of a border's states that ask for as much.

    Such a state has rows [0, y) of the group on the device and [x, units) on the server, or more; infinite where there
    is none.
    """
    table = np.full((units + 1, units + 1, heads.shape[2]), np.inf)
    for (y, _, x, _), of_state in zip(needs, heads, strict=True):
        table[y, x] = np.minimum(table[y, x], of_state[0])
    table = np.minimum.accumulate(table[::-1], axis=0)[::-1]
    return np.ascontiguousarray(np.minimum.accumulate(table, axis=1))


def place_of(groups: Groups, border: int, cut: int) -> int:
    """The group at ``cut`` that the tensors of the border before it are in; -1 if nobody reads them any more."""
    tensor = groups.at[border][0][0]
    return next((g for g, twins in enumerate(groups.at[cut]) if tensor in twins), -1)
