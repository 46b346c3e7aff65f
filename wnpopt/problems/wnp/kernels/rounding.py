"""From a fractional optimum of the radio to whole slots that deliver every payload by its deadline."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.throughput import FloatArray

_MOVES = 30
"""Exchanges a modality before rounding gives up: the start is close to the fractional optimum, so few are needed."""


@inner
def _room(count: IntArray, usable: IntArray, n: int, b: int, giver: int, taker: int) -> np.int64:
    """Slots of resource block n and block b that ``taker`` can take over from ``giver`` so that both still meet their
    deadlines.

    Earliest deadline first fits if for every deadline p the slots given to deadlines up to p are at most p.
    """
    room = np.int64(count[giver, n, b])
    k_count = count.shape[0]
    if usable[taker, b] >= usable[giver, b]:
        return room
    for k in range(k_count):
        limit = usable[k, b]
        if usable[taker, b] <= limit < usable[giver, b]:
            used = 0
            for j in range(k_count):
                if usable[j, b] <= limit:
                    used += count[j, n, b]
            room = min(room, limit - used)
    return max(room, np.int64(0))


@compiled
def repair(
    rates: IntArray, payload: IntArray, usable: IntArray, weight: FloatArray, count: IntArray, stop: Flag
) -> bool:
    """Exchange slots in ``count`` (K, N, B) until every modality has its payload; False if that fails.

    False, too, once ``stop`` is raised.

    ``weight`` is what a share of each payload is worth (the dual of the fractional optimum): each exchange is the
    cheapest one on a cheapest path from a modality with bits to spare to one that lacks some.
    """
    k_count, n_count, b_count = count.shape
    got = np.zeros(k_count, dtype=np.int64)
    for k in range(k_count):
        for n in range(n_count):
            for b in range(b_count):
                got[k] += rates[k, n, b] * count[k, n, b]
    price = np.empty(k_count)
    for k in range(k_count):
        price[k] = max(weight[k], 1e-9) / payload[k]
    worth = np.empty(count.shape)
    for k in range(k_count):
        for n in range(n_count):
            for b in range(b_count):
                worth[k, n, b] = np.log(max(rates[k, n, b] * price[k], 1e-300))
    cost = np.empty((k_count, k_count))
    cell = np.empty((k_count, k_count, 2), dtype=np.int64)
    distance = np.empty(k_count)
    follow = np.empty(k_count, dtype=np.int64)
    for _ in range(_MOVES * k_count):
        lacking, worst = -1, 0.0
        for k in range(k_count):
            if got[k] < payload[k]:
                lack = (payload[k] - got[k]) * price[k]
                if lack > worst:
                    lacking, worst = k, lack
        if lacking < 0:
            return True
        if raised(stop):
            return False
        # the loss in worth for each unit of worth that j hands over to k, at the best cell
        for j in range(k_count):
            distance[j] = np.inf
            follow[j] = -1
            for k in range(k_count):
                cost[j, k] = np.inf
        distance[lacking] = 0.0
        for n in range(n_count):
            for b in range(b_count):
                for j in range(k_count):
                    if count[j, n, b] == 0:
                        continue
                    for k in range(k_count):
                        if k == j or rates[k, n, b] == 0:
                            continue
                        loss = worth[j, n, b] - worth[k, n, b]
                        if loss < cost[j, k] and _room(count, usable, n, b, j, k) > 0:
                            cost[j, k] = loss
                            cell[j, k, 0], cell[j, k, 1] = n, b
        for _round in range(k_count):
            for k in range(k_count):
                if distance[k] == np.inf:
                    continue
                for j in range(k_count):
                    if j != lacking and distance[k] + cost[j, k] < distance[j] - 1e-12:
                        distance[j] = distance[k] + cost[j, k]
                        follow[j] = k
        giver, cheapest = -1, np.inf
        for j in range(k_count):
            if j != lacking and got[j] > payload[j] and distance[j] < cheapest and follow[j] >= 0:
                # worth only what it can spare: a surplus below one slot of its own cell makes it lack instead
                giver, cheapest = j, distance[j]
        if giver < 0:
            return False
        steps = 0
        j = giver
        while follow[j] != lacking:
            j = follow[j]
            steps += 1
            if steps > k_count:
                return False
        n, b = cell[j, lacking, 0], cell[j, lacking, 1]
        slots = -(-(payload[lacking] - got[lacking]) // rates[lacking, n, b])
        slots = min(slots, _room(count, usable, n, b, j, lacking))
        count[j, n, b] -= slots
        count[lacking, n, b] += slots
        got[j] -= slots * rates[j, n, b]
        got[lacking] += slots * rates[lacking, n, b]
    return False
